"""Deleting what is held about a person, table by table as held.toml says: gone, blanked, or kept because of the law."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from peer import clock, endings, grants, held
from peer.held import Erase, Held
from peer.models import Membership, Person, Post, Thread, User

NOTHING = "–"  # an encrypted column keeps no empty words
SOME_TALK = "A conversation"
SHOWN = (Post.State.APPROVED,)
CARE = ("peer.Referral", "peer.HelloCall", "moderation.Escalation")  # whoever has one of these has a health record


def has_record(person: Person) -> bool:
    """Tell whether the service looked after them, so that the law has us keep the health record."""
    return any(held.tables()[label].rows(person).exists() for label in CARE)


def stays(person: Person) -> list[Held]:
    """List what stays beside the health record, for the person to read before they ask."""
    kept = [table for table in held.tables().values() if table.erase is Erase.LAW]
    return [table for table in kept if table.rows(person).exists()]


def erase(person: Person, *, posts: str) -> None:
    """Delete everything that need not stay; the order lets no key point at nothing."""
    record = has_record(person)
    _close_account(person)
    _leave_groups(person)
    _give_up_posts(person, keep=posts != "remove")
    for table in reversed(held.tables().values()):
        if table.erase is not Erase.RECORD:
            continue
        if not record or table.keeps:
            _blank(table, table.rows(person, erasing=True), keeps=table.keeps if record else ())
    for table in reversed(held.tables().values()):
        rows = table.rows(person, erasing=True)
        if table.erase is Erase.DELETE:
            _delete(rows)
        elif table.erase is Erase.BLANK:
            _blank(table, rows)


def _close_account(person: Person) -> None:
    """End every session: Django asks each for a hash of the password, which is a new one now."""
    for user in User.objects.filter(person=person):
        user.set_unusable_password()
        user.is_active = False
        user.save(update_fields=["password", "is_active"])
        _end_roles(user)


def _end_roles(user: User) -> None:
    user.service_roles.current().update(until_at=clock.now())


def _leave_groups(person: Person) -> None:
    for membership in Membership.objects.filter(person=person):
        if Membership.State.LEFT in membership.MOVES.get(membership.state, set()):
            endings.end(membership, Membership.State.LEFT)
        membership.roles.current().update(until_at=clock.now())
        grants.sync(membership)


def _give_up_posts(person: Person, *, keep: bool) -> None:
    """Leave shown posts without a name or take them away, as chosen; what a worry rests on keeps its words (P14)."""
    evidence = set(_evidence(person))
    for post in Post.objects.filter(author__person=person).select_related("thread", "author"):
        stays_shown = keep and post.state in SHOWN
        if not stays_shown:
            _out_of_sight(post)
            post.content_notes.all().delete()
            Post.objects.filter(pk=post.pk).update(content_note="")
        if not stays_shown and post.pk not in evidence:
            blank = {"body": "", "html": "", "findings": []}
            Post.objects.filter(pk=post.pk).update(**blank)
    Post.objects.filter(author__person=person).update(note_to_author="")
    begun = Thread.objects.filter(started_by__person=person)
    (begun.filter(post_count=0) if keep else begun).update(title=SOME_TALK)


def _evidence(person: Person) -> QuerySet[Any]:
    links = apps.get_model("moderation.EscalationPost")
    return links._base_manager.filter(post__author__person=person).values_list("post", flat=True)


def _out_of_sight(post: Post) -> None:
    for state in (Post.State.WITHDRAWN, Post.State.REMOVED):
        if state in post.MOVES.get(post.state, set()):
            post.move_to(state, due_at=None, owner_role="")
            return


def _delete(rows: QuerySet[Any]) -> None:
    rows.order_by().delete()


def _blank(table: Held, rows: QuerySet[Any], *, keeps: tuple[str, ...] = ()) -> None:
    """Empty every column of words, every column named `null`, and every column that may be empty of what is theirs."""
    changes = {name: value for name, value in _blanks(table).items() if name not in keeps}
    if changes:
        rows.order_by().update(**changes)


def _blanks(table: Held) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    theirs = {lookup for lookup in (*table.yours, *table.others, *table.withheld) if "__" not in lookup}
    for column in table.model._meta.concrete_fields:
        if column.name in table.instead:
            changes[column.name] = _instead(table.instead[column.name])
        elif column.name in table.null:
            changes[column.name] = None
        elif column.primary_key or column.is_relation or column.choices:
            continue
        elif isinstance(column, CharField | TextField) and column.name not in KEPT:
            changes[column.name] = None if column.null else (NOTHING if hasattr(column, "f") else "")
        elif column.name in theirs and column.null:
            changes[column.name] = None
        elif column.get_internal_type() == "JSONField" and column.name in theirs:
            changes[column.name] = []
    return changes


KEPT = {
    "public_id",
    "password",
    "event_key",
    "owner_role",
    "row_hash",
    "content_hash",
    "approved_hash",
    "author_role",
    "kind",
    "role",
}


def _instead(words: str) -> Any:
    before, mark, after = words.partition("{pk}")
    return Concat(Value(before), Cast(F("pk"), CharField()), Value(after)) if mark else words

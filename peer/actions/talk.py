"""Writing in a group: a person reads every word before the others do (safety 2a)."""

from __future__ import annotations

import datetime as dt
import unicodedata

from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from peer import clock, content_notes, grants, posting, rooms, sanitise, screening
from peer.events import emit
from peer.gate import action
from peer.models import (
    Consent,
    ContentNote,
    Membership,
    MembershipRole,
    Post,
    SupportGroup,
    Thread,
    User,
    WatchedPhrase,
)
from peer.news import PostHeldForRisk, PostPending, PostWithdrawn
from peer.roles import Perm, Role
from peer.screening import Level
from peer.states import RuleBroken
from peer.written import written

LONGEST = 4_000
TITLE_LONGEST = 80
FIRST_POSTS = 5  # of a member need a second reader (H10)
READ_WITHIN = 4  # hours of opening time (P13)
SHOWN = (Role.CLINICIAN, Role.PEER_FACILITATOR, Role.PEER_MODERATOR, Role.PARENT_CARER)  # staff always as staff (S90)


@action(Perm.WRITE_POST)
def start_thread(group: SupportGroup, *, by: User, title: str, body: str, content_note: str = "") -> Post:
    """Begin a subject and send its first post to be read."""
    return _send(_first_post(group, by=by, title=title, body=body, content_note=content_note), by=by, opens=True)


@action(Perm.WRITE_POST)
def draft_thread(group: SupportGroup, *, by: User, title: str, body: str, content_note: str = "") -> Post:
    """Keep the beginning of a subject that only its writer sees."""
    return _kept(_first_post(group, by=by, title=title, body=body, content_note=content_note))


@action(Perm.WRITE_POST)
def reply(thread: Thread, *, by: User, body: str, content_note: str = "") -> Post:
    """Answer in a thread; the post waits to be read."""
    post = _post(thread, author=_author(thread.group, by), body=body, content_note=content_note)
    return _send(post, by=by, opens=False)


@action(Perm.WRITE_POST)
def draft_reply(thread: Thread, *, by: User, body: str, content_note: str = "") -> Post:
    """Keep an answer that only its writer sees."""
    return _kept(_post(thread, author=_author(thread.group, by), body=body, content_note=content_note))


@action(Perm.EDIT_OWN_POST)
def save_draft(post: Post, *, by: User, body: str, title: str = "", content_note: str = "") -> Post:
    """Change a post that is not sent yet, or that came back; what is shown stays as somebody read it."""
    post = _held(post)
    _check_editable(post)
    is_shown = post.state == Post.State.APPROVED
    _rewrite(post, body=body, title=title, content_note=post.content_note if is_shown else content_note)
    return post


@action(Perm.EDIT_OWN_POST)
def send(post: Post, *, by: User, body: str, title: str = "", content_note: str = "") -> Post:
    """Send one's own post, new or changed, to be read."""
    _check_inside(post, by=by)
    post = _held(post)
    post.author = _author(post.thread.group, by)
    _check_editable(post)
    _rewrite(post, body=body, title=title, content_note=content_note)
    return _send(post, by=by, opens=post.opens_thread())


@action(Perm.EDIT_OWN_POST)
def take_back(post: Post, *, by: User) -> Post:
    """Take a waiting post back to change it; nobody reads it until it is sent again."""
    post.move_to(Post.State.DRAFT, due_at=None)
    emit(PostWithdrawn(post))
    return post


@action(Perm.EDIT_OWN_POST)
def withdraw(post: Post, *, by: User) -> Post:
    """Take a post away for good (an open concern for somebody's safety keeps its own copy, P12)."""
    post.move_to(Post.State.WITHDRAWN, due_at=None)
    emit(PostWithdrawn(post))
    return post


def _held(post: Post) -> Post:
    """Hold a post as it is now: what somebody reads in this moment must not change under their eyes (P3)."""
    rows = Post.objects.select_for_update(of=("self",)).select_related("thread__group", "author__person")
    post.refresh_from_db(from_queryset=rows)
    return post


def _check_inside(post: Post, *, by: User) -> None:
    """Let nobody send who is not in the group, or whose place ends in this moment (P1, M3)."""
    if not grants.roles(by, post.thread.group, perm=Perm.WRITE_POST, locked=True):
        raise RuleBroken(_("You are not in this group now, so this is not sent. Your words are kept for you."))


def _first_post(group: SupportGroup, *, by: User, title: str, body: str, content_note: str) -> Post:
    author = _author(group, by)
    thread = Thread.objects.create(group=group, title=_checked_title(title), started_by=author)
    return _post(thread, author=author, body=body, content_note=content_note)


def _post(thread: Thread, *, author: Membership, body: str, content_note: str) -> Post:
    """Make a post that is not kept yet: sending it keeps it in its lane."""
    note = content_notes.checked(content_note)
    return Post(thread=thread, author=author, body=_checked_body(body), content_note=note)


def _kept(post: Post) -> Post:
    post.save(force_insert=True)
    return post


def _author(group: SupportGroup, by: User) -> Membership:
    return _writers(group=group.pk, user=by.pk)[0]


@written
def _writers(*, group: int, user: int) -> QuerySet[Membership]:
    """Read the place somebody writes from, with the role that shows there and their last word about writing."""
    place = Membership.objects.active().filter(group=group, user=user)
    rank = Case(*(When(role=role, then=at) for at, role in enumerate(SHOWN)))
    roles = MembershipRole.objects.current().filter(membership=OuterRef("pk"), role__in=SHOWN).order_by(rank)
    yes = Consent.objects.answers(OuterRef("person"), Consent.Purpose.POST)
    return place.annotate(  # type: ignore[no-redef]
        writes_as=Subquery(roles.values("role")[:1]), may_write=Subquery(yes.values("given")[:1])
    )


def _rewrite(post: Post, *, body: str, title: str, content_note: str) -> None:
    """Keep new words; a title can change only while nobody has seen the thread."""
    post.body, post.content_note = _checked_body(body), content_notes.checked(content_note)
    post.save(update_fields=["body", "content_note"])
    if title and post.may_retitle():
        post.thread.title = _checked_title(title)
        post.thread.save(update_fields=["title"])


def _send(post: Post, *, by: User, opens: bool) -> Post:
    """Screen and put into a lane, in the transaction that saves the words (P2)."""
    _check_own_yes(post.author)
    group = posting.standing(post.thread.group, by)
    now = clock.now()
    open_now = posting.of(group, at=now)
    _check_open(open_now)
    if post.thread.is_room:
        rooms.check(post.thread, post.author, open_now)
    title = post.thread.title if opens else ""
    found = screening.screen_parts(
        {"title": title, "body": post.body}, watched=WatchedPhrase.objects.watched(post.thread.group)
    )
    level = found.level
    html, was_sent = sanitise.to_html(post.body), post.submitted_at is not None
    post.move_to(
        Post.State.HELD_RISK if level else Post.State.PENDING,
        html=html,
        content_hash=sanitise.content_hash(title, html),
        approved_hash="",
        findings=found.rows(),
        level=level,
        author_role=post.author.writes_as or Role.YOUNG_PERSON,
        keys_needed=2 if post.author.posts_approved < FIRST_POSTS else 1,
        owner=None,
        owner_role=Role.CLINICIAN if level else Role.PEER_MODERATOR,
        submitted_at=now,
        due_at=_due(post, group, level, now),
        note_to_author="",
    )
    _note_content(post, title, was_sent=was_sent)
    emit(PostHeldForRisk(post, level) if level else PostPending(post))
    return post


def _note_content(post: Post, title: str, *, was_sent: bool) -> None:
    """Note what these words talk about, by the writer's own note too, instead of what the words before them did."""
    if was_sent:
        post.content_notes.all().delete()
    topics = content_notes.of(title, post.body) | {post.content_note} - {""}
    ContentNote.objects.bulk_create(ContentNote(post=post, topic=topic) for topic in sorted(topics))


def _due(post: Post, group: SupportGroup, level: Level, now: dt.datetime) -> dt.datetime:
    if level:
        return now + dt.timedelta(minutes=screening.due_minutes(level))
    if post.thread.is_room:
        return rooms.shown_by(now)
    return posting.due_after(group, READ_WITHIN, at=now)


def _check_editable(post: Post) -> None:
    if post.state not in {Post.State.DRAFT, Post.State.RETURNED, Post.State.APPROVED}:
        raise RuleBroken(_("Somebody is reading this now. Take it back first, then you can change it."))


def _check_open(now: posting.Posting) -> None:
    if now.needs_your_yes:
        raise RuleBroken(_("Please read how we treat each other first. Your words are still in the box."))
    if not now.is_open:
        raise RuleBroken(_("Writing is closed right now, so this is not sent. You can save it for later."))


def _check_own_yes(author: Membership) -> None:
    """Let nobody write who took their yes to writing back; whoever was not asked apart yet may, as before (C1, C3)."""
    if author.may_write is False:
        raise RuleBroken(_("You said that you only want to read. You can change that under “What I said yes to”."))


def _checked_body(body: str) -> str:
    text = _plain(body)
    if not text:
        raise RuleBroken(_("The box is empty. Write something first."))
    if len(text) > LONGEST:
        over = len(text) - LONGEST
        raise RuleBroken(_("That is %(over)d letters too long for one post. Could you make it two?") % {"over": over})
    return text


def _checked_title(title: str) -> str:
    text = " ".join(_plain(title).split())
    if not text:
        raise RuleBroken(_("Give it a few words as a title, so that people know what it is about."))
    if len(text) > TITLE_LONGEST:
        raise RuleBroken(_("Please make the title shorter: up to %(longest)d letters.") % {"longest": TITLE_LONGEST})
    return text


def _plain(text: str) -> str:
    """Drop control characters, which PostgreSQL cannot keep and nobody can see."""
    kept = (char for char in text.replace("\r\n", "\n") if char in "\n\t" or unicodedata.category(char) != "Cc")
    return "".join(kept).encode("utf-8", "ignore").decode().strip()

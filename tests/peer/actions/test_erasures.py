"""Deleting: asked by the person, agreed by one, done by another; a word of theirs is nowhere but where the law keeps it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from moderation.models import Escalation, EscalationNote, EscalationPost, ModerationDecision, PostReport
from notifications.models import (
    CallTask,
    CommunicationNeed,
    ContactPoint,
    ContactPreference,
    Delivery,
    InboundText,
    Letter,
    Notification,
)
from peer import clock, erasing, gate, held
from peer.actions import data_holds, data_requests, erasures, profiles
from peer.events import emit
from peer.models import (
    Consent,
    DataRequest,
    DecisionReply,
    FeedbackItem,
    HelloCall,
    Invitation,
    Membership,
    Person,
    Post,
    ShownDecision,
    TimelineEntry,
    User,
)
from peer.news import DecidedAbout
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_group, make_member, make_person, make_post, make_user, make_wait

pytestmark = pytest.mark.django_db
CANARY = "Zwitscherkanari"


@pytest.fixture
def sam() -> User:
    return make_user(roles=(Role.SERVICE_MANAGER,))


@pytest.fixture
def lead() -> User:
    return make_user(roles=(Role.SAFEGUARDING_LEAD,))


def person_of(user: User) -> Person:
    assert user.person
    return user.person


def asked(user: User, *, posts: str = "remove") -> DataRequest:
    return data_requests.ask(person_of(user), by=user, kind="deletion", posts=posts)


def erased(user: User, *, posts: str = "remove", sam: User, lead: User) -> DataRequest:
    request = erasures.agree(asked(user, posts=posts), by=sam)
    return erasures.carry_out(request, by=lead)


def sing(row: models.Model) -> None:
    """Put the canary into every column of words of a row that has no other meaning."""
    changes: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        plain = isinstance(column, models.CharField | models.TextField) and not column.choices and not column.unique
        if plain and column.name not in erasing.KEPT and (column.max_length or 999) >= len(CANARY):
            changes[column.name] = CANARY
    type(row)._base_manager.filter(pk=row.pk).update(**changes)


def a_life(user: User) -> None:
    """Give somebody a row in as many tables as one may have, each with the canary in every word."""
    person, now = person_of(user), clock.now()
    group = make_group()
    member = make_member(group=group, user=user)
    entry = make_wait(person=person)
    post, draft = make_post(author=member, state="approved"), make_post(author=member, state="draft")
    emit(DecidedAbout(person=person, kind="request", words=CANARY, role="clinician", source=entry))
    decision = ShownDecision.objects.get()
    profiles.save(person, by=user, part="helps", words=CANARY, places=["hello"])
    owed = {"owner_role": "clinician", "due_at": now}
    contact = ContactPoint.for_number("07700 900456", person=person, source="test")
    contact.save()
    news = Notification.objects.create(recipient=person, event_key="a:1:1", duty="family", expires_at=now, purpose="x")
    sent = Delivery.objects.create(
        notification=news, contact=contact, channel="sms", duty="family", priority=2, state="delivered",
        not_before_at=now, expires_at=now, body=CANARY,
    )  # fmt: skip
    escalation = Escalation.objects.create(
        group=group, about=member, person=person, level="red", state="resolved", outcome="spoke", told="her", **owed
    )
    worrying = make_post(author=member, state="held_risk")
    EscalationPost.objects.create(escalation=escalation, post=worrying)
    rows: list[models.Model] = [
        person, member, post, draft, post.thread, entry.referral, contact, news, sent, worrying, escalation,
        EscalationNote.objects.create(escalation=escalation, by=user, words=CANARY),
        ModerationDecision.objects.create(post=post, by=user, kind="return", kind_words="x", content_hash="x"),
        PostReport.objects.create(post=post, by=user, reason="unkind", words=CANARY, **owed),
        Letter.objects.create(notification=news, recipient=person, address=CANARY, body=CANARY, **owed),
        InboundText.objects.create(sid="SM1", number="+447700900456", kind="other", person=person, contact=contact, **owed),
        CallTask.objects.create(event_key="a:1:1", person=person, about="check_in", note=CANARY, **owed),
        ContactPreference.objects.create(person=person, topic="news"),
        CommunicationNeed.objects.create(person=person, kind="large_print"),
        Consent.objects.say(person, Consent.Purpose.LIMITS, given=True, basis="own", by=user),
        FeedbackItem.objects.create(works=CANARY, person=person, **owed),
        HelloCall.objects.create(membership=member, **owed),
        Invitation.objects.create(
            person=person, group=make_group(title="Other"), secret_hash="x", offered_by=user, expires_at=now, **owed
        ),
        TimelineEntry.objects.create(person=person, kind="note", words=CANARY),
        DecisionReply.objects.create(decision=decision, words=CANARY, **owed),
        data_requests.ask(person, by=user, kind="correction", words=CANARY),
    ]  # fmt: skip
    for row in rows:
        sing(row)
    User.objects.filter(pk=user.pk).update(display_name=CANARY, email=f"{CANARY}@example.org")


def nests() -> set[str]:
    """Find every `table.column` of the whole database in which the canary still sits, decrypted where need be."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for row in model._base_manager.all():
            for column in model._meta.concrete_fields:
                if CANARY in str(getattr(row, column.attname)):
                    found.add(f"{model._meta.label}.{column.name}")
    return found


BY_LAW = {label for label, table in held.tables().items() if table.erase in {held.Erase.RECORD, held.Erase.LAW}}


def test_no_word_of_theirs_is_left_but_where_the_law_keeps_it(sam: User, lead: User) -> None:
    user = make_user(person=make_person())
    a_life(user)
    assert len(nests()) > 40
    erased(user, sam=sam, lead=lead)
    left = nests()
    evidence = {"peer.Post.body", "peer.Post.html"}
    assert {place for place in left if place.rpartition(".")[0] not in BY_LAW} - evidence == set()
    assert Post.objects.filter(body=CANARY).count() == 1, "the post a worry rests on (P14)"
    person = person_of(user)
    person.refresh_from_db()
    assert (person.given_name, person.address, person.doctor) == (CANARY, None, "")


def test_somebody_without_a_record_leaves_no_name(sam: User, lead: User) -> None:
    parent = make_user(person=make_person(kind="parent_carer", given_name="Pat", family_name="Rahman"))
    erased(parent, sam=sam, lead=lead)
    person = Person.objects.get(pk=person_of(parent).pk)
    assert (person.given_name, person.family_name, person.born_on) == ("Somebody", "", None)


def test_they_are_signed_out_at_once_and_out_of_every_group(client: Client, sam: User, lead: User) -> None:
    user = make_user(person=make_person())
    make_member(group=make_group(), user=user)
    client.force_login(user)
    assert client.get("/my-data/").status_code == 200
    erased(user, sam=sam, lead=lead)
    assert client.get("/my-data/").status_code == 302
    membership = Membership.objects.get(user=user)
    assert (membership.state, membership.pseudonym, membership.skeleton) == ("left", "Somebody", "")


def test_posts_can_stay_without_a_name(sam: User, lead: User) -> None:
    user = make_user(person=make_person())
    author = make_member(group=make_group(), user=user, name="Fern")
    shown = make_post(author=author, body="It gets easier.", state="approved")
    waiting = make_post(author=author, body="Not read yet", state="pending")
    erased(user, posts="keep", sam=sam, lead=lead)
    for post in (shown, waiting):
        post.refresh_from_db()
    assert (shown.state, shown.body) == ("approved", "It gets easier.")
    assert (waiting.state, waiting.body) == ("withdrawn", "")
    assert shown.author.pseudonym != "Fern" or Membership.objects.get(pk=shown.author_id).pseudonym == "Somebody"


def test_posts_can_go(sam: User, lead: User) -> None:
    user = make_user(person=make_person())
    post = make_post(author=make_member(group=make_group(), user=user), body="Take it away", state="approved")
    erased(user, sam=sam, lead=lead)
    post.refresh_from_db()
    post.thread.refresh_from_db()
    assert (post.state, post.body, post.html, post.thread.post_count) == ("withdrawn", "", "", 0)


def test_it_takes_two(sam: User) -> None:
    request = asked(make_user(person=make_person()))
    with pytest.raises(RuleBroken, match="agree first"):
        erasures.carry_out(request, by=sam)
    erasures.agree(request, by=sam)
    with pytest.raises(RuleBroken, match="Somebody else"):
        erasures.carry_out(request, by=sam)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.CO_ORDINATOR, Role.EDITOR])
def test_nobody_else_deletes(role: Role, sam: User) -> None:
    request = erasures.agree(asked(make_user(person=make_person())), by=sam)
    with pytest.raises(gate.NotAllowed):
        erasures.carry_out(request, by=make_user(roles=(role,)))


def test_a_hold_stands_before_it_until_it_is_lifted(sam: User, lead: User) -> None:
    user = make_user(person=make_person())
    request = erasures.agree(asked(user), by=sam)
    lee = make_user(roles=(Role.CLINICIAN,))
    hold = data_holds.hold(person_of(user), by=lee, reason="An inquiry.")
    assert hold.due_at
    assert hold.due_at > clock.now() + dt.timedelta(days=80)
    with pytest.raises(RuleBroken, match="held"):
        erasures.carry_out(request, by=lead)
    data_holds.lift(hold, by=lee, reason="It is over.")
    assert erasures.carry_out(request, by=lead).state == DataRequest.State.DONE


def test_it_can_be_taken_back_until_it_is_done(sam: User) -> None:
    user = make_user(person=make_person())
    request = erasures.agree(asked(user), by=sam)
    data_requests.take_back(request, by=user)
    assert request.state == DataRequest.State.TAKEN_BACK


def test_what_waits_to_go_to_them_or_about_them_does_not(sam: User, lead: User) -> None:
    user, parent = make_user(person=make_person()), make_person(kind="parent_carer")
    contact = ContactPoint.for_number("07700 900457", person=parent, source="test")
    contact.save()
    now = clock.now()
    news = Notification.objects.create(
        recipient=parent, subject=user.person, event_key="a:2:1", duty="family", expires_at=now, purpose="x"
    )
    Delivery.objects.create(
        notification=news, contact=contact, channel="sms", duty="family", priority=2, state="pending",
        not_before_at=now, expires_at=now, body="Asha", owner_role="co_ordinator", due_at=now,
    )  # fmt: skip
    erased(user, sam=sam, lead=lead)
    assert not Delivery.objects.filter(state="pending").exists()


def test_nobody_whom_others_look_to_drops_out_unseen(sam: User) -> None:
    mo = make_user(person=make_person())
    make_member(group=make_group(), user=mo, role=Role.PEER_MODERATOR)
    with pytest.raises(RuleBroken, match="hold a role"):
        erasures.agree(asked(mo), by=sam)


def test_nothing_goes_while_somebody_worries(sam: User, lead: User) -> None:
    user = make_user(person=make_person())
    member = make_member(group=make_group(), user=user)
    request = erasures.agree(asked(user), by=sam)
    whom = {"group": member.group, "about": member, "person": member.person}
    Escalation.objects.create(**whom, level="red", owner_role="clinician", due_at=clock.now())
    with pytest.raises(RuleBroken, match="worried"):
        erasures.carry_out(request, by=lead)
    request.refresh_from_db()
    assert request.state == DataRequest.State.AGREED
    assert Person.objects.get(pk=person_of(user).pk).given_name == "Asha"

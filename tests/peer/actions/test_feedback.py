"""Feedback as acts: heard once, owed an answer, public only by two people and by consent, complaints never."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from peer import clock, events, knocks
from peer.actions import feedback
from peer.actions.feedback import VISITOR, Said
from peer.gate import SERVICE, NotAllowed
from peer.models import AuditEvent, Commitment, FeedbackItem, FeedbackKnock, User
from peer.news import WordsWorrying
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken
from tests.make import make_user

pytestmark = pytest.mark.django_db


def give(**said: Any) -> FeedbackItem:
    kind = said.pop("kind", "feedback")
    nonce = said.pop("nonce", "")
    sender = said.pop("sender", "here")
    return feedback.give(SERVICE, by=VISITOR, said=Said(**said), kind=kind, nonce=nonce, sender=sender)


@pytest.fixture
def manager() -> User:
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


def test_what_a_visitor_says_is_owed_an_answer_and_keeps_no_name() -> None:
    item = give(works="The texts")
    assert (item.state, item.owner_role) == ("heard", "service_manager")
    assert item.due_at > clock.now() + dt.timedelta(days=9)
    event = AuditEvent.objects.get()
    assert (event.by_id, event.by_name) == (None, "visitor")
    assert [step.state for step in item.steps.all()] == ["heard"]


def test_the_same_form_twice_is_one_item() -> None:
    assert give(works="Yes", nonce="n").pk == give(works="Yes", nonce="n").pk
    assert FeedbackItem.objects.count() == 1


def test_a_flood_from_one_place_is_slowed_and_another_place_is_not() -> None:
    for _ in range(knocks.KNOCKS_AN_HOUR):
        give(works="x")
    with pytest.raises(RuleBroken):
        give(works="x")
    give(works="x", sender="elsewhere")
    FeedbackKnock.objects.update(at=clock.now() - dt.timedelta(hours=2))
    give(works="x")


def test_nothing_moves_without_the_reason_people_will_read(manager: User) -> None:
    item = give(works="x")
    feedback.move(item, by=manager, state="discussed")
    with pytest.raises(RuleBroken):
        feedback.move(item, by=manager, state="not_acted_upon")
    feedback.move(item, by=manager, state="not_acted_upon", reason="It costs too much this year.")
    assert item.due_at is None
    assert [step.state for step in item.steps.all()] == ["heard", "discussed", "not_acted_upon"]


def test_what_was_not_talked_about_cannot_be_done(manager: User) -> None:
    with pytest.raises(IllegalMove):
        feedback.move(give(works="x"), by=manager, state="acted_upon", reason="Done.")


def test_a_co_ordinator_reads_but_does_not_answer(kim: User) -> None:
    item = give(works="x")
    assert FeedbackItem.objects.visible_to(kim).get() == item
    with pytest.raises(NotAllowed):
        feedback.reply(item, by=kim, body="Thanks", signed="The team")


def test_publishing_takes_two_people_the_same_words_and_a_yes(manager: User, kim: User) -> None:
    with pytest.raises(RuleBroken):
        feedback.ask_to_publish(give(works="x"), by=manager, said="x")
    item = give(works="Mrs Hill was kind", may_share=True)
    feedback.ask_to_publish(item, by=manager, said="They were kind")
    assert not FeedbackItem.objects.published().exists()
    with pytest.raises(RuleBroken):
        feedback.publish(item, by=manager, seen=item.said_hash())
    with pytest.raises(RuleBroken):
        feedback.publish(item, by=kim, seen="what stood there before")
    feedback.publish(item, by=kim, seen=item.said_hash())
    assert FeedbackItem.objects.published().get().said == "They were kind"


def test_one_person_takes_it_down_at_once(manager: User, kim: User) -> None:
    item = give(works="x", may_share=True)
    feedback.ask_to_publish(item, by=manager, said="x")
    feedback.publish(item, by=kim, seen=item.said_hash())
    feedback.take_down(item, by=manager, reason="It names a school")
    assert not FeedbackItem.objects.published().exists()
    assert AuditEvent.objects.last().reason == "It names a school"


def test_a_complaint_is_due_in_three_working_days_and_never_public(manager: User, kim: User) -> None:
    item = give(does_not="Nobody rang", kind="complaint", may_share=True)
    assert item.due_at <= clock.now() + dt.timedelta(days=8)
    assert not FeedbackItem.objects.visible_to(kim).exists()
    assert FeedbackItem.objects.visible_to(manager).exists()
    with pytest.raises(RuleBroken):
        feedback.ask_to_publish(item, by=manager, said="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackItem.objects.filter(pk=item.pk).update(published_at=clock.now(), said="x")
    feedback.acknowledge(item, by=manager)
    assert item.due_at > clock.now() + dt.timedelta(days=20)


def test_a_promise_past_its_day_is_late_by_n_days_until_it_is_kept(manager: User) -> None:
    promise = feedback.promise(
        give(works="x"), by=manager, what="Shorter letters", owner_role="The list team", due_on=clock.today()
    )
    Commitment.objects.filter(pk=promise.pk).update(due_on=clock.today() - dt.timedelta(days=4))
    promise.refresh_from_db()
    assert promise.days_late() == 4
    with pytest.raises(RuleBroken):
        feedback.settle(promise, by=manager, state="dropped")
    feedback.settle(promise, by=manager, state="kept", outcome="All letters fit one page.")
    assert promise.days_late() == 0


def test_a_reference_opens_however_it_is_typed() -> None:
    item = give(works="x")
    typed = item.reference.lower().replace("-", " ")
    assert FeedbackItem.objects.by_reference(typed).get() == item
    assert not FeedbackItem.objects.by_reference("").exists()


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("I want to kill myself", "red"),
        ("I took all the tablets", "red"),
        ("Ring my mum on 07700 900123", ""),
        ("Ok", ""),
    ],
)
def test_words_that_may_mean_harm_come_before_all_else_and_are_told_upward(
    words: str, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[WordsWorrying] = []
    monkeypatch.setitem(events._handlers, WordsWorrying, [told.append])
    item = give(does_not=words)
    assert item.concern == level
    assert [(news.row.pk, news.level) for news in told] == ([(item.pk, level)] if level else [])
    assert (item.due_at < clock.now() + dt.timedelta(hours=2)) is bool(level)

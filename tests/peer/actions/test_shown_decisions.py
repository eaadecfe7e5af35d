"""Every decision about a person is shown to them; they say something back; only a safeguarding lead keeps one back (S100)."""

from __future__ import annotations

import datetime as dt

import pytest

from moderation.actions import decisions
from moderation.models import Rule
from notifications.actions import calls
from notifications.models import CallTask
from peer import clock, gate
from peer.actions import hello_calls, shown_decisions, waiting
from peer.events import emit
from peer.models import AuditEvent, HelloCall, Membership, Person, ShownDecision, User, Withholding
from peer.news import DecidedAbout
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken
from tests.make import (
    make_group,
    make_member,
    make_open_group,
    make_person,
    make_phone,
    make_post,
    make_user,
    make_wait,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> User:
    return make_user(person=make_person())


@pytest.fixture
def lead() -> User:
    return make_user(roles=(Role.SAFEGUARDING_LEAD,))


def person_of(user: User) -> Person:
    assert user.person
    return user.person


def decided(user: User, words: str = "We said yes.") -> ShownDecision:
    emit(DecidedAbout(person=person_of(user), kind="request", words=words, role=Role.CLINICIAN, source=user))
    found = ShownDecision.objects.filter(person=person_of(user)).order_by("-pk").first()
    assert found
    return found


def seen(user: User) -> list[str]:
    return [row.words for row in ShownDecision.objects.visible_to(user).of(user)]


def test_a_decision_about_a_request_is_shown(asha: User) -> None:
    entry = make_wait(person=person_of(asha), state="released")
    waiting.decide(entry, by=make_user(roles=(Role.CLINICIAN,)), outcome="accepted", reason="School is hard.")
    assert "School is hard." in seen(asha)[0]


def test_weighty_news_is_shown_only_once_a_person_has_told_it(asha: User) -> None:
    make_phone(person=person_of(asha))
    lee = make_user(roles=(Role.CLINICIAN,))
    entry = make_wait(person=person_of(asha), state="released")
    waiting.decide(entry, by=lee, outcome="not_accepted", reason="Another team is better.")
    assert seen(asha) == []
    calls.spoke(CallTask.objects.get(about="weighty_news"), by=lee, your_word="")
    assert "Another team is better." in seen(asha)[0]


def test_what_came_of_a_post_is_shown_in_kind_words() -> None:
    group = make_open_group()
    author = make_member(group=group)
    mo = group.memberships.get(pseudonym="Mo").user
    post = make_post(author=author)
    decisions.decline(post, by=mo, content_hash=post.content_hash, kind_words="It names a school.", rule=Rule.PRIVATE)
    assert author.user
    assert "It names a school." in seen(author.user)[0]
    assert ShownDecision.objects.get().decided_by == "somebody who checks posts"


def test_a_hello_call_that_ends_elsewhere_is_told_in_neutral_words(asha: User) -> None:
    membership = Membership.objects.create(group=make_group(), person=person_of(asha), user=asha)
    call = HelloCall.objects.create(membership=membership, owner_role="clinician", due_at=clock.now())
    hello_calls.unsuitable(call, by=make_user(roles=(Role.CLINICIAN,)), handover="Kept apart from Tom: Kim rings.")
    assert "isn’t the right one" in seen(asha)[0]
    assert "Tom" not in seen(asha)[0]


def test_the_same_news_twice_is_one_line(asha: User) -> None:
    decided(asha)
    decided(asha)
    assert len(seen(asha)) == 1


def test_nobody_reads_decisions_about_somebody_else(asha: User) -> None:
    decided(asha)
    parent = make_user(person=make_person(kind="parent_carer"))
    assert not ShownDecision.objects.visible_to(parent).exists()


def test_a_reply_is_owed_an_answer_within_five_working_days(asha: User) -> None:
    reply = shown_decisions.reply(decided(asha), by=asha, words="I don’t agree.")
    assert reply.due_at is not None
    assert dt.timedelta(days=4) < reply.due_at - clock.now() < dt.timedelta(days=8)
    shown_decisions.answer(reply, by=make_user(roles=(Role.SERVICE_MANAGER,)), words="We look at it again.")
    reply.refresh_from_db()
    assert reply.state == "answered"
    assert reply.answered_by == "the manager of the service"


def test_worrying_words_said_back_go_to_a_clinician_at_once(asha: User) -> None:
    reply = shown_decisions.reply(decided(asha), by=asha, words="Then I want to die")
    assert (reply.level, reply.owner_role) == ("red", Role.CLINICIAN)
    with pytest.raises(RuleBroken, match="A clinician"):
        shown_decisions.answer(reply, by=make_user(roles=(Role.SERVICE_MANAGER,)), words="x")


def test_nobody_says_something_back_to_a_decision_about_somebody_else(asha: User) -> None:
    with pytest.raises(gate.NotAllowed):
        shown_decisions.reply(decided(asha), by=make_user(person=make_person()), words="x")


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.CO_ORDINATOR, Role.SERVICE_MANAGER])
def test_only_a_safeguarding_lead_keeps_something_back(asha: User, role: Role) -> None:
    with pytest.raises(gate.NotAllowed):
        shown_decisions.withhold(decided(asha), by=make_user(roles=(role,)), reason="x")


def test_what_is_kept_back_is_not_there_for_its_person_and_is_reviewed(asha: User, lead: User) -> None:
    decision = decided(asha)
    with pytest.raises(RuleBroken, match="Say why"):
        shown_decisions.withhold(decision, by=lead, reason=" ")
    row = shown_decisions.withhold(decision, by=lead, reason="Reading it would put her in danger at home.")
    assert seen(asha) == []
    assert row.due_at is not None
    assert row.owner_role == Role.SAFEGUARDING_LEAD
    assert AuditEvent.objects.get(action="peer.actions.shown_decisions.withhold").reason
    assert not Withholding.objects.visible_to(asha).exists()
    shown_decisions.keep_longer(row, by=lead, reason="Still so.")
    shown_decisions.show_again(row, by=lead, reason="She has moved.")
    assert seen(asha) == ["We said yes."]


def test_nothing_is_kept_back_twice(asha: User, lead: User) -> None:
    decision = decided(asha)
    shown_decisions.withhold(decision, by=lead, reason="x")
    with pytest.raises(RuleBroken, match="already"):
        shown_decisions.withhold(decision, by=lead, reason="x")


def test_a_decision_stays_as_it_was_written(asha: User) -> None:
    decision = decided(asha)
    decision.words = "Something else"
    with pytest.raises(IllegalMove):
        decision.save()

"""The wait: cohorts leave the hold n a day, decisions carry a reason, weighty news waits for a call (U2, U10, S9)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from peer import clock, gate
from peer.actions import waiting
from peer.models import ParentRelationship, Person, Referral, TimelineEntry, TriageDecision, WaitingListEntry
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken
from tests.make import make_person, make_user

pytestmark = pytest.mark.django_db


def make_entry(
    *, reference: str = "R1", days: int = 90, state: str = "on_hold", person: Person | None = None
) -> WaitingListEntry:
    referral = Referral.objects.create(
        person=person or make_person(), reference=reference, referred_on=clock.today() - dt.timedelta(days=days)
    )
    released = None if state == "on_hold" else clock.now()
    return WaitingListEntry.objects.create(
        referral=referral, state=state, released_at=released, owner_role="clinician", due_at=clock.now()
    )


@pytest.fixture
def kim() -> object:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


def test_the_longest_wait_leaves_the_hold_first(kim: object) -> None:
    for number, days in enumerate((10, 400, 200)):
        make_entry(reference=f"R{number}", days=days)
    assert waiting.release_cohort(gate.SERVICE, by=kim, size=2) == 2
    released = WaitingListEntry.objects.filter(state="released")
    assert {entry.referral.reference for entry in released} == {"R1", "R2"}
    assert {entry.cohort for entry in released} == {1}
    assert all(entry.owner_role == Role.CLINICIAN and entry.due_at > clock.now() for entry in released)


def test_no_more_than_n_leave_the_hold_on_one_day(kim: object, settings: object) -> None:
    settings.RELEASE_A_DAY = 2
    for number in range(4):
        make_entry(reference=f"R{number}")
    waiting.release_cohort(gate.SERVICE, by=kim, size=2)
    with pytest.raises(RuleBroken, match="0 more families today"):
        waiting.release_cohort(gate.SERVICE, by=kim, size=1)
    assert WaitingListEntry.objects.on_hold().count() == 2


def test_a_request_the_list_calls_accepted_is_waiting_after_release(kim: object) -> None:
    entry = make_entry()
    Referral.objects.update(stage="waiting")
    waiting.release_cohort(gate.SERVICE, by=kim, size=1)
    entry.refresh_from_db()
    assert entry.state == "waiting"


def test_only_a_co_ordinator_releases() -> None:
    make_entry()
    with pytest.raises(gate.NotAllowed):
        waiting.release_cohort(gate.SERVICE, by=make_user(roles=(Role.EDITOR,)), size=1)


@pytest.mark.parametrize(
    ("outcome", "state", "family_reads"),
    [
        ("accepted", "waiting", True),
        ("offered", "offered", True),
        ("signposted", "closed", False),
        ("not_accepted", "closed", False),
    ],
)
def test_a_decision_moves_the_place_and_weighty_news_waits_for_a_call(
    kim: object, outcome: str, state: str, family_reads: bool
) -> None:
    entry = make_entry(state="released")
    decision = waiting.decide(entry, by=kim, outcome=outcome, reason="Because it fits.", next_step="We write in May.")
    entry.refresh_from_db()
    row = TimelineEntry.objects.get(kind="decision")
    assert entry.state == state
    assert decision.is_weighty is not family_reads
    assert row.for_person is family_reads
    assert (row.for_adults == "never") is not family_reads
    assert "Because it fits. We write in May." in row.words


def test_nobody_gets_a_decision_before_they_have_heard_from_us(kim: object) -> None:
    entry = make_entry()
    with pytest.raises(RuleBroken):
        waiting.decide(entry, by=kim, outcome="accepted", reason="Yes.")
    assert not TriageDecision.objects.exists()


def test_the_database_refuses_a_decision_without_a_reason(kim: object) -> None:
    entry = make_entry(state="released")
    with pytest.raises(IntegrityError), transaction.atomic():
        TriageDecision.objects.create(referral=entry.referral, outcome="accepted", reason_plain="", decided_by=kim)


def test_a_closed_place_takes_no_second_decision(kim: object) -> None:
    entry = make_entry(state="released")
    waiting.decide(entry, by=kim, outcome="signposted", reason="Another team helps better.")
    with pytest.raises(IllegalMove):
        waiting.decide(entry, by=kim, outcome="accepted", reason="After all.")
    assert TriageDecision.objects.count() == 1


@pytest.mark.parametrize(
    ("may_know", "must_not", "level", "sees"),
    [
        ("all", False, "all", True),
        ("all", False, "routine", True),
        ("routine", False, "routine", True),
        ("routine", False, "all", False),
        ("nothing", False, "routine", False),
        ("all", True, "routine", False),
        ("all", False, "never", False),
    ],
)
def test_an_adult_reads_only_what_they_may_know(may_know: str, must_not: bool, level: str, sees: bool) -> None:
    child, pat = make_person(), make_person(kind="parent_carer")
    ParentRelationship.objects.create(young_person=child, adult=pat, may_know=may_know, must_not_be_told=must_not)
    TimelineEntry.objects.create(person=child, kind="note", words="x", for_adults=level)
    assert TimelineEntry.objects.visible_to(make_user(person=pat)).exists() is sees


def test_from_sixteen_an_adult_reads_nothing_and_the_young_person_everything() -> None:
    today = clock.today()
    child, pat = make_person(born_on=today.replace(year=today.year - 16)), make_person(kind="parent_carer")
    ParentRelationship.objects.create(young_person=child, adult=pat, may_know="all")
    TimelineEntry.objects.create(person=child, kind="note", words="x", for_adults="all")
    assert not TimelineEntry.objects.visible_to(make_user(person=pat)).exists()
    assert TimelineEntry.objects.visible_to(make_user(person=child)).exists()


def test_a_stranger_sees_no_wait_at_all() -> None:
    entry = make_entry()
    stranger = make_user(person=make_person())
    TimelineEntry.objects.create(person=entry.person, kind="note", words="x", for_adults="all")
    for rows in (WaitingListEntry, Referral, TimelineEntry):
        assert not rows.objects.visible_to(stranger).exists()

"""The rota, the shifts and what they open and close (safety E2, E9, 2f)."""

from __future__ import annotations

import datetime as dt

import pytest

from moderation import sweeps
from moderation.actions import shifts
from moderation.models import Escalation, OnCallShift
from peer import clock, gate, grants
from peer.events import emit
from peer.models import Duty, Post, SupportGroup, User
from peer.news import PostHeldForRisk
from peer.roles import Perm, Role
from peer.states import RuleBroken
from tests.make import make_group, make_member, make_post, make_user

pytestmark = pytest.mark.django_db
EVENING = dt.datetime(2026, 11, 23, 20, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def clinician(group: SupportGroup, name: str = "Dr Lee") -> User:
    lee = make_member(group=group, user=make_user(name=name), role=Role.CLINICIAN).user
    lee.paged_ok_at = EVENING - HOUR
    lee.save()
    return lee


def planned(group: SupportGroup, user: User, *, from_at: dt.datetime = EVENING, hours: float = 8) -> OnCallShift:
    kim = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    with clock.at(EVENING - HOUR):
        return shifts.plan(group, by=kim, user=user, from_at=from_at, until_at=from_at + hours * HOUR)


def test_b15_nobody_is_planned_whom_no_proved_number_reaches() -> None:
    group = make_group()
    lee = clinician(group)
    lee.paged_ok_at = None
    lee.save()
    with pytest.raises(RuleBroken, match="no proved phone number"):
        planned(group, lee)
    assert not OnCallShift.objects.exists()


def test_only_a_clinician_of_the_group_goes_on_its_rota() -> None:
    with pytest.raises(RuleBroken):
        planned(make_group(title="Other"), clinician(make_group()))


def test_a_clinician_is_not_planned_twice_at_once() -> None:
    group = make_group()
    lee = clinician(group)
    planned(group, lee)
    with pytest.raises(RuleBroken):
        planned(group, lee, from_at=EVENING + HOUR)


def test_e2_a_shift_covers_from_the_second_it_starts_to_the_second_it_ends() -> None:
    group = make_group()
    lee = clinician(group)
    shift = planned(group, lee)
    with clock.at(EVENING):
        assert not grants.on_duty(lee, group), "planned is not there"
        shifts.start(shift, by=lee)
        assert grants.on_duty(lee, group)
    with clock.at(EVENING + 8 * HOUR - dt.timedelta(seconds=1)):
        assert gate.can(lee, Perm.READ_RISK_LANE, group)
    with clock.at(EVENING + 8 * HOUR):
        assert not gate.can(lee, Perm.READ_RISK_LANE, group)


def test_ending_early_closes_cover_at_once() -> None:
    group = make_group()
    lee = clinician(group)
    shift = planned(group, lee)
    with clock.at(EVENING):
        shifts.start(shift, by=lee)
    with clock.at(EVENING + HOUR):
        shifts.end(shift, by=lee)
        assert not Duty.objects.current().exists()


def test_nobody_starts_somebody_elses_shift() -> None:
    group = make_group()
    shift = planned(group, clinician(group))
    with clock.at(EVENING), pytest.raises(gate.NotAllowed):
        shifts.start(shift, by=clinician(group, "Dr May"))


def test_a_shift_cannot_be_started_too_early_or_after_its_end() -> None:
    group = make_group()
    lee = clinician(group)
    shift = planned(group, lee)
    for moment in (EVENING - HOUR, EVENING + 8 * HOUR):
        with clock.at(moment), pytest.raises(RuleBroken):
            shifts.start(shift, by=lee)


def test_e9_a_hand_over_needs_the_next_person_to_be_there_and_offers_what_is_open() -> None:
    group = make_group()
    lee, may = clinician(group), clinician(group, "Dr May")
    mine, hers = planned(group, lee), planned(group, may, from_at=EVENING + 4 * HOUR)
    with clock.at(EVENING):
        shifts.start(mine, by=lee)
        emit(PostHeldForRisk(make_post(group=group, state=Post.State.HELD_RISK), "red"))
        from moderation.actions import escalations

        escalations.acknowledge(Escalation.objects.get(), by=lee, how="key")
    with clock.at(EVENING + 4 * HOUR):
        with pytest.raises(RuleBroken):
            shifts.hand_over(mine, by=lee, to=hers)
        shifts.start(hers, by=may)
        shifts.hand_over(mine, by=lee, to=OnCallShift.objects.get(pk=hers.pk))
        assert not grants.on_duty(lee, group)
    escalation = Escalation.objects.get()
    assert (escalation.state, escalation.owner, escalation.offered_to) == ("handed_over", lee, may)


def test_the_sweep_ends_shifts_and_marks_those_nobody_began() -> None:
    group = make_group()
    lee, may = clinician(group), clinician(group, "Dr May")
    mine, hers = planned(group, lee), planned(group, may)
    with clock.at(EVENING):
        shifts.start(mine, by=lee)
    with clock.at(EVENING + 8 * HOUR):
        assert sweeps.watch_cover() == 2
        assert sweeps.watch_cover() == 0
    mine.refresh_from_db()
    hers.refresh_from_db()
    assert (mine.state, hers.state) == ("done", "missed")


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2027, 10, 30), 13), (dt.date(2027, 3, 27), 11), (dt.date(2026, 11, 23), 12)]
)
def test_a_night_has_11_12_or_13_hours_and_the_right_ends_on_the_second(day: dt.date, hours: int) -> None:
    group = make_group()
    lee = clinician(group)
    kim = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    start = dt.datetime.combine(day, dt.time(20), tzinfo=clock.LONDON)
    until = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(8), tzinfo=clock.LONDON)
    with clock.at(start.astimezone(dt.UTC) - HOUR):
        shift = shifts.plan(group, by=kim, user=lee, from_at=start, until_at=until)
    shift.refresh_from_db()
    assert shift.length() == hours * HOUR
    with clock.at(shift.from_at):
        shifts.start(shift, by=lee)
    with clock.at(shift.from_at + hours * HOUR - dt.timedelta(seconds=1)):
        assert grants.on_duty(lee, group)
    with clock.at(shift.from_at + hours * HOUR):
        assert not grants.on_duty(lee, group)

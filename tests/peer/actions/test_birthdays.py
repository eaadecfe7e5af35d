"""A birthday takes nobody's support away: noticed a month before, planned by people, offered on the day (M4, H24, 2f)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from notifications.models import Notification
from peer import clock, gate
from peer.actions import birthdays, groups, moving_on
from peer.models import BandMove, Invitation, Membership, MovingOn, Person, SupportGroup, User
from peer.models.birthdays import birthday, born_by
from peer.models.people import age_on
from peer.roles import Perm, Role
from peer.states import RuleBroken
from peer.sweeps.birthdays import notice_birthdays
from peer.sweeps.places import move_on
from tests.make import make_group, make_member, make_open_group, make_person, make_phone, make_user, make_wait

pytestmark = pytest.mark.django_db

DAY = dt.date(2027, 3, 28)  # the night on which 01:30 never comes
NOON = dt.datetime(2027, 2, 20, 12, tzinfo=dt.UTC)


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


@pytest.fixture
def lantern() -> SupportGroup:
    with clock.at(NOON):
        return make_open_group()


@pytest.fixture
def harbour() -> SupportGroup:
    group = make_group(title="Harbour")
    SupportGroup.objects.filter(pk=group.pk).update(age_from=16, age_to=17)
    group.refresh_from_db()
    return group


def member(group: SupportGroup, born_on: dt.date | None) -> Membership:
    with clock.at(NOON):
        person = make_person(born_on=born_on)
        make_phone(person=person)
        make_wait(person=person)
        return make_member(group=group, user=make_user(person=person), name="Fern")


def only(asha: Membership) -> None:
    """Let nobody but her have a birthday that matters."""
    Person.objects.exclude(pk=asha.person_id).update(born_on=dt.date(2011, 12, 1))


def at(day: dt.date, hour: int = 0, minute: int = 1):
    return clock.at(dt.datetime.combine(day, dt.time(hour, minute), clock.LONDON).astimezone(dt.UTC))


def texts() -> int:
    return Notification.objects.filter(purpose="look_in").count()


def test_noticed_thirty_days_before_and_not_a_day_sooner_and_told_once(lantern) -> None:
    asha = member(lantern, dt.date(2011, 3, 28))
    only(asha)
    with at(dt.date(2027, 2, 25)):
        assert notice_birthdays() == 0
    with at(dt.date(2027, 2, 26)):
        assert notice_birthdays() == 1
        assert notice_birthdays() == 0
    move = BandMove.objects.get()
    assert (move.birthday_on, move.turns, move.owner_role) == (DAY, 16, "co_ordinator")
    assert (move.due_at.astimezone(clock.LONDON).date(), texts()) == (DAY, 1)


def test_a_planned_move_is_offered_on_the_day_and_the_old_group_stays_until_the_new_one(lantern, harbour, kim) -> None:
    asha = member(lantern, dt.date(2011, 3, 28))
    only(asha)
    with at(dt.date(2027, 3, 1)):
        notice_birthdays()
        move = birthdays.plan(BandMove.objects.get(), by=kim, to_group=harbour)
    with at(DAY - dt.timedelta(days=1), 23, 59):
        assert notice_birthdays() == 0
    with at(DAY):
        assert notice_birthdays() == 1
        assert Invitation.objects.get().group == harbour
        move.refresh_from_db()
        asha.refresh_from_db()
        assert (move.state, asha.state) == ("offered", "active")
        assert gate.can(asha.user, Perm.WRITE_POST, lantern)
        new = Membership.objects.create(
            group=harbour, person=asha.person, user=asha.user, pseudonym="Tide", skeleton="tide", state="confirmed"
        )
        groups.start(new, by=asha.user, protocol=harbour.protocol())
        move.refresh_from_db()
        moving = MovingOn.objects.get()
        assert (move.state, moving.cause, moving.membership) == ("moved", "next_band", asha)
        assert (moving.ends_at - clock.now()).days == 14


def test_nobody_planned_and_nothing_is_lost(lantern) -> None:
    asha = member(lantern, dt.date(2011, 3, 28))
    only(asha)
    with at(DAY):
        notice_birthdays()
    with at(DAY + dt.timedelta(days=5)):
        notice_birthdays()
        move = BandMove.objects.get()
        assert (move.state, move.owner_role) == ("late", "clinician")
        assert "Nobody has planned" in move.why_late
        asha.refresh_from_db()
        assert asha.state == "active"
        assert not Invitation.objects.exists()


def test_what_cannot_be_offered_on_the_day_is_a_task_with_its_reason(lantern, harbour, kim) -> None:
    asha = member(lantern, dt.date(2011, 3, 28))
    only(asha)
    with at(dt.date(2027, 3, 1)):
        notice_birthdays()
        move = birthdays.plan(BandMove.objects.get(), by=kim, to_group=harbour)
    SupportGroup.objects.filter(pk=harbour.pk).update(state="frozen")
    with at(DAY):
        notice_birthdays()
    move.refresh_from_db()
    assert (move.state, move.why_late) == ("late", "This group is not open.")
    SupportGroup.objects.filter(pk=harbour.pk).update(state="open")
    with at(DAY + dt.timedelta(days=1)):
        birthdays.plan(move, by=kim, to_group=harbour)
        assert notice_birthdays() == 1
        assert Invitation.objects.exists()


def test_at_eighteen_thirty_days_begin_with_the_right_words_and_no_loss_on_the_day(harbour) -> None:
    with clock.at(NOON):
        tess = member(harbour, dt.date(2009, 3, 28))
    with at(dt.date(2027, 2, 27)):
        notice_birthdays()
        move = BandMove.objects.get()
        assert move.is_eighteen
        with pytest.raises(RuleBroken, match="help for adults"):
            birthdays.plan(move, by=make_user(roles=(Role.CLINICIAN,)), to_group=harbour)
    with at(DAY):
        notice_birthdays()
        moving = MovingOn.objects.get()
        assert (moving.cause, (moving.ends_at - clock.now()).days) == ("eighteen", 30)
        assert gate.can(tess.user, Perm.WRITE_POST, harbour)
        client = Client()
        client.force_login(tess.user)
        assert "At 18 there is help for adults" in client.get(harbour.get_absolute_url()).content.decode()
    for days in (23, 30):
        with at(DAY + dt.timedelta(days=days), 1):
            assert move_on() == 1
    tess.refresh_from_db()
    assert tess.state == "left"


def test_an_unknown_birth_date_is_a_task_and_never_a_text(lantern) -> None:
    asha = member(lantern, None)
    only(asha)
    with at(dt.date(2027, 3, 1)):
        assert notice_birthdays() == 1
        assert (BandMove.objects.get().birthday_on, texts()) == (None, 0)
        with pytest.raises(RuleBroken, match="birth date"):
            birthdays.plan(BandMove.objects.get(), by=make_user(roles=(Role.CO_ORDINATOR,)), to_group=lantern)
        Person.objects.filter(pk=asha.person_id).update(born_on=dt.date(2012, 1, 1))
    with at(dt.date(2027, 3, 9)):
        notice_birthdays()
        assert BandMove.objects.get().state == "called_off"
        asha.refresh_from_db()
        assert asha.state == "active"


def test_a_birth_date_that_was_wrong_calls_the_move_off(lantern) -> None:
    asha = member(lantern, dt.date(2011, 3, 28))
    only(asha)
    with at(dt.date(2027, 3, 1)):
        notice_birthdays()
    Person.objects.filter(pk=asha.person_id).update(born_on=dt.date(2012, 3, 28))
    with at(DAY):
        notice_birthdays()
    assert BandMove.objects.get().state == "called_off"


def test_moderators_parents_and_the_dead_have_no_move(lantern) -> None:
    asha = member(lantern, dt.date(2011, 3, 28))
    only(asha)
    Person.objects.exclude(pk=asha.person_id).update(born_on=dt.date(2009, 3, 28))
    parents = make_group(title="Parents", audience="parents")
    make_member(
        group=parents, user=make_user(person=make_person(kind="parent_carer", born_on=None)), role=Role.PARENT_CARER
    )
    Person.objects.filter(pk=asha.person_id).update(deceased_at=NOON)
    with at(DAY):
        assert notice_birthdays() == 0


BORN_IN_A_LEAP_YEAR = dt.date(2012, 2, 29)
TURNS = [
    (dt.date(2012, 2, 29), 16, dt.date(2028, 2, 29)),
    (dt.date(2012, 2, 29), 15, dt.date(2027, 3, 1)),
    (dt.date(2012, 2, 29), 18, dt.date(2030, 3, 1)),
    (dt.date(2010, 12, 31), 16, dt.date(2026, 12, 31)),
    (dt.date(2011, 1, 1), 16, dt.date(2027, 1, 1)),
    (dt.date(2010, 10, 25), 16, dt.date(2026, 10, 25)),
    (dt.date(2011, 10, 31), 16, dt.date(2027, 10, 31)),
    (dt.date(2010, 3, 29), 16, dt.date(2026, 3, 29)),
]


@pytest.mark.parametrize(("born_on", "years", "day"), TURNS)
def test_the_day_somebody_turns_an_age(born_on: dt.date, years: int, day: dt.date) -> None:
    assert birthday(born_on, years=years) == day
    assert age_on(day, born_on=born_on) == years
    assert age_on(day - dt.timedelta(days=1), born_on=born_on) == years - 1


def test_who_has_turned_an_age_is_the_same_by_both_counts_on_every_day_of_eight_years() -> None:
    for offset in range(0, 8 * 366, 3):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=offset)
        last = born_by(day, years=16)
        assert age_on(day, born_on=last) >= 16, day
        assert age_on(day, born_on=last + dt.timedelta(days=1)) < 16, day
    for day in (dt.date(2027, 2, 28), dt.date(2027, 3, 1), dt.date(2028, 2, 28), dt.date(2028, 2, 29)):
        last = born_by(day, years=16)
        assert age_on(day, born_on=last) >= 16 > age_on(day, born_on=last + dt.timedelta(days=1)), day


@pytest.mark.parametrize("night", [dt.date(2026, 10, 25), dt.date(2027, 10, 31), dt.date(2026, 3, 29), DAY])
def test_a_birthday_begins_at_london_s_midnight_also_when_the_clocks_change(lantern, night: dt.date) -> None:
    asha = member(lantern, night.replace(year=night.year - 16))
    only(asha)
    with at(night - dt.timedelta(days=20)):
        notice_birthdays()
    move = BandMove.objects.get()
    local = move.due_at.astimezone(clock.LONDON)
    assert (local.date(), local.hour, local.minute) == (night, 0, 0)
    with at(night - dt.timedelta(days=1), 23, 59):
        assert notice_birthdays() == 0
    with at(night, 0, 0):
        assert notice_birthdays() == 1


def test_the_page_tells_gently_and_the_desk_plans(lantern, harbour, kim) -> None:
    asha = member(lantern, dt.date(2011, 3, 28))
    only(asha)
    with at(dt.date(2027, 3, 1), 12):
        notice_birthdays()
        client = Client()
        client.force_login(asha.user)
        page = client.get(lantern.get_absolute_url()).content.decode()
        assert "You turn 16 on 28 March" in page
        assert "you keep this group until you are in the next one" in page
        assert client.get("/staff/birthdays/").status_code == 404
        desk = Client()
        desk.force_login(kim)
        assert asha.person.full_name() in desk.get("/staff/birthdays/").content.decode()
        move = BandMove.objects.get()
        assert desk.post(move.get_absolute_url(), {"to_group": lantern.pk}).status_code == 422
        assert desk.post(move.get_absolute_url(), {"to_group": harbour.pk}).status_code == 302
        assert "Goes to Harbour" in desk.get("/staff/birthdays/").content.decode()


def test_a_plan_for_the_wrong_ages_is_refused_and_the_database_keeps_one_open_move(lantern, kim) -> None:
    asha = member(lantern, dt.date(2011, 3, 28))
    only(asha)
    with at(dt.date(2027, 3, 1)):
        notice_birthdays()
        with pytest.raises(RuleBroken, match="14 to 15"):
            birthdays.plan(BandMove.objects.get(), by=kim, to_group=make_group(title="Same ages"))
        with pytest.raises(IntegrityError), transaction.atomic():
            BandMove.objects.create(membership=asha, owner_role="clinician", due_at=clock.now())
        moving_on.begin_own(asha, by=asha.user)
        groups.leave(asha, by=asha.user)
    assert BandMove.objects.get().state == "called_off"

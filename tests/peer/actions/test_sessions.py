"""Sessions: planned across clock changes, answered in order, moved and called off with everybody told (S19, S104, U15)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections
from django.urls import reverse

from notifications import coming
from notifications.models import Delivery, Notification
from peer import clock, gate, rhythm
from peer.actions import groups, hosting, sessions
from peer.models import (
    Attendance,
    GroupSession,
    Membership,
    PeerModerator,
    SessionSeries,
    SupervisorTask,
    SupportGroup,
    User,
)
from peer.roles import Role
from peer.states import RuleBroken
from peer.sweeps.sessions import look_after_sessions
from tests.make import make_duty, make_group, make_member, make_open_group, make_phone, named, user

pytestmark = pytest.mark.django_db
LONDON = clock.LONDON
TUESDAY = dt.date(2026, 11, 17)  # tests begin on Monday 16 November 2026, noon
SEVEN = dt.time(19)
States = GroupSession.State


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


def planned(
    group: SupportGroup, *, day: dt.date = TUESDAY, hosts: tuple[str, ...] = ("Ben", "Mo", "Dr Lee"), **said: object
) -> GroupSession:
    details = {"at": SEVEN, "minutes": 60, "way": "text", "repeats": "weekly", "capacity": None} | said
    people = [named(group, name) for name in hosts]
    return sessions.plan(group, by=user(group, "Ben"), day=day, hosts=people, **details)


def member(group: SupportGroup, name: str = "") -> Membership:
    made = make_member(group=group, name=name)
    make_phone(person=made.person)
    return made


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=LONDON)


# ── Series ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("first", "days"),
    [
        (dt.date(2027, 3, 9), ["03-09", "03-16", "03-23", "03-30", "04-06"]),  # clocks go forward on 28 March 2027
        (dt.date(2027, 10, 12), ["10-12", "10-19", "10-26", "11-02", "11-09"]),  # and back on 31 October 2027
    ],
)
def test_a_weekly_series_keeps_its_hour_of_london_over_both_changes_of_the_clocks(
    first: dt.date, days: list[str]
) -> None:
    series = SessionSeries(rhythm="weekly", starts_on=first, at=SEVEN, minutes=60)
    found = series.days(since=first, until=first + dt.timedelta(weeks=4))
    assert [f"{day:%m-%d}" for day in found] == days
    starts = [series.span(day)[0] for day in found]
    assert {start.astimezone(LONDON).time() for start in starts} == {SEVEN}
    assert {start.hour for start in starts} == {18, 19}  # in UTC it does change


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (dt.date(2027, 3, 9), ["03-09", "04-13", "05-11"]),  # the second Tuesday
        (dt.date(2027, 9, 28), ["09-28", "10-26", "11-23"]),  # the fourth
        (dt.date(2027, 3, 30), ["03-30", "04-27", "05-25"]),  # a fifth one: the last, whichever it is
    ],
)
def test_a_monthly_series_keeps_weekday_and_hour(first: dt.date, days: list[str]) -> None:
    series = SessionSeries(rhythm="monthly", starts_on=first, at=SEVEN, minutes=60)
    found = series.days(since=first, until=first + dt.timedelta(days=70))
    assert [f"{day:%m-%d}" for day in found] == days
    assert {series.span(day)[0].astimezone(LONDON).time() for day in found} == {SEVEN}


def test_the_hour_that_does_not_exist_and_the_one_that_comes_twice_are_each_one_moment() -> None:
    missing = rhythm.moment(dt.date(2027, 3, 28), dt.time(1, 30))
    assert missing.astimezone(LONDON).time() == dt.time(2, 30)
    assert rhythm.moment(dt.date(2027, 10, 31), dt.time(1, 30)) == dt.datetime(2027, 10, 31, 0, 30, tzinfo=dt.UTC)


def test_the_weeks_ahead_are_rows_with_the_same_hosts_and_the_clock_adds_the_next(group: SupportGroup) -> None:
    first = planned(group)
    rows = GroupSession.objects.filter(series=first.series).order_by("starts_at")
    assert [row.series_on for row in rows] == [TUESDAY + dt.timedelta(weeks=week) for week in range(5)]
    assert {row.hosts.count() for row in rows} == {3}
    assert look_after_sessions() == 1  # whoever has not answered is asked about tomorrow
    assert look_after_sessions() == 0
    with clock.at(at(TUESDAY, 12)):
        assert look_after_sessions() >= 1
        assert rows.all().count() == 6
    named(group, "Dr Lee").roles.update(until_at=clock.now())
    named(group, "Mo").roles.update(until_at=clock.now())
    with clock.at(at(TUESDAY + dt.timedelta(weeks=1), 12)):
        look_after_sessions()
        late = rows.all().last()
        assert late
        assert late.state == States.TO_COVER
        assert [host.membership.pseudonym for host in late.hosts.all()] == ["Ben"]


def test_a_series_that_has_ended_adds_nothing(group: SupportGroup) -> None:
    first = planned(group, repeats="monthly")
    sessions.end_series(first.series, by=user(group, "Ben"))
    with clock.at(at(TUESDAY + dt.timedelta(weeks=3), 12)):
        look_after_sessions()
    assert GroupSession.objects.count() == 1 + 1  # the one after is within five weeks


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"hosts": ("Ben", "Dr Lee")}, "one of them a peer"),
        ({"hosts": ("Ben", "Mo")}, "two who read posts"),
        ({"day": dt.date(2026, 11, 15)}, "time to come"),
    ],
)
def test_what_cannot_be_planned_says_why_and_leaves_nothing(group: SupportGroup, said: dict, why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        planned(group, **said)
    assert not GroupSession.objects.exists()


def test_outside_the_hours_of_the_group_nothing_is_planned(group: SupportGroup) -> None:
    SupportGroup.objects.filter(pk=group.pk).update(opens=dt.time(8), closes=dt.time(20))
    group.refresh_from_db()
    planned(group)  # until eight exactly
    with pytest.raises(RuleBroken, match="open from 08:00 to 20:00"):
        planned(group, at=dt.time(19, 30))


def test_only_those_who_lead_or_cover_a_group_plan(group: SupportGroup) -> None:
    person = member(group)
    with pytest.raises(gate.NotAllowed):
        sessions.plan(
            group,
            by=person.user,
            day=TUESDAY,
            at=SEVEN,
            minutes=60,
            way="text",
            repeats="once",
            capacity=None,
            hosts=[],
        )


# ── Coming, waiting in line ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_line_keeps_its_order_and_whoever_is_next_is_told(group: SupportGroup) -> None:
    session = planned(group, capacity=2)
    slot = session.slots.get()
    people = [member(group, name) for name in ("Fern", "Tide", "Comet", "Moss")]
    said = [sessions.come(session, by=one.user, slot=slot).state for one in people]
    assert said == ["coming", "coming", "waiting", "waiting"]
    sessions.not_come(session, by=people[0].user)
    states = dict(Attendance.objects.values_list("membership__pseudonym", "state"))
    assert states == {"Fern": "not_coming", "Tide": "coming", "Comet": "coming", "Moss": "waiting"}
    (text,) = Delivery.objects.filter(channel="sms")
    assert text.notification.recipient == people[2].person
    assert "there is room for you Tuesday 17 November, 7pm" in text.body
    assert "session" not in text.body
    assert group.title not in text.body
    assert sessions.come(session, by=people[0].user, slot=slot).state == "waiting"  # to the end of the line
    assert Attendance.objects.get(membership=people[0]).before_me() == 1


def test_one_changes_to_another_way_and_the_place_left_goes_to_the_next(group: SupportGroup) -> None:
    session = planned(group, capacity=1)
    phone = sessions.add_slot(
        session, by=user(group, "Ben"), day=TUESDAY, at=dt.time(18), minutes=30, way="phone", capacity=None
    )
    slot = session.slots.get(way="text")
    fern, tide = member(group, "Fern"), member(group, "Tide")
    sessions.come(session, by=fern.user, slot=slot)
    sessions.come(session, by=tide.user, slot=slot)
    assert sessions.come(session, by=fern.user, slot=phone).state == "coming"
    assert dict(Attendance.objects.values_list("membership__pseudonym", "slot__way")) == {
        "Fern": "phone",
        "Tide": "text",
    }
    assert Attendance.objects.get(membership=tide).state == "coming"
    session.refresh_from_db()
    assert session.starts_at == at(TUESDAY, 18)


def test_whoever_is_not_in_the_group_does_not_come(group: SupportGroup) -> None:
    session = planned(group)
    stranger = make_member(group=make_group(title="Beside"))
    with pytest.raises(gate.NotAllowed):
        sessions.come(session, by=stranger.user, slot=session.slots.get())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_for_twelve_places() -> None:
    group = make_open_group()
    session = planned(group, capacity=12, repeats="once")
    slot = session.slots.get()
    people = [make_member(group=group).user for _number in range(200)]
    told: dict[int, str] = {}
    ready, lock = threading.Barrier(20), threading.Lock()

    def ask(mine: list[User]) -> None:
        ready.wait()
        for one in mine:
            said = sessions.come(session, by=one, slot=slot)
            with lock:
                told[said.pk] = said.state
        connections.close_all()

    threads = [threading.Thread(target=ask, args=(people[number::20],)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = list(Attendance.objects.order_by("said_at", "id").values_list("pk", "state"))
    assert len(rows) == 200
    assert [state for _pk, state in rows] == ["coming"] * 12 + ["waiting"] * 188  # the order of asking is kept
    assert dict(rows) == told  # nobody was told wrong
    Attendance.objects.filter(state="coming").first()
    sessions.not_come(session, by=Attendance.objects.get(pk=rows[0][0]).membership.user)
    assert Attendance.objects.get(pk=rows[12][0]).state == "coming"


# ── Told ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_reminder_goes_three_hours_before_once_and_never_after_the_start(group: SupportGroup) -> None:
    session = planned(group)
    fern, tide = member(group, "Fern"), member(group, "Tide")
    sessions.come(session, by=fern.user, slot=session.slots.get())
    sessions.not_come(session, by=tide.user)
    with clock.at(at(TUESDAY, 15, 59)):
        look_after_sessions()
        assert not Notification.objects.exists()
    with clock.at(at(TUESDAY, 16, 1)):
        look_after_sessions()
        look_after_sessions()
    (text,) = Delivery.objects.filter(channel="sms").select_related("notification")
    assert text.notification.recipient == fern.person
    assert text.body.startswith("Meanwhile: hello")
    assert "see you today at 7pm?" in text.body
    assert text.expires_at <= session.starts_at


def test_a_reminder_is_not_sent_to_whoever_took_it_back_nor_once_it_has_begun(group: SupportGroup) -> None:
    from notifications.rules import is_still_so

    session = planned(group)
    fern = member(group, "Fern")
    sessions.come(session, by=fern.user, slot=session.slots.get())
    with clock.at(at(TUESDAY, 16, 1)):
        look_after_sessions()
        told = Notification.objects.get()
        assert is_still_so(told)
    with clock.at(at(TUESDAY, 19, 1)):
        assert not is_still_so(told)
    with clock.at(at(TUESDAY, 17)):
        sessions.not_come(session, by=fern.user)
        assert not is_still_so(told)


def test_what_begins_in_the_morning_is_said_the_evening_before() -> None:
    from peer import hosts

    assert hosts.reminds_at(at(TUESDAY, 10)) == at(TUESDAY - dt.timedelta(days=1), 17)
    assert hosts.reminds_at(at(TUESDAY, 19)) == at(TUESDAY, 16)


def test_a_moved_session_keeps_its_people_and_tells_each_by_their_own_way(group: SupportGroup) -> None:
    session = planned(group)
    for name in ("Ben", "Mo", "Dr Lee"):
        make_phone(person=named(group, name).person)
    fern = member(group, "Fern")
    sessions.come(session, by=fern.user, slot=session.slots.get())
    wednesday = TUESDAY + dt.timedelta(days=1)
    sessions.move(session, by=user(group, "Ben"), day=wednesday, at=dt.time(18, 30))
    session.refresh_from_db()
    assert (session.starts_at, session.was_at) == (at(wednesday, 18, 30), at(TUESDAY, 19))
    assert session.slots.get().starts_at == session.starts_at
    bodies = dict(Delivery.objects.filter(turn=1).values_list("notification__recipient", "body"))
    heard = set(Notification.objects.values_list("recipient", "purpose"))
    assert heard == {
        (fern.person_id, "session_moved"),
        (named(group, "Mo").person_id, "host_moved"),
        (named(group, "Dr Lee").person_id, "host_moved"),
    }
    assert any("It is now Wednesday 18 November, 6.30pm" in (body or "") for body in bodies.values())
    assert Attendance.objects.get().state == "coming"
    look_after_sessions()
    assert GroupSession.objects.filter(series_on=TUESDAY).count() == 1  # not laid down again


def test_a_cancelled_session_tells_everybody_once_and_is_final(group: SupportGroup) -> None:
    session = planned(group, repeats="once", capacity=1)
    fern, tide = member(group, "Fern"), member(group, "Tide")
    for one in (fern, tide):
        sessions.come(session, by=one.user, slot=session.slots.get())
    sessions.cancel(session, by=user(group, "Ben"))
    told = Notification.objects.filter(purpose="session_off")
    assert set(told.values_list("recipient", flat=True)) == {fern.person_id, tide.person_id}
    with pytest.raises(RuleBroken, match="over or cancelled"):
        sessions.cancel(session, by=user(group, "Ben"))
    with pytest.raises(RuleBroken, match="does not take place"):
        sessions.come(session, by=fern.user, slot=session.slots.get())


# ── Hosts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_host_who_drops_out_is_stood_in_for_or_it_is_called_off_and_all_are_told(group: SupportGroup) -> None:
    session = planned(group)
    fern, zara = member(group, "Fern"), make_member(group=group, role=Role.PEER_MODERATOR, name="Zara")
    make_phone(person=zara.person)
    sessions.come(session, by=fern.user, slot=session.slots.get())
    hosting.drop_out(session, by=user(group, "Mo"))
    session.refresh_from_db()
    assert (session.state, session.due_at) == (States.TO_COVER, at(TUESDAY, 16))
    assert set(Notification.objects.values_list("recipient", "purpose")) == {(zara.person_id, "host_needed")}
    hosting.stand_in(session, by=zara.user)
    session.refresh_from_db()
    assert session.state == States.PLANNED
    hosting.drop_out(session, by=zara.user)
    with clock.at(at(TUESDAY, 16, 1)):
        look_after_sessions()
    session.refresh_from_db()
    assert session.state == States.CANCELLED
    assert Notification.objects.filter(purpose="session_off", recipient=fern.person).count() == 1


def test_where_nobody_comes_to_host_it_is_called_off_a_quarter_of_an_hour_in(group: SupportGroup) -> None:
    session = planned(group)
    with clock.at(at(TUESDAY, 19, 14)):
        look_after_sessions()
        session.refresh_from_db()
        assert session.state == States.PLANNED
    with clock.at(at(TUESDAY, 19, 16)):
        look_after_sessions()
        session.refresh_from_db()
        assert session.state == States.CANCELLED


def test_who_did_not_come_was_not_there_and_nothing_worse(group: SupportGroup) -> None:
    session = planned(group)
    fern, tide = member(group, "Fern"), member(group, "Tide")
    for one in (fern, tide):
        sessions.come(session, by=one.user, slot=session.slots.get())
    make_duty(group=group, user=user(group, "Dr Lee"), hours=48)
    with clock.at(at(TUESDAY, 18, 50)):
        for name in ("Ben", "Mo", "Dr Lee"):
            hosting.be_here(session, by=user(group, name))
    with clock.at(at(TUESDAY, 19, 5)):
        hosting.come_in(session, by=fern.user)
    with clock.at(at(TUESDAY, 20, 1)):
        look_after_sessions()
    outcomes = dict(Attendance.objects.values_list("membership__pseudonym", "outcome"))
    assert outcomes == {"Fern": "there", "Tide": "not_there"}
    assert set(Attendance.Outcome.values) == {"there", "not_there"}
    session.refresh_from_db()
    assert (session.state, session.owner, session.due_at) == (
        States.HELD,
        user(group, "Ben"),
        at(TUESDAY + dt.timedelta(days=1), 20),
    )
    assert named(group, "Tide").state == "active"


def test_the_place_of_somebody_who_left_the_group_goes_to_the_next(group: SupportGroup) -> None:
    session = planned(group, capacity=1)
    fern, tide = member(group, "Fern"), member(group, "Tide")
    for one in (fern, tide):
        sessions.come(session, by=one.user, slot=session.slots.get())
    look_after_sessions()
    assert look_after_sessions() == 0
    groups.leave(fern, by=fern.user)
    look_after_sessions()
    assert Attendance.objects.get(membership=tide).state == "coming"
    assert Notification.objects.filter(purpose="session_place", recipient=tide.person).count() == 1


def test_a_host_who_lost_the_role_is_looked_for_without_dropping_out(group: SupportGroup) -> None:
    session = planned(group, repeats="once")
    named(group, "Mo").roles.update(until_at=clock.now())
    look_after_sessions()
    session.refresh_from_db()
    assert session.state == States.TO_COVER
    assert look_after_sessions() == 0


def test_a_paused_group_reminds_nobody_and_calls_off_what_should_begin(group: SupportGroup) -> None:
    session = planned(group)
    fern = member(group, "Fern")
    sessions.come(session, by=fern.user, slot=session.slots.get())
    group.move_to("frozen")
    with clock.at(at(TUESDAY, 16, 30)):
        look_after_sessions()
        assert not Notification.objects.exists()
    with clock.at(at(TUESDAY, 19, 16)):
        look_after_sessions()
    assert set(Notification.objects.values_list("purpose", flat=True)) == {"session_off", "host_off"}


# ── In another way, hosted by others ────────────────────────────────────────────────────────────────────────────────
def test_a_session_that_meets_otherwise_keeps_every_place_and_tells_each_who_has_one(group: SupportGroup) -> None:
    from notifications.rules import is_still_so

    session = planned(group, way="in_person", capacity=1)
    fern, tide, moss = (member(group, name) for name in ("Fern", "Tide", "Moss"))
    later = GroupSession.objects.get(series_on=TUESDAY + dt.timedelta(weeks=1))
    for one in (fern, tide):
        sessions.come(session, by=one.user, slot=session.slots.get())
    sessions.come(later, by=fern.user, slot=later.slots.get())
    sessions.not_come(session, by=moss.user)
    slot = session.slots.get()
    sessions.meet_otherwise(session, by=user(group, "Ben"), slot=slot, way="phone")
    told = Notification.objects.filter(purpose="session_way")
    assert set(told.values_list("recipient", flat=True)) == {fern.person_id, tide.person_id}
    text = Delivery.objects.get(notification__recipient=fern.person_id, channel="sms")
    assert "Tuesday 17 November, 7pm is now by phone. Your place stays yours." in text.body
    assert group.title not in text.body
    assert dict(Attendance.objects.filter(session=session).values_list("membership__pseudonym", "state")) == {
        "Fern": "coming",
        "Tide": "waiting",
        "Moss": "not_coming",
    }
    old = told.get(recipient=fern.person_id)
    assert is_still_so(old)
    sessions.meet_otherwise(session, by=user(group, "Ben"), slot=session.slots.get(), way="online")
    assert not is_still_so(old)  # what is not so any more is not sent
    assert later.slots.get().way == "in_person"
    with pytest.raises(RuleBroken, match="another way"):
        sessions.meet_otherwise(session, by=user(group, "Ben"), slot=session.slots.get(), way="online")
    assert coming.press("3", told.filter(recipient=fern.person_id).latest("pk")).words == "session_no"
    assert Attendance.objects.get(session=session, membership=tide).state == "coming"


def test_from_now_on_the_whole_series_meets_otherwise_and_a_text_room_looks_for_readers(group: SupportGroup) -> None:
    session = planned(group, way="online", hosts=("Ben", "Mo"))
    sessions.meet_otherwise(session, by=user(group, "Ben"), slot=session.slots.get(), way="text", and_after=True)
    rows = GroupSession.objects.order_by("starts_at")
    assert {row.slots.get().way for row in rows} == {"text"}
    assert {row.state for row in rows} == {States.TO_COVER}
    assert SessionSeries.objects.get().way == "text"


def test_hosts_are_changed_for_a_whole_series_at_once_and_those_after_it_follow(group: SupportGroup) -> None:
    session = planned(group)
    zara = make_member(group=group, role=Role.PEER_MODERATOR, name="Zara")
    for one in (zara, named(group, "Mo")):
        make_phone(person=one.person)
    chosen = [named(group, "Ben"), zara, named(group, "Dr Lee")]
    sessions.set_hosts(session, by=user(group, "Ben"), hosts=chosen, and_after=True)
    with clock.at(at(TUESDAY, 21)):
        look_after_sessions()
    for row in GroupSession.objects.all():
        assert {host.membership.pseudonym for host in row.hosts.all()} == {"Ben", "Zara", "Dr Lee"}
        assert row.state != States.TO_COVER
    assert set(Notification.objects.filter(purpose__startswith="host").values_list("recipient", "purpose")) >= {
        (zara.person_id, "host_chosen"),
        (named(group, "Mo").person_id, "host_freed"),
    }
    assert Notification.objects.filter(purpose="host_chosen").count() == 1  # of the first, not of all
    later = GroupSession.objects.to_come().first()
    with pytest.raises(RuleBroken, match="Two people must host"):
        sessions.set_hosts(later, by=user(group, "Ben"), hosts=[named(group, "Ben")])
    assert later.hosts.count() == 3


def test_a_host_who_does_not_say_how_it_was_is_asked_by_a_supervisor_in_time_and_once(group: SupportGroup) -> None:
    session = planned(group, repeats="once")
    mo = user(group, "Mo")
    lee = user(group, "Dr Lee")
    PeerModerator.objects.filter(user=mo).update(supervisor=lee)
    with clock.at(at(TUESDAY, 18, 50)):
        for name in ("Ben", "Mo"):
            hosting.be_here(session, by=user(group, name))
    with clock.at(at(TUESDAY, 20, 1)):
        look_after_sessions()
        hosting.debrief(GroupSession.objects.get(), by=user(group, "Ben"), felt="fine", wants_talk=False)
    with clock.at(at(TUESDAY + dt.timedelta(days=1), 19, 59)):
        look_after_sessions()
        assert not SupervisorTask.objects.exists()
    with clock.at(at(TUESDAY + dt.timedelta(days=1), 20, 1)):
        look_after_sessions()
        look_after_sessions()
    owed = SupervisorTask.objects.get()
    assert (owed.moderator, owed.why, owed.owner) == (mo, "silent", lee)
    assert owed.due_at == at(TUESDAY + dt.timedelta(days=3), 20, 1)


def test_where_no_host_says_how_it_was_the_talk_owes_it_from_then_on(group: SupportGroup) -> None:
    session = planned(group, repeats="once", hosts=("Ben", "Mo", "Dr Lee"))
    with clock.at(at(TUESDAY, 18, 50)):
        hosting.be_here(session, by=user(group, "Ben"))
    with clock.at(at(TUESDAY, 20, 1)):
        look_after_sessions()
    with clock.at(at(TUESDAY + dt.timedelta(days=1), 20, 1)):
        look_after_sessions()
        assert GroupSession.objects.get().state == States.CLOSED
        assert SupervisorTask.objects.get().moderator == user(group, "Ben")
        hosting.debrief(GroupSession.objects.get(), by=user(group, "Ben"), felt="heavy", wants_talk=False)  # still may


def test_the_pages_of_another_way_and_of_hosts_take_what_is_said(client, group: SupportGroup) -> None:
    session = planned(group, way="online", hosts=("Ben", "Mo"))
    client.force_login(user(group, "Ben"))
    slot = session.slots.get()
    answer = client.post(
        reverse("sessions-meet-otherwise", args=[session.public_id]),
        {"slot": slot.pk, "way": "phone", "and_after": "on", "form_nonce": "one"},
    )
    assert answer.status_code == 302
    assert {row.slots.get().way for row in GroupSession.objects.all()} == {"phone"}
    address = reverse("sessions-hosts", args=[session.public_id])
    answer = client.post(address, {"hosts": [named(group, "Ben").pk], "form_nonce": "two"})
    assert answer.status_code == 422
    assert "Two people must host" in answer.content.decode()
    chosen = [named(group, "Ben").pk, named(group, "Dr Lee").pk]
    assert client.post(address, {"hosts": chosen, "form_nonce": "three"}).status_code == 302
    assert session.hosts.filter(membership__pseudonym="Dr Lee").exists()
    client.force_login(member(group, "Fern").user)
    assert client.get(address).status_code in {403, 404}

"""One's own calendar: what a calendar program reads behind the address, over both changes of the clocks (S20, S104)."""

from __future__ import annotations

import datetime as dt

import pytest
import vobject
from dateutil.rrule import rrulestr
from django.test import Client
from django.urls import reverse

from notifications import messages
from peer import clock
from peer.actions import calendars, groups, sessions
from peer.models import CalendarAddress, GroupSession, Membership, SessionSlot, SupportGroup
from peer.sweeps.sessions import look_after_sessions
from tests.make import make_member, make_open_group, named

pytestmark = pytest.mark.django_db
SEVEN = dt.time(19)


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def fern(group: SupportGroup) -> Membership:
    return make_member(group=group, name="Fern")


def planned(group: SupportGroup, *, day: dt.date, repeats: str = "weekly", **said: object) -> GroupSession:
    hosts = list(Membership.objects.filter(group=group, pseudonym__in=["Ben", "Mo", "Dr Lee"]))
    details = {"at": SEVEN, "minutes": 60, "way": "text", "repeats": repeats, "capacity": None} | said
    return sessions.plan(group, by=named(group, "Ben").user, day=day, hosts=hosts, **details)


def book(fern: Membership, *rows: GroupSession) -> None:
    for row in rows:
        sessions.come(row, by=fern.user, slot=row.slots.first())


def address(fern: Membership) -> str:
    held = calendars.make_address(fern.user, by=fern.user)
    return reverse("calendars-feed", args=[held.secret])


def read(url: str, client: Client | None = None) -> list:
    """Read a feed as a calendar program does, by the rules that it brings itself; nobody is signed in."""
    answer = (client or Client()).get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    words = answer.content.decode()
    assert "TZID=Europe/London" in words or "BEGIN:VEVENT" not in words
    calendar = vobject.readOne(words)
    return sorted(calendar.contents.get("vevent", []), key=lambda event: event.dtstart.value)


@pytest.mark.parametrize(
    ("repeats", "first", "hours"),
    [
        # the clocks go forward on 28 March 2027, and back on 31 October 2027; the hours are those of UTC
        ("weekly", dt.date(2027, 3, 16), {"03-16": 19, "03-23": 19, "03-30": 18, "04-06": 18}),
        ("weekly", dt.date(2027, 10, 19), {"10-19": 18, "10-26": 18, "11-02": 19, "11-09": 19}),
        ("monthly", dt.date(2027, 3, 9), {"03-09": 19, "04-13": 18}),
        ("monthly", dt.date(2027, 10, 12), {"10-12": 18, "11-09": 19}),
    ],
)
def test_another_library_reads_seven_in_london_on_both_sides_of_a_change(
    group: SupportGroup, fern: Membership, repeats: str, first: dt.date, hours: dict[str, int]
) -> None:
    with clock.at(dt.datetime.combine(first, dt.time(9), clock.LONDON)):
        planned(group, day=first, repeats=repeats)
        book(fern, *GroupSession.objects.order_by("starts_at")[: len(hours)])
        events = read(address(fern))
    starts = [event.dtstart.value for event in events]
    assert {start.replace(tzinfo=None).time() for start in starts} == {SEVEN}
    assert {f"{start:%m-%d}": start.astimezone(dt.UTC).hour for start in starts} == hours
    assert {event.dtend.value - event.dtstart.value for event in events} == {dt.timedelta(hours=1)}


def test_the_zone_of_the_feed_changes_at_the_very_moment_at_which_london_does(fern: Membership) -> None:
    calendar = vobject.readOne(Client().get(address(fern)).content.decode())
    for shift in [*calendar.vtimezone.contents["standard"], *calendar.vtimezone.contents["daylight"]]:
        for moment in rrulestr(shift.rrule.value, dtstart=shift.dtstart.value)[20:40]:
            before = dt.datetime.fromisoformat(f"{moment.isoformat()}{shift.tzoffsetfrom.value}").astimezone(
                clock.LONDON
            )
            after = before.astimezone(dt.UTC).astimezone(clock.LONDON).utcoffset()
            earlier = (before.astimezone(dt.UTC) - dt.timedelta(seconds=1)).astimezone(clock.LONDON).utcoffset()
            said = [
                dt.timedelta(hours=int(offset[1:3])) for offset in (shift.tzoffsetfrom.value, shift.tzoffsetto.value)
            ]
            assert [earlier, after] == said


def test_only_what_one_has_booked_is_in_it_and_no_word_tells_a_stranger_to_what(group, fern) -> None:
    day = clock.today() + dt.timedelta(days=1)
    first = planned(group, day=day, capacity=1)
    later = list(GroupSession.objects.order_by("starts_at")[1:4])
    book(make_member(group=group, name="Tide"), later[0])
    book(fern, first, *later)  # in the line of the second
    sessions.not_come(later[2], by=fern.user)
    url = address(fern)
    assert [event.dtstart.value.date() for event in read(url)] == [day, day + dt.timedelta(weeks=2)]
    words = Client().get(url).content.decode()
    assert messages.tells_too_much(words) == ""
    for telling in (group.title, "Fern", "Tide", "Ben", "session", "group", "text room"):
        assert telling.lower() not in words.lower().replace("begin:", "")
    groups.leave(fern, by=fern.user)
    assert read(url) == []


def test_moved_counts_up_and_cancelled_says_so_in_the_same_entry(group, fern) -> None:
    first = planned(group, day=clock.today() + dt.timedelta(days=3))
    book(fern, first)
    url = address(fern)
    (was,) = read(url)
    assert (was.sequence.value, was.status.value) == ("0", "CONFIRMED")
    wednesday = clock.today() + dt.timedelta(days=4)
    sessions.move(first, by=named(group, "Ben").user, day=wednesday, at=dt.time(18))
    (moved,) = read(url)
    assert (moved.uid.value, moved.sequence.value) == (was.uid.value, "1")
    assert moved.dtstart.value.replace(tzinfo=None) == dt.datetime.combine(wednesday, dt.time(18))
    sessions.cancel(GroupSession.objects.get(pk=first.pk), by=named(group, "Ben").user)
    (off,) = read(url)
    assert (off.uid.value, off.sequence.value, off.status.value) == (was.uid.value, "2", "CANCELLED")


def test_a_new_address_ends_the_old_one_at_once_and_given_up_there_is_none(client, group, fern) -> None:
    client.force_login(fern.user)
    assert "You have no address yet" in client.get(reverse("calendars-own")).content.decode()
    client.post(reverse("calendars-renew"), {"form_nonce": "one"})
    old = reverse("calendars-feed", args=[CalendarAddress.objects.get().secret])
    page = client.get(reverse("calendars-own")).content.decode()
    assert old in page
    assert "Whoever knows the address can see those hours" in page
    assert Client().get(old).status_code == 200
    client.post(reverse("calendars-renew"), {"form_nonce": "two"})
    new = reverse("calendars-feed", args=[CalendarAddress.objects.get().secret])
    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)
    client.post(reverse("calendars-give-up"), {"form_nonce": "three"})
    assert Client().get(new).status_code == 404
    assert Client().get(reverse("calendars-feed", args=["x"])).status_code == 404


def test_whoever_may_not_sign_in_any_more_has_no_feed(fern: Membership) -> None:
    url = address(fern)
    fern.user.is_active = False
    fern.user.save(update_fields=["is_active"])
    assert Client().get(url).status_code == 404


def test_one_time_as_a_file_is_for_whoever_booked_it_alone(client, group, fern) -> None:
    first = planned(group, day=clock.today() + dt.timedelta(days=1))
    book(fern, first)
    url = reverse("calendars-one", args=[first.public_id])
    client.force_login(fern.user)
    assert reverse("calendars-one", args=[first.public_id]) in client.get(first.get_absolute_url()).content.decode()
    (event,) = read(url, client)
    assert event.dtstart.value.time() == SEVEN
    tide = make_member(group=group, name="Tide")
    client.force_login(tide.user)
    assert client.get(url).status_code == 404
    assert client.get(first.get_absolute_url()).status_code == 200


def test_a_slot_of_one_s_own_choice_is_the_one_in_the_calendar(group, fern) -> None:
    first = planned(group, day=clock.today() + dt.timedelta(days=1), repeats="once")
    by = named(group, "Ben").user
    day = clock.today() + dt.timedelta(days=2)
    other = sessions.add_slot(first, by=by, day=day, at=SEVEN, minutes=30, way="phone", capacity=None)
    book(fern, first)
    url = address(fern)
    sessions.come(first, by=fern.user, slot=SessionSlot.objects.get(pk=other.pk))
    (event,) = read(url)
    assert event.dtstart.value.date() == day
    look_after_sessions()
    with clock.at(first.ends_at + dt.timedelta(days=40)):
        assert read(url) == []

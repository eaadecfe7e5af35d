"""Coming to a session, or another time, by a number in a text or a key in a call: the rules of its page (S19, S64, S77)."""

from __future__ import annotations

import datetime as dt

import pytest

from notifications import messages, rules
from notifications.actions import texts
from notifications.models import CallTask, Delivery, InboundText, Notification
from notifications.simulator import Simulator
from peer import clock, run_sheet
from peer.actions import groups, sessions
from peer.models import Attendance, GroupSession, Membership, SessionSlot, SupportGroup, User
from peer.sweeps.sessions import look_after_sessions
from tests.make import make_member, make_open_group
from tests.notifications.conftest import eventually
from tests.notifications.make import make_contact
from tests.notifications.test_over_the_network import LANDLINE, heard

pytestmark = pytest.mark.django_db(transaction=True)

FERN, TIDE = "+447700900102", "+447700900103"
SEVEN = dt.time(19)
sids = iter(range(1, 10_000))


@pytest.fixture(autouse=True)
def by_day(settings):
    """Noon in London, for every thread of this process: the network's callbacks too."""
    noon = dt.datetime.combine(clock.today(), dt.time(12), clock.LONDON)
    settings.CLOCK_OFFSET = (noon - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


def host(group: SupportGroup) -> User:
    return Membership.objects.get(group=group, pseudonym="Ben").user


def planned(group: SupportGroup, *, days: int = 1, repeats: str = "weekly", capacity: int | None = None):
    hosts = list(Membership.objects.filter(group=group, pseudonym__in=["Ben", "Mo", "Dr Lee"]))
    details = {"at": SEVEN, "minutes": 60, "way": "text", "repeats": repeats, "capacity": capacity}
    return sessions.plan(group, by=host(group), day=clock.today() + dt.timedelta(days=days), hosts=hosts, **details)


def member(group: SupportGroup, number: str = FERN, *, name: str = "Fern", **contact: object) -> Membership:
    made = make_member(group=group, name=name)
    make_contact(person=made.person, number=number, **contact)
    return made


def asked(group: SupportGroup, number: str = FERN, **contact: object) -> Notification:
    """Let Fern be asked about tomorrow, as if the text had gone."""
    fern = member(group, number, **contact)
    look_after_sessions()
    return gone(fern)


def gone(place: Membership) -> Notification:
    rows = Delivery.objects.filter(notification__recipient=place.person, turn=1, state="pending")
    rows.update(state="accepted")
    return Notification.objects.filter(recipient=place.person).latest("pk")


def say(body: str, *, sender: str = FERN, sid: str = "") -> str:
    return texts.take_text(sid or f"IN{next(sids)}", sender=sender, body=body)


def states() -> list[tuple[dt.date, str]]:
    rows = Attendance.objects.order_by("session__starts_at").select_related("session")
    return [(row.session.series_on, row.state) for row in rows]


def test_asked_by_text_she_takes_another_week_and_nobody_else_learns_to_what(
    site, network: Simulator, dispatcher, group
) -> None:
    first = planned(group)
    fern = member(group)
    look_after_sessions()
    dispatcher.turn()
    (text,) = network.texts(FERN)
    assert text.startswith("robin: hello")
    assert "will you come" in text
    assert "Reply 1 for yes, 2 for another time, 3 for not this time." in text
    network.do(FERN, "text", body="2")
    eventually(lambda: len(network.texts(FERN)) == 2)
    week = clock.today() + dt.timedelta(days=8)
    assert f"Reply 4 for {week:%A} {week.day} {week:%B}, 7pm, 5 for" in network.texts(FERN)[1]
    network.do(FERN, "text", body="4")
    eventually(lambda: len(network.texts(FERN)) == 3)
    assert f"See you {week:%A} {week.day} {week:%B}, 7pm" in network.texts(FERN)[2]
    assert states() == [(first.series_on, "not_coming"), (week, "coming")]
    for words in network.texts(FERN):
        assert messages.tells_too_much(words) == ""
        assert group.title not in words
        assert "session" not in words
    assert fern.person.timeline.exclude(for_adults="never").count() == 0


@pytest.mark.parametrize(
    ("keys", "state", "said"),
    [
        ("1", "coming", "Thank you. See you"),
        ("3", "not_coming", "That is fine"),
        ("2,5", "coming", "Thank you. See you"),
    ],
)
def test_on_a_landline_the_word_opens_the_question_and_keys_answer_it(
    site, network: Simulator, dispatcher, group, keys: str, state: str, said: str
) -> None:
    planned(group)
    member(group, LANDLINE)
    network.handset(LANDLINE, answers="person", keys=f"1,76246,{keys}", after_ms=5)
    look_after_sessions()
    dispatcher.turn()
    eventually(lambda: said in heard(network, LANDLINE))
    assert states()[-1][1] == state
    assert group.title not in heard(network, LANDLINE)
    assert heard(network, LANDLINE).index("Press 1 if that is you") < heard(network, LANDLINE).index("You can come")


def test_whoever_rings_in_hears_the_question_behind_the_word_and_answers_it(site, network, dispatcher, group) -> None:
    planned(group)
    member(group, LANDLINE)
    look_after_sessions()
    network.handset(LANDLINE, answers="person", keys="1,76246,2,4", after_ms=5)
    network.do(LANDLINE, "ring")
    eventually(lambda: "Thank you. See you" in heard(network, LANDLINE))
    assert [state for _day, state in states()] == ["not_coming", "coming"]


def test_a_full_session_says_the_place_in_the_line_and_the_same_text_twice_changes_nothing(group) -> None:
    session = planned(group, capacity=1)
    slot = session.slots.get()
    for name in ("Tide", "Moss"):
        sessions.come(session, by=make_member(group=group, name=name).user, slot=slot)
    asked(group)
    answer = say("1", sid="SM-one")
    assert "All places are taken" in answer
    assert "You are in the line: 1 is before you" in answer
    before = list(Attendance.objects.order_by("pk").values_list("pk", "state", "said_at"))
    assert say("1", sid="SM-one") == answer
    assert say("1") == answer
    assert list(Attendance.objects.order_by("pk").values_list("pk", "state", "said_at")) == before
    assert InboundText.objects.filter(sid="SM-one").count() == 1
    sessions.not_come(session, by=Membership.objects.get(pseudonym="Tide").user)
    assert "you are next" in say("1")


def test_yes_and_no_in_words_answer_too_and_a_change_of_mind_is_taken(group) -> None:
    planned(group)
    asked(group)
    assert "See you" in say("Yes please!")
    assert states()[0][1] == "coming"
    assert "That is fine" in say("no")
    assert states()[0][1] == "not_coming"
    assert "See you" in say(" 1. ")
    assert states()[0][1] == "coming"
    assert set(InboundText.objects.values_list("state", flat=True)) == {"handled"}


def test_where_there_is_no_other_time_a_person_owes_a_call(group) -> None:
    planned(group, repeats="once")
    told = asked(group)
    assert "A person rings you to find one with you, tomorrow at " in say("2")
    task = CallTask.objects.get()
    assert (task.about, task.owner_role, task.event_key) == ("other_time", "co_ordinator", told.event_key)
    assert task.due_at is not None
    assert task.is_about_group()
    say("2")
    assert CallTask.objects.count() == 1
    assert not Attendance.objects.exists()


def test_a_time_that_filled_up_meanwhile_keeps_the_old_place(group) -> None:
    session = planned(group, capacity=1)
    fern = member(group)
    sessions.come(session, by=fern.user, slot=session.slots.get())
    with clock.at(session.starts_at - run_sheet.minutes("remind")):
        look_after_sessions()
        gone(fern)
        assert "Reply 4 for" in say("2")
        other = SessionSlot.objects.get(
            session__series=session.series_id, session__series_on=session.series_on + dt.timedelta(weeks=1)
        )
        sessions.come(other.session, by=make_member(group=group, name="Moss").user, slot=other)
        assert "All places are taken" in say("4")
        assert states()[0][1] == "coming"
        assert Attendance.objects.get(membership=fern, session=other.session).state == "waiting"


@pytest.mark.parametrize("why", ["shared", "doubt", "left", "other number", "worrying"])
def test_what_may_not_answer_changes_nothing_and_a_person_reads_it(group, why: str) -> None:
    planned(group)
    told = asked(group, is_shared=why == "shared")
    sender, body = FERN, "1"
    match why:
        case "doubt":
            told.recipient.contact_points.update(state="suspect")
        case "left":
            groups.leave(Membership.objects.get(pseudonym="Fern"), by=Membership.objects.get(pseudonym="Fern").user)
        case "other number":
            sender = TIDE
        case "worrying":
            body = "1 I want to die"
    say(body, sender=sender)
    assert not Attendance.objects.exists()
    row = InboundText.objects.get()
    if why == "left":
        assert row.kind == "session_late"
    elif why == "worrying":
        assert (row.is_risk, row.owner_role) == (True, "clinician")


def test_what_is_over_is_answered_honestly(group) -> None:
    session = planned(group, repeats="once")
    asked(group)
    with clock.at(session.ends_at + dt.timedelta(minutes=5)):
        assert "That time is over" in say("1")
        assert not Attendance.objects.exists()


def test_who_has_answered_is_not_asked_and_nobody_is_asked_twice(group) -> None:
    session = planned(group)
    fern = member(group)
    tide = member(group, TIDE, name="Tide")
    sessions.come(session, by=fern.user, slot=session.slots.get())
    look_after_sessions()
    look_after_sessions()
    told = Notification.objects.get()
    assert (told.recipient, told.purpose) == (tide.person, "session_ask")
    assert rules.is_still_so(told)
    sessions.not_come(session, by=tide.user)
    assert not rules.is_still_so(told)


# ── What is past is not sent ────────────────────────────────────────────────────────────────────────────────────────
def test_a_reminder_held_back_is_not_sent_once_it_has_begun_nor_with_an_old_hour(network, dispatcher, group) -> None:
    session = planned(group)
    fern = member(group)
    sessions.come(session, by=fern.user, slot=session.slots.get())
    remind = session.starts_at - run_sheet.minutes("remind")
    with clock.at(remind):
        look_after_sessions()
        assert Notification.objects.get().purpose == "session_soon"
        day = clock.today() + dt.timedelta(days=1)
        moved = sessions.move(session, by=host(group), day=day, at=SEVEN)
        moved = sessions.move(moved, by=host(group), day=day, at=dt.time(20))
        dispatcher.turn()
    (text,) = network.texts(FERN)  # neither the reminder of the old hour, nor the hour that was given up at once
    assert "the time has changed" in text
    assert "8pm" in text
    with clock.at(moved.starts_at - run_sheet.minutes("remind")):
        look_after_sessions()
    assert Delivery.objects.filter(state="pending").exists()
    for late in (dt.timedelta(seconds=1), dt.timedelta(hours=16)):  # as it begins, and at noon of the day after
        with clock.at(moved.starts_at + late):
            dispatcher.turn()
    assert len(network.texts(FERN)) == 1
    assert not CallTask.objects.exists()

    assert not CallTask.objects.exists()


def test_a_moved_session_that_is_called_off_says_only_that(network, dispatcher, group) -> None:
    session = planned(group, days=3, repeats="once")
    fern = member(group)
    sessions.come(session, by=fern.user, slot=session.slots.get())
    moved = sessions.move(session, by=host(group), day=clock.today() + dt.timedelta(days=4), at=SEVEN)
    sessions.cancel(GroupSession.objects.get(pk=moved.pk), by=host(group))
    dispatcher.turn()
    (text,) = network.texts(FERN)
    assert "does not take place" in text

"""How listened to somebody felt, said by a number in a text (S22): once, to the question that was asked last."""

from __future__ import annotations

import datetime as dt

import pytest

from notifications import rules
from notifications.actions import texts
from notifications.models import ContactPoint, Delivery, InboundText, Notification
from peer import clock
from peer.actions import hosting, sessions
from peer.models import GroupSession, ListenedTo, SupportGroup
from peer.sweeps.sessions import look_after_sessions
from tests.make import make_duty, make_member, make_open_group, named, user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db
PHONE, OTHER = "+447700900141", "+447700900142"
TUESDAY = dt.date(2026, 11, 17)  # tests begin on Monday 16 November 2026, noon


def at(hour: int, minute: int = 0, *, days: int = 0) -> dt.datetime:
    return dt.datetime.combine(TUESDAY + dt.timedelta(days=days), dt.time(hour, minute), tzinfo=clock.LONDON)


@pytest.fixture
def group() -> SupportGroup:
    group = make_open_group()
    make_duty(group=group, user=user(group, "Dr Lee"), hours=72)
    return group


@pytest.fixture
def session(group: SupportGroup) -> GroupSession:
    """A session that Fern and Tide were in and that is over; Moss had a place and did not come."""
    for name, number in (("Fern", PHONE), ("Tide", OTHER), ("Moss", "+447700900143")):
        make_contact(person=make_member(group=group, name=name).person, number=number)
    hosts = [named(group, name) for name in ("Ben", "Mo", "Dr Lee")]
    made = sessions.plan(
        group,
        by=user(group, "Ben"),
        day=TUESDAY,
        at=dt.time(17),
        minutes=60,
        way="text",
        repeats="once",
        capacity=None,
        hosts=hosts,
    )
    for name in ("Fern", "Tide", "Moss"):
        sessions.come(made, by=user(group, name), slot=made.slots.get())
    with clock.at(at(16, 50)):
        for name in ("Ben", "Mo", "Dr Lee"):
            hosting.be_here(made, by=user(group, name))
    with clock.at(at(17, 5)):
        for name in ("Fern", "Tide"):
            hosting.come_in(GroupSession.objects.get(pk=made.pk), by=user(group, name))
    with clock.at(at(18, 1)):
        look_after_sessions()
    return GroupSession.objects.get(pk=made.pk)


def sent(number: str) -> None:
    """Let the network have taken what waits for a number."""
    Delivery.objects.filter(contact__in=ContactPoint.objects.at(number)).update(state=Delivery.State.SENT)


def replied(body: str, *, sid: str, number: str = PHONE) -> str:
    texts.take_text(sid, sender=number, body=body)
    return str(InboundText.objects.get(sid=sid).kind)


def test_who_was_there_is_asked_once_in_words_that_give_nothing_away_and_a_number_comes_back(session) -> None:
    asked = Notification.objects.filter(purpose="listened_ask")
    assert {told.recipient for told in asked} == {named(session.group, name).person for name in ("Fern", "Tide")}
    said = Delivery.objects.get(notification__in=asked, contact__in=ContactPoint.objects.at(PHONE)).body or ""
    assert "from 0 to 10" in said
    assert session.group.title not in said
    with clock.at(at(18, 30)):
        look_after_sessions()
        sent(PHONE)
        assert replied(" 10. ", sid="SM1") == "listened"
        assert replied("3", sid="SM2") == "listened", "what comes once more changes nothing"
    assert list(ListenedTo.objects.values_list("membership__pseudonym", "said")) == [("Fern", 10)]
    assert asked.count() == 2


@pytest.mark.parametrize("body", ["11", "-1", "7 or 8", "seven"])
def test_what_is_no_number_up_to_ten_is_read_by_somebody(session, body: str) -> None:
    with clock.at(at(18, 30)):
        sent(PHONE)
        assert replied(body, sid="SM1") == "other"
    assert not ListenedTo.objects.exists()


def test_a_number_answers_what_was_asked_last_and_nobody_s_word_is_taken_from_a_shared_phone(session) -> None:
    with clock.at(at(18, 30)):
        sent(PHONE)
        ContactPoint.objects.at(PHONE).update(is_shared=True)
        assert replied("8", sid="SM1") == "other"
        sent(OTHER)
        told = Delivery.objects.get(notification__purpose="listened_ask", contact__in=ContactPoint.objects.at(OTHER))
        newer = Notification.objects.create(
            event_key="test:1:1",
            recipient=told.notification.recipient,
            purpose="request_accepted",
            expires_at=told.notification.expires_at,
        )
        told.pk, told.notification = None, newer
        told.save()
        assert replied("1", sid="SM2", number=OTHER) == "got_it"
    assert not ListenedTo.objects.exists()


def test_nobody_is_asked_who_has_said_it_or_when_it_is_too_late(session) -> None:
    fern, tide = (
        Notification.objects.get(purpose="listened_ask", recipient=named(session.group, name).person)
        for name in ("Fern", "Tide")
    )
    with clock.at(at(18, 30)):
        assert rules.is_still_so(fern)
        hosting.say_listened(session, by=user(session.group, "Fern"), said=9)
        assert not rules.is_still_so(fern)
        assert rules.is_still_so(tide)
    with clock.at(at(18, 1, days=3)):
        assert not rules.is_still_so(tide)
        sent(OTHER)
        assert replied("4", sid="SM1", number=OTHER) == "other"

"""One way after another until a sign: a reply, a key, a page opened behind sign-in, or a person's word (U2, N7)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from notifications import consequences, intents, outbox, receipts, sweeps
from notifications.actions import texts, webhooks
from notifications.intents import Intent
from notifications.messages import MissingWords
from notifications.models import (
    CallTask,
    CommunicationNeed,
    ContactPoint,
    Delivery,
    DeliveryAttempt,
    Duty,
    Letter,
    Notification,
)
from notifications.providers.port import Accepted, AmbiguousFailure
from notifications.topics import Topic
from peer import clock
from peer.events import emit
from peer.models import ParentRelationship, Person, TimelineEntry
from peer.news import WaitOpened
from tests.make import make_person
from tests.notifications.make import make_contact

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WORDS = {"sms": "news", "call": "request_accepted", "email": "news", "letter": "news"}
SERIAL = iter(range(10_000, 99_999))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_day(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    with clock.at(NOON):
        yield


def family(*, email: bool = True, phone: str = "07700 900111", address: str = "") -> tuple[Person, Person]:
    child = make_person(given_name="Asha")
    pat = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat", family_name="Lark", born_on=None)
    pat.address = address
    pat.save()
    ParentRelationship.objects.create(young_person=child, adult=pat, may_know="all")
    if phone:
        make_contact(person=pat, number=phone)
    if email:
        mail = ContactPoint.for_email("Pat@Example.org", person=pat, source="test", your_word="robin", state="proved")
        mail.proved_at = NOON
        mail.save()
    return child, pat


def tell(child: Person, pat: Person, **options) -> Notification:
    intent = Intent(
        event_key=f"triagedecision:{next(SERIAL)}:1",
        person=pat,
        subject=child,
        purpose="request_accepted",
        duty=Duty.FAMILY,
        words=WORDS,
        values={"young_person": "Asha"},
        lives=dt.timedelta(days=7),
        topic=Topic.NEWS,
        cascade="news",
        **options,
    )
    written = intents.queue(intent)
    assert written is not None
    return written


def send(answer=None) -> list[str]:
    """Let what is due go, and give the channels by which it went."""
    token = outbox.claim(duties=tuple(Duty), most=50)
    begun = outbox.begin(token) if token else []
    outbox.settle([(one, answer or Accepted(f"SM{next(SERIAL)}")) for one in begun])
    return [one.delivery.channel for one in begun]


def later(moment: dt.datetime) -> list[str]:
    with clock.at(moment):
        sweeps.sweep()
        return send()


def states(notification: Notification) -> dict[str, str]:
    return dict(notification.deliveries.values_list("channel", "state"))


def test_without_a_sign_one_way_follows_another_and_a_letter_comes_last() -> None:
    told = tell(*family(address="1 Elm Road\nBarnet"))
    assert send() == ["email"]
    assert later(NOON + 3 * HOUR) == []
    assert later(NOON + 5 * HOUR) == ["sms"]
    Delivery.objects.filter(channel="sms").update(state="delivered")  # a machine's word is no sign
    assert later(NOON + 52 * HOUR) == []
    assert later(NOON + 54 * HOUR) == ["call"]
    receipts.reach(told.deliveries.get(channel="call"), "undelivered", code="not heard")
    again = told.deliveries.get(channel="call", turn=2)
    assert (again.state, again.body) == ("pending", told.deliveries.get(channel="call", turn=1).body)
    with clock.at(NOON + 55 * HOUR):
        send()
        receipts.reach(again, "undelivered", code="not heard")
    letter = Letter.objects.get()
    assert letter.address == "Pat Lark\n1 Elm Road\nBarnet"
    assert "Asha" not in letter.body
    assert (letter.state, letter.owner_role) == ("to_print", "co_ordinator")
    assert not CallTask.objects.exists()
    assert later(NOON + 90 * HOUR) == []


def test_where_no_letter_may_go_a_person_rings() -> None:
    child, pat = family(email=False)
    tell(child, pat)
    for moment in (NOON, NOON + 49 * HOUR, NOON + 75 * HOUR):
        later(moment)
    assert (CallTask.objects.get().about, CallTask.objects.get().person) == ("not_reached", pat)
    assert not Letter.objects.exists()


def test_a_reply_of_one_is_a_sign_and_ends_the_rest() -> None:
    told = tell(*family(email=False))
    assert send() == ["sms"]
    assert texts.take_text("SM1", sender="+447700900111", body=" 1 ").startswith("Thank you.")
    told.refresh_from_db()
    assert (told.confirmed_how, told.due_at) == ("reply", None)
    assert states(told) == {"sms": "accepted", "call": "cancelled"}
    assert later(NOON + 90 * HOUR) == []
    assert not CallTask.objects.exists()


def test_a_one_that_answers_nothing_is_read_by_somebody() -> None:
    family(email=False)
    texts.take_text("SM1", sender="+447700900111", body="1")
    text = ContactPoint.objects.get().inbound.get()
    assert (text.kind, text.state) == ("other", "new")


def test_a_page_opened_behind_sign_in_is_a_sign() -> None:
    child, pat = family()
    told = tell(child, pat)
    send()
    emit(WaitOpened(child))
    told.refresh_from_db()
    assert told.confirmed_at is None
    emit(WaitOpened(pat))
    told.refresh_from_db()
    assert told.confirmed_how == "opened"
    assert set(states(told).values()) == {"accepted", "cancelled"}


def test_a_sign_calls_off_the_letter_and_the_call_by_a_person() -> None:
    child, pat = family(email=False, phone="", address="1 Elm Road")
    with_letter = tell(child, pat)
    assert Letter.objects.get().state == "to_print"
    pat.address = ""
    pat.save()
    tell(child, pat)
    emit(WaitOpened(pat))
    assert (Letter.objects.get().state, CallTask.objects.get().state) == ("cancelled", "cancelled")
    with_letter.refresh_from_db()
    assert with_letter.confirmed_how == "opened"


def test_a_sign_that_came_while_it_was_being_sent_stops_what_is_leased() -> None:
    told = tell(*family(email=False))
    token = outbox.claim(duties=tuple(Duty), most=5)
    Notification.objects.update(confirmed_at=NOON)
    assert outbox.begin(token) == []
    assert told.deliveries.get(channel="sms").reason == "not needed"


def test_an_e_mail_that_nobody_knows_of_is_never_sent_twice_and_the_text_goes() -> None:
    told = tell(*family())
    assert send(AmbiguousFailure("no_answer")) == ["email"]
    assert later(NOON + dt.timedelta(minutes=2)) == ["sms"]
    assert told.deliveries.get(channel="email").state == "unknown"


def test_without_a_mail_server_nothing_goes_by_e_mail(settings) -> None:
    settings.EMAIL_URL = ""
    tell(*family())
    assert send() == ["sms"]


def test_no_letter_goes_to_a_hidden_address_nor_to_an_adult_who_lives_elsewhere() -> None:
    child, pat = family(email=False, phone="")
    child.address = "1 Elm Road"
    child.save()
    tell(child, pat)
    assert not Letter.objects.exists()
    ParentRelationship.objects.update(lives_with=True)
    tell(child, pat)
    assert Letter.objects.get().address == "Pat Lark\n1 Elm Road"
    Person.objects.filter(pk=child.pk).update(location_hidden=True)
    child.refresh_from_db()
    tell(child, pat)
    assert Letter.objects.count() == 1


def test_easy_words_and_large_print_follow_the_person() -> None:
    child, pat = family(email=False, phone="", address="1 Elm Road")
    CommunicationNeed.objects.create(person=pat, kind="large_print")
    tell(child, pat)
    assert Letter.objects.get().is_large_print


def test_death_ends_everything_at_once() -> None:
    child, pat = family(address="1 Elm Road")
    told = tell(child, pat)
    send()
    Person.objects.filter(pk=child.pk).update(deceased_at=NOON)
    assert consequences.forget(child) >= 2
    assert later(NOON + 90 * HOUR) == []
    assert not Letter.objects.exists()
    assert set(states(told).values()) == {"unknown", "cancelled"}
    assert intents.queue(
        Intent(event_key="x:1:1", person=pat, subject=Person.objects.get(pk=child.pk), purpose="x", duty=Duty.FAMILY, words=WORDS, lives=HOUR)
    ) is None  # fmt: skip


def test_a_restricted_record_gets_nothing_by_machine_and_a_clinician_rings() -> None:
    child, pat = family()
    Person.objects.filter(pk=pat.pk).update(restricted_at=NOON)
    pat.refresh_from_db()
    told = tell(child, pat)
    assert not told.deliveries.exists()
    assert CallTask.objects.get().owner_role == "clinician"


def test_words_that_lack_a_value_write_nothing_at_all() -> None:
    _child, pat = family(email=False)
    with pytest.raises(MissingWords, match="caller"), transaction.atomic():
        intents.queue(Intent(event_key="x:3:1", person=pat, purpose="x", duty=Duty.FAMILY, words={"sms": "we_will_ring"}, lives=HOUR))  # fmt: skip
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()


def test_stop_of_one_topic_leaves_the_others() -> None:
    child, pat = family(email=False)
    told = tell(child, pat)
    answer = texts.take_text("SM1", sender="+447700900111", body="Stop news")
    assert "START NEWS" in answer
    assert told.deliveries.get(channel="sms").reason == "stopped"
    assert told.deliveries.get(channel="call").state == "pending"  # the next way takes over at once
    other = intents.queue(Intent(event_key="x:2:1", person=pat, purpose="x", duty=Duty.FAMILY, words={"sms": "we_will_ring"}, values={"caller": "Kim", "ring_when": "soon"}, lives=HOUR))  # fmt: skip
    assert other is not None
    assert other.deliveries.get().channel == "sms"
    texts.take_text("SM2", sender="+447700900111", body="START NEWS")
    assert tell(child, pat).deliveries.get(channel="sms").state == "pending"


def test_the_timeline_says_once_how_it_was_heard() -> None:
    told = tell(*family(email=False))
    send()
    receipts.reach(told.deliveries.get(channel="sms"), "delivered")
    receipts.reach(told.deliveries.get(channel="sms"), "delivered")
    assert list(TimelineEntry.objects.values_list("words", flat=True)) == ["A text about the request reached Pat."]


@pytest.mark.parametrize(
    ("status", "answered_by", "words"),
    [
        ("busy", "", "We rang Pat, and the line was busy."),
        ("no-answer", "", "We rang Pat, and nobody answered."),
        ("completed", "machine_start", "We rang Pat, and a machine answered. We told it no news."),
        ("completed", "human", "We rang Pat, who did not hear the news yet."),
    ],
)
def test_whoever_likes_calls_is_rung_gets_no_letter_and_the_wait_tells_what_came_of_it(
    status, answered_by, words
) -> None:
    child, pat = family(email=False, address="1 Elm Road")
    ContactPoint.objects.update(preferred_channel="call")
    told = tell(child, pat)
    assert send() == ["call"]
    attempt = DeliveryAttempt.objects.get()
    webhooks.take_status(attempt.token, sid=attempt.sid, status=status, answered_by=answered_by)
    entry = TimelineEntry.objects.get()
    assert (entry.person, entry.words, entry.for_adults) == (child, words, "routine")
    assert not Letter.objects.exists()
    assert told.deliveries.get(channel="call", turn=2).state == "pending"


def test_a_text_from_a_parent_stands_in_the_wait_for_staff_alone() -> None:
    child, _pat = family(email=False)
    texts.take_text("SM1", sender="+447700900111", body="When is it our turn?")
    entry = TimelineEntry.objects.get()
    assert (entry.person, entry.words, entry.for_person, entry.for_adults) == (child, "Pat texted us.", False, "never")
    texts.take_text("SM2", sender="+447700900111", body="STOP")
    assert TimelineEntry.objects.count() == 1

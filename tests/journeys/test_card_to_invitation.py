"""From a surgery's card to an invitation: text, match, first hello, the word, the offer, day 8 and day 31 (S114, U13)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from cms import importing
from notifications.actions import calls, texts
from notifications.models import CallTask, ContactPoint, Delivery, InboundText
from peer import clock
from peer.actions import imports, invitations, waiting
from peer.families import Adult, Family, Way
from peer.gate import SERVICE
from peer.models import HelloCall, Invitation, Membership, Person, User
from peer.roles import Role
from peer.sweeps.invitations import look_after_invitations
from tests.make import make_open_group, make_user
from tests.notifications.test_offers import say, send

pytestmark = pytest.mark.django_db

NOOR, LENA = "+447700900102", "+447700900122"
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def by_day():
    with clock.at(NOON):
        yield


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR, Role.CLINICIAN))


def bring_in(*, number: str = NOOR, adult: str = "", age: int = 16, reference: str = "MW-1") -> Person:
    """Let a list name Noor, whose number is her own."""
    run = imports.open_run(SERVICE, by=importing.IMPORTER, file_name="list.csv", file_hash="0" * 64, headings="[]")
    way = Way(number=number)
    adults = (Adult(given_name="Lena", way=Way(number=adult)),) if adult else ()
    family = Family(
        reference=reference, given_name="Noor", family_name="Hadley", referred_on=dt.date(2026, 11, 10),
        born_on=dt.date(2026 - age, 1, 5), way=way, adults=adults,
    )  # fmt: skip
    return importing.bring_in(run, by=importing.IMPORTER, family=family).person


def test_card_text_match_first_hello_word_offer_reminder_and_renewal(kim, client: Client) -> None:
    card = client.get("/surgeries/").content.decode()
    assert "Your usual doctor (GP) has asked us to help" in card
    assert "HELLO" in card

    assert "We keep your number" in say("Hello")
    early = InboundText.objects.get()
    assert (early.kind, early.state, early.owner_role, early.person) == ("hello", "new", "co_ordinator", None)
    assert early.due_at is not None

    noor = bring_in()
    early.refresh_from_db()
    assert (early.state, early.person) == ("handled", noor)

    waiting.release_cohort(SERVICE, by=kim, size=5)
    (hello,) = send()
    assert hello.startswith("A message for Noor from ")
    calls.spoke(CallTask.objects.get(), by=kim, your_word="anchor")

    group = make_open_group()
    group.age_from, group.age_to = 16, 17
    group.save(update_fields=["age_from", "age_to"])
    invitations.offer(noor, by=kim, group=group)
    sent = send()
    with clock.at(NOON + 8 * DAY):
        look_after_invitations()
        sent += send()
    with clock.at(NOON + 31 * DAY):
        look_after_invitations()
        assert Invitation.objects.get().state == "expired"
        say("New")
        sent += send()
        assert len(sent) == 3
        for words in sent:
            assert words.startswith("anchor: ")
            assert "Lantern" not in words
        link = re.search(r"/i/\S+", sent[-1])
        assert link
        assert client.get(link[0]).status_code == 200
        say("yes")
        assert client.get(link[0]).status_code == 404
    assert Membership.objects.get(person=noor).state == "accepted"
    assert HelloCall.objects.get().state == "due"


def test_whoever_would_rather_be_rung_gets_no_text_and_a_call_on_the_next_working_day(kim) -> None:
    say("hello")
    say("CALL")
    noor = bring_in()
    waiting.release_cohort(SERVICE, by=kim, size=5)
    assert not Delivery.objects.exists()
    task = CallTask.objects.get(about="first_hello_call")
    assert task.due_at is not None
    assert task.due_at < NOON + 2 * DAY
    assert noor.contact_points.get().preferred_channel == "call"


def test_a_parent_of_two_who_would_rather_be_rung_is_rung_once(kim) -> None:
    say("call", sender=LENA)
    for number in ("1", "2"):
        bring_in(number="", adult=LENA, age=14, reference=f"MW-{number}")
    waiting.release_cohort(SERVICE, by=kim, size=5)
    assert not Delivery.objects.exists()
    assert CallTask.objects.filter(about="first_hello_call").count() == 1


def test_before_sixteen_the_family_is_greeted_and_nobody_hears_that_the_young_person_wrote(kim) -> None:
    say("hello")
    bring_in(adult=LENA, age=14)
    waiting.release_cohort(SERVICE, by=kim, size=5)
    assert [row.contact.person.given_name for row in Delivery.objects.all()] == ["Lena"]


def test_on_a_shared_number_the_wish_holds_and_a_person_finds_out_whose_words_they_were(kim) -> None:
    say("call")
    bring_in(number=NOOR, adult=NOOR)
    text = InboundText.objects.get()
    assert (text.person, text.state) == (None, "new")
    assert set(ContactPoint.objects.values_list("preferred_channel", "is_shared")) == {("call", True)}


@pytest.mark.parametrize("words", ["is this the right number", "HELLO?", "hello I am Noor"])
def test_other_words_from_a_stranger_are_read_and_find_their_person_too(kim, words: str) -> None:
    say(words)
    noor = bring_in()
    text = InboundText.objects.get()
    assert (text.kind, text.state, text.person) == ("other", "new", noor)


def test_hello_from_somebody_we_know_is_read_by_a_person(kim) -> None:
    bring_in()
    say("hello")
    assert (InboundText.objects.get().kind, InboundText.objects.get().state) == ("other", "new")


def test_a_worrying_first_text_is_a_clinicians(kim) -> None:
    say("hello I want to die")
    assert InboundText.objects.get().is_risk


def test_a_hello_that_no_list_explains_is_looked_into(kim) -> None:
    say("hi")
    text = InboundText.objects.get()
    with clock.at(NOON + 15 * DAY):
        assert text.is_overdue(clock.now())
        texts.handle(text, by=kim, reason="Rang the surgery.")
    assert text.state == "handled"

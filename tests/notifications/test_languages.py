"""Calls and texts in other languages: fixed sentences by people, no news by a machine, a person with an interpreter."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from notifications import sweeps
from notifications.actions import recordings, ring_in
from notifications.models import CallTask, ContactPoint, Delivery, Notification, Recording
from notifications.simulator import Simulator
from peer import clock, gate
from peer.actions import waiting
from peer.models import TimelineEntry
from peer.roles import Role
from tests.make import make_user
from tests.notifications.conftest import eventually
from tests.notifications.make import make_contact
from tests.notifications.sounds import wav
from tests.notifications.test_over_the_network import LANDLINE, PAT, heard, make_family

pytestmark = pytest.mark.django_db(transaction=True)
SERVICE = "+447700900001"
POLISH = "Dzień dobry. Mamy dla Państwa wiadomość."


@pytest.fixture(autouse=True)
def by_day(settings):
    noon = dt.datetime.combine(clock.today(), dt.time(12), clock.LONDON)
    settings.CLOCK_OFFSET = (noon - dt.datetime.now(dt.UTC)).total_seconds()
    settings.MESSAGE_LANGUAGES = ["all"]


@pytest.fixture
def kim():
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR, Role.CLINICIAN))


def record(*names: str, language: str = "so") -> dict[str, Recording]:
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    words = {"by": sam, "language": language, "speaker": "Hodan", "agreed_by": "Abdi"}
    return {
        name: recordings.keep(gate.SERVICE, name=name, sound=wav(seconds=0.1 + number / 10), **words)
        for number, name in enumerate(names)
    }


def played(network: Simulator, number: str) -> list[str]:
    return [entry["body"] for entry in network.ledger(number) if entry["kind"] == "played"]


def decide(kim, *, outcome: str = "accepted", **family) -> None:
    waiting.decide(make_family(**family), by=kim, outcome=outcome, reason="You fit what we do.")


def test_a_landline_in_somali_hears_somali_people_and_is_rung_with_an_interpreter(site, network, dispatcher, kim, client) -> None:  # fmt: skip
    kept = record("greeting", "interpreter", "interpreter_soon")
    network.handset(LANDLINE, answers="person", keys="1", after_ms=5)
    decide(kim, number=LANDLINE, language="so")
    dispatcher.turn()
    eventually(CallTask.objects.filter(about="interpreter").exists)
    eventually(lambda: len(played(network, LANDLINE)) == 3)
    assert played(network, LANDLINE) == [site + reverse("recordings-sound", args=[one.token]) for one in kept.values()]
    assert heard(network, LANDLINE) == ""  # no machine spoke a word, in English or otherwise
    for address in played(network, LANDLINE):
        sound = client.get(address.removeprefix(site))
        assert (sound.status_code, sound.content[:4], sound["Content-Type"]) == (200, b"RIFF", "audio/wav")
    task = CallTask.objects.get()
    assert (task.language, task.owner_role, task.person.given_name) == ("so", Role.CO_ORDINATOR, "Pat")
    assert task.subject is not None
    assert task.due_at is not None
    told = Notification.objects.get()
    assert (told.confirmed_at, told.due_at) == (None, None)
    assert told.handed_over_at is not None
    assert not TimelineEntry.objects.filter(words__contains="heard the news").exists()


def test_after_the_key_nothing_more_goes_by_machine_and_the_person_who_rings_confirms(site, network, dispatcher, kim, client) -> None:  # fmt: skip
    network.handset(LANDLINE, answers="person", keys="1", after_ms=5)
    decide(kim, number=LANDLINE, language="pl")
    dispatcher.turn()
    eventually(lambda: Delivery.objects.get(channel="call").attempts.get().receipts.filter(status="completed").exists())
    (row,) = Delivery.objects.filter(channel="call")
    assert (row.state, row.reason) == ("undelivered", "interpreter")
    with clock.at(clock.now() + dt.timedelta(days=8)):
        sweeps.sweep()
    assert dispatcher.turn() == 0
    task = CallTask.objects.get()  # no second one because it was not reached: somebody has it
    client.force_login(kim)
    page = client.get(f"/staff/calls/{task.public_id}/").content.decode()
    assert "In Polish, with an interpreter" in page
    assert "Never through the child" in page
    assert "You fit what we do." in page
    client.post(f"/staff/calls/{task.public_id}/", {"outcome": "answered", "language": "pl"})
    assert Notification.objects.get().confirmed_how == "told"


def test_a_voice_of_the_network_says_the_fixed_sentences_and_no_news(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="1,76246,1", after_ms=5)
    decide(kim, number=LANDLINE, language="pl")
    dispatcher.turn()
    eventually(lambda: "Zadzwonimy z tłumaczem." in heard(network, LANDLINE))
    said = heard(network, LANDLINE)
    assert said.startswith(POLISH)
    for english in ("Press", "Hello", "Asha", "Pat", "request", "said yes"):
        assert english not in said


def test_without_a_recording_or_a_voice_there_is_the_key_for_an_interpreter(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="1", after_ms=5)
    decide(kim, number=LANDLINE, language="so")
    dispatcher.turn()
    eventually(CallTask.objects.filter(about="interpreter").exists)
    assert heard(network, LANDLINE).startswith("Press 1 and we will ring you with an interpreter.")
    assert "Asha" not in heard(network, LANDLINE)


@pytest.mark.parametrize(("language", "offered"), [("pl", "en"), ("yo", "all"), ("tlh", "all")])
def test_a_language_that_is_not_offered_or_unknown_is_english_with_an_interpreter(site, network, dispatcher, kim, settings, language, offered) -> None:  # fmt: skip
    settings.MESSAGE_LANGUAGES = [offered]
    network.handset(LANDLINE, answers="person", keys="1", after_ms=5)
    decide(kim, number=LANDLINE, language=language)
    dispatcher.turn()
    eventually(CallTask.objects.filter(about="interpreter", language=language).exists)
    said = heard(network, LANDLINE)
    assert said.startswith("Press 1 and we will ring you with an interpreter.")
    assert "said yes" not in said


def test_the_wrong_person_ends_the_number_in_every_language(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="2", after_ms=5)
    decide(kim, number=LANDLINE, language="pl")
    dispatcher.turn()
    eventually(lambda: ContactPoint.objects.get().state == "suspended")
    assert not CallTask.objects.filter(about="interpreter").exists()


@pytest.mark.parametrize("allowed", [True, False])
def test_a_machine_hears_no_name_in_another_language_and_nothing_where_not_allowed(site, network, dispatcher, kim, allowed) -> None:  # fmt: skip
    network.handset(LANDLINE, answers="machine")
    decide(kim, number=LANDLINE, language="pl", voicemail_allowed=allowed)
    dispatcher.turn()
    eventually(Delivery.objects.filter(channel="call", state="undelivered").exists)
    left = heard(network, LANDLINE)
    assert left.startswith(POLISH) == allowed
    assert "Pat" not in left


def test_who_presses_nothing_is_rung_again_and_hears_goodbye(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="7", after_ms=5)
    decide(kim, number=LANDLINE, language="pl")
    dispatcher.turn()
    eventually(Delivery.objects.filter(channel="call", turn=2).exists)
    assert heard(network, LANDLINE).endswith("Do widzenia.")
    assert not CallTask.objects.filter(about="interpreter").exists()


def test_weighty_news_has_its_own_call_and_the_key_makes_no_second_one(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="1", after_ms=5)
    decide(kim, number=LANDLINE, language="pl", outcome="not_accepted")
    dispatcher.turn()
    eventually(lambda: Notification.objects.get().handed_over_at)
    assert CallTask.objects.get().about == "weighty_news"
    assert "Kim" not in heard(network, LANDLINE)


def test_a_text_in_somali_says_nothing_and_call_brings_a_person_with_an_interpreter(site, network, dispatcher, kim) -> None:  # fmt: skip
    decide(kim, number=PAT, language="so")
    dispatcher.turn()
    (text,) = network.texts(PAT)
    assert text.startswith("robin: war cusub ayaa ka jira codsigii aad samaysay.")
    assert Delivery.objects.get(channel="sms").language == "so"
    network.do(PAT, "text", body="CALL")
    eventually(CallTask.objects.filter(about="interpreter", language="so").exists)
    assert CallTask.objects.get().subject is not None
    eventually(lambda: any("turjubaan" in one for one in network.texts(PAT)[1:]))
    assert Notification.objects.get().handed_over_at is not None


def test_when_a_person_rings_is_written_in_numbers(site, network, dispatcher, kim) -> None:
    decide(kim, number=PAT, language="pl", outcome="not_accepted")
    dispatcher.turn()
    (text,) = network.texts(PAT)
    assert text.startswith("robin: chcemy zadzwonic do Panstwa ")
    assert "15:00-17:00" in text
    assert "between" not in text


# ── They ring us ────────────────────────────────────────────────────────────────────────────────────────────────────
def ring(network: Simulator, *, keys: str) -> None:
    network.handset(LANDLINE, answers="person", keys=keys, after_ms=5)
    network.do(LANDLINE, "ring", to=SERVICE)


def test_who_rings_us_hears_their_language_and_is_rung_with_an_interpreter(site, network, dispatcher, kim) -> None:
    decide(kim, number=LANDLINE, language="pl")
    ring(network, keys="1")
    eventually(CallTask.objects.filter(about="interpreter", language="pl").exists)
    eventually(lambda: "Zadzwonimy z tłumaczem. Do widzenia." in heard(network, LANDLINE))
    said = heard(network, LANDLINE)
    assert said.startswith("Dzień dobry, tu Meanwhile. Jeśli coś Państwu teraz grozi")
    assert "999" in said
    assert "said yes" not in said
    assert dispatcher.turn() == 0 or Notification.objects.get().handed_over_at
    assert CallTask.objects.get().event_key == Notification.objects.get().event_key


def test_ringing_twice_is_one_call_to_make() -> None:
    make_contact(number=LANDLINE, language="pl")
    for sid in ("CA1", "CA2"):
        ring_in.hear(sid, step="start", sender=LANDLINE)
        ring_in.hear(sid, step="interpreter", sender=LANDLINE, digits="1")
    assert CallTask.objects.get().about == "interpreter"


def test_english_on_a_shared_phone_opens_the_news_of_who_speaks_english_alone() -> None:
    from tests.notifications.make import make_delivery

    child = make_contact(number=LANDLINE, your_word="robin", is_shared=True)
    mother = make_contact(number=LANDLINE, your_word="anchor", is_shared=True, language="so")
    make_delivery(contact=child, channel="call", body="For the child.")
    make_delivery(contact=mother, channel="call", body="For the mother.")
    said = ring_in.hear("CA1", step="start", sender=LANDLINE)
    assert said is not None
    assert said.sentences[-1] == "For English, press 3."
    said = ring_in.hear("CA1", step="interpreter", sender=LANDLINE, digits="3")
    assert said is not None
    assert said.to == "choice"
    for keys, words in (("262467", "That was not right. Please try again. Then press the hash key."), ("76246", "For the child.")):  # fmt: skip
        said = ring_in.hear("CA1", step="word", sender=LANDLINE, digits=keys)
        assert said is not None
        assert said.sentences[0] == words

"""A parent with only a landline: hears news, confirms by key, says what they think, with no account at all (S84)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from notifications.actions import ring_in
from notifications.models import CallTask, ContactPoint, InboundCall, InboundText, Notification
from notifications.simulator import Simulator
from peer import clock
from peer.actions import waiting
from peer.models import AuditEvent
from peer.roles import Role
from tests.make import make_user
from tests.notifications.conftest import eventually
from tests.notifications.make import make_contact, make_delivery
from tests.notifications.test_over_the_network import LANDLINE, heard, make_family

pytestmark = pytest.mark.django_db(transaction=True)
SERVICE = "+447700900001"


@pytest.fixture(autouse=True)
def by_day(settings):
    noon = dt.datetime.combine(clock.today(), dt.time(12), clock.LONDON)
    settings.CLOCK_OFFSET = (noon - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.fixture
def kim():
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR, Role.CLINICIAN))


def ring(network: Simulator, *, keys: str, says: str = "") -> None:
    network.handset(LANDLINE, answers="person", keys=keys, says=says, after_ms=5)
    network.do(LANDLINE, "ring", to=SERVICE)


def test_news_by_phone_confirmed_by_key_and_feedback_by_phone_with_no_account(site, network, dispatcher, kim, client) -> None:  # fmt: skip
    waiting.decide(make_family(number=LANDLINE), by=kim, outcome="accepted", reason="You fit what we do.")
    ring(network, keys="1,76246,3", says="The calls are kind")
    eventually(lambda: Notification.objects.get().confirmed_how == "key")
    eventually(lambda: "The calls are kind" in [row.body for row in InboundText.objects.all()])
    said = heard(network, LANDLINE)
    assert said.startswith("Hello, this is Meanwhile. In danger now, hang up and ring 999.")
    assert "They have said yes. Asha is on the list." in said
    assert "A person listens to it" in said
    assert dispatcher.turn() == 0  # nobody rings them about what they have heard
    spoken = InboundText.objects.get()
    assert (spoken.kind, spoken.state, spoken.owner_role) == ("voicemail", "new", "co_ordinator")
    client.force_login(kim)
    page = client.get(reverse("texts-handle", args=[spoken.public_id])).content.decode()
    assert "The calls are kind" in page
    assert f"{reverse('feedback-log')}?for={spoken.person.public_id}" in page
    sound = client.get(reverse("texts-listen", args=[spoken.public_id]))
    assert sound.content.startswith(b"RIFF")
    assert AuditEvent.objects.filter(action="looked", reason="listened").exists()


def test_a_wrong_word_hears_nothing_and_a_person_rings(site, network, kim) -> None:
    waiting.decide(make_family(number=LANDLINE), by=kim, outcome="accepted", reason="You fit what we do.")
    ring(network, keys="1,1111,2222,3333")
    eventually(CallTask.objects.filter(about="ring_me").exists)
    assert "said yes" not in heard(network, LANDLINE)
    assert Notification.objects.get().confirmed_at is None


def test_somebody_we_do_not_know_is_rung_back_and_hears_nothing(site, network) -> None:
    ring(network, keys="1")
    eventually(InboundText.objects.filter(kind="call", state="new").exists)
    eventually(lambda: "speak to a person" in heard(network, LANDLINE))


def test_worrying_words_after_the_tone_head_the_clinicians_list(site, network) -> None:
    make_contact(number=LANDLINE)
    ring(network, keys="3", says="I want to kill myself tonight")
    eventually(InboundText.objects.filter(is_risk=True).exists)
    assert InboundText.objects.get().owner_role == "clinician"


def test_guessing_ends_for_the_day(settings) -> None:
    contact = make_contact(number=LANDLINE)
    make_delivery(contact=contact, channel="call", body="They have said yes.")
    for number in range(2):
        ring_in.hear(f"CA{number}", step="start", sender=LANDLINE)
        for keys in ("1", "22", "333"):
            ring_in.hear(f"CA{number}", step="word", sender=LANDLINE, digits=keys)
    ring_in.hear("CA9", step="start", sender=LANDLINE)
    assert "76246" not in str(ring_in.hear("CA9", step="choice", sender=LANDLINE, digits="1"))
    said = ring_in.hear("CA9", step="word", sender=LANDLINE, digits="76246")
    assert said is not None
    assert "said yes" not in " ".join(said.sentences)
    assert InboundCall.objects.get(sid="CA9").proved_at is None


def test_news_is_repeated_only_to_whoever_showed_who_they_are_in_this_call() -> None:
    make_delivery(contact=make_contact(number=LANDLINE), channel="call", body="They have said yes.")
    ring_in.hear("CA1", step="start", sender=LANDLINE)
    said = ring_in.hear("CA1", step="after", sender=LANDLINE, digits="1")
    assert said is not None
    assert said.sentences == ("Goodbye.",)


def test_a_call_that_is_over_or_was_never_made_says_nothing() -> None:
    assert ring_in.hear("CA1", step="after", sender=LANDLINE, digits="1") is None
    assert ring_in.hear("CA1", step="nonsense", sender=LANDLINE) is None
    ring_in.hear("CA1", step="start", sender=LANDLINE)
    InboundCall.objects.update(at=clock.now() - dt.timedelta(hours=1))
    assert ring_in.hear("CA1", step="choice", sender=LANDLINE, digits="1") is None


def test_on_a_shared_phone_the_word_says_who_it_is() -> None:
    mine = make_contact(number=LANDLINE, your_word="robin", is_shared=True)
    other = make_contact(number=LANDLINE, your_word="anchor", is_shared=True)
    make_delivery(contact=mine, channel="call", body="For the first.")
    make_delivery(contact=other, channel="call", body="For the second.")
    for sid, keys, body in (("CA1", "76246", "For the first."), ("CA2", "262467", "For the second.")):
        ring_in.hear(sid, step="start", sender=LANDLINE)
        said = ring_in.hear(sid, step="word", sender=LANDLINE, digits=keys)
        assert said is not None
        assert said.sentences[0] == body


def test_a_number_that_nobody_proved_opens_nothing() -> None:
    contact = make_contact(number=LANDLINE)
    make_delivery(contact=contact, channel="call", body="They have said yes.")
    ContactPoint.objects.update(state="suspect")
    ring_in.hear("CA1", step="start", sender=LANDLINE)
    said = ring_in.hear("CA1", step="choice", sender=LANDLINE, digits="1")
    assert said is not None
    assert said.to == ""
    assert CallTask.objects.get().about == "ring_me"

"""How people like to hear: asked at the first contact, chosen by themselves, obeyed by the next message (S94, S3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from notifications import intents
from notifications.intents import Intent
from notifications.models import ContactPoint, ContactPreference, Delivery, Duty
from notifications.rules import topics_in_use
from notifications.topics import Topic
from peer import clock
from peer.models import Person
from peer.roles import Role
from tests.make import make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
WISHES = {"news": "call", "voice": "off", "needs": ["large_print"], "language": "en", "safe_from": "16:00", "safe_to": "18:00"}  # fmt: skip


@pytest.fixture(autouse=True)
def by_day():
    with clock.at(NOON):
        yield


@pytest.fixture
def pat():
    person = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat", born_on=None)
    make_contact(person=person)
    return person


def tell(person: Person, key: str, *, topic: str = Topic.NEWS) -> list[str]:
    intents.queue(
        Intent(
            event_key=f"test:{key}:1",
            person=person,
            purpose="news",
            duty=Duty.FAMILY,
            words={"sms": "news", "call": "answer"},
            lives=dt.timedelta(days=7),
            topic=topic,
        )
    )
    rows = Delivery.objects.filter(notification__event_key=f"test:{key}:1").order_by("pk")
    return list(rows.values_list("channel", flat=True))


def test_what_somebody_chooses_holds_from_the_next_message(client, pat) -> None:
    assert tell(pat, "before") == ["sms", "call"]
    client.force_login(make_user(person=pat))
    page = client.post(reverse("wishes-own"), WISHES, follow=True)
    assert b"It holds from the next message on" in page.content
    assert tell(pat, "after") == ["call", "sms"]
    first = Delivery.objects.filter(notification__event_key="test:after:1").order_by("pk").first()
    assert first.not_before_at.astimezone(clock.LONDON).hour == 16
    assert tell(pat, "quiet", topic=Topic.VOICE) == []
    assert list(pat.communication_needs.values_list("kind", flat=True)) == ["large_print"]
    shown = client.get(reverse("wishes-own")).content.decode()
    assert "16:00" in shown


def test_taking_it_back_offers_every_way_again(client, pat) -> None:
    client.force_login(make_user(person=pat))
    client.post(reverse("wishes-own"), WISHES)
    client.post(reverse("wishes-own"), {"news": "", "voice": "", "language": "en"})
    assert tell(pat, "again", topic=Topic.VOICE) == ["sms", "call"]
    assert not pat.communication_needs.exists()
    assert ContactPreference.objects.count() == len(topics_in_use())


def test_a_wish_for_nothing_stops_what_is_queued_already(client, pat) -> None:
    from notifications import outbox

    tell(pat, "queued", topic=Topic.VOICE)
    client.force_login(make_user(person=pat))
    client.post(reverse("wishes-own"), {"voice": "off", "language": "en"})
    assert outbox.begin(outbox.claim(duties=tuple(Duty), most=5)) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"safe_from": "16:00", "safe_to": ""}, "Give both times"),
        ({"safe_from": "16:00", "safe_to": "16:00"}, "no time left"),
        ({"needs": ["by_voice", "in_writing"]}, "not both"),
        ({"news": "pigeon"}, "Please pick one from the list"),
        ({"language": "xx"}, "Please pick one from the list"),
    ],
)
def test_wishes_that_cannot_be_kept_get_a_sentence_and_change_nothing(client, pat, given, words) -> None:
    client.force_login(make_user(person=pat))
    page = client.post(reverse("wishes-own"), WISHES | given)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not ContactPreference.objects.exists()
    assert ContactPoint.objects.get().safe_from is None


def test_staff_note_wishes_in_a_conversation_and_nobody_else_finds_the_page(client, pat) -> None:
    address = reverse("wishes-note", args=[pat.public_id])
    for role in (Role.EDITOR, None):
        client.force_login(make_user(roles=(role,) if role else ()))
        assert client.get(address).status_code == 404
    client.force_login(make_user(name="Kim", roles=(Role.CO_ORDINATOR,)))
    assert b"likes to hear from us" in client.get(address).content
    assert client.post(address, WISHES).status_code == 302
    assert tell(pat, "after") == ["call", "sms"]


def test_whoever_is_no_person_of_ours_has_no_wishes(client) -> None:
    client.force_login(make_user(roles=(Role.EDITOR,)))
    assert client.get(reverse("wishes-own")).status_code == 404

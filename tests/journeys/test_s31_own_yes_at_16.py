"""S31, C7: at 16 what rested on a parent or a finding is asked of the young person anew, by text, call, page or person."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from notifications import consequences, messages, own_yes
from notifications.models import CallTask, ContactPoint, Delivery, InboundText, Notification, OptOut
from peer import clock
from peer.models import Consent, ConsentWords, HelloCall, Membership, OwnSay, Person, User
from peer.models.consent import wording
from peer.roles import Role
from peer.sweeps.competence import watch_competence
from tests.make import make_member, make_open_group, make_person, make_user
from tests.notifications.make import make_contact
from tests.notifications.test_offers import NOOR, say, send

pytestmark = pytest.mark.django_db

BIRTHDAY = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(BIRTHDAY):
        yield


@pytest.fixture
def lee() -> User:
    return make_user(name="Dr Lee", roles=(Role.CLINICIAN,))


@pytest.fixture
def noor(lee: User) -> Membership:
    """Noor, in a group on a finding under 16, with a phone of her own; today she turns 16."""
    return member(lee, born_on=dt.date(2010, 11, 18))


def member(lee: User, *, born_on: dt.date, basis: str = "competent", **contact: object) -> Membership:
    person = make_person(given_name="Noor", born_on=born_on)
    held = make_member(group=make_open_group(), user=make_user(person=person))
    with clock.at(BIRTHDAY - 200 * DAY):
        for purpose in ("join", "limits"):
            Consent.objects.say(person, purpose, given=True, basis=basis, by=lee)
        HelloCall.objects.create(
            membership=held, state="confirmed", basis=basis, made_by=lee, made_at=clock.now(), owner_role="clinician"
        )
    make_contact(**({"person": person, "number": NOOR} | contact))
    return held


def asked_of(held: Membership) -> OwnSay:
    return OwnSay.objects.get(person=held.person, about="own_yes")


def bases(person: Person) -> list[tuple[str, str]]:
    rows = Consent.objects.filter(person=person, basis__in=["sixteen", "on the phone"], given=True).order_by("pk")
    return [(row.purpose, row.basis) for row in rows]


def test_on_the_birthday_a_neutral_text_asks_once_and_a_yes_is_their_own_to_the_words_they_read(noor) -> None:
    with clock.at(BIRTHDAY - DAY):
        watch_competence()
        assert not OwnSay.objects.filter(about="own_yes").exists()
    watch_competence()
    watch_competence()
    (sent,) = send()
    assert sent.startswith("robin: hello Noor, ")
    assert "group" not in sent
    assert "Reply YES or NO" in sent
    owed = asked_of(noor)
    assert (owed.owner_role, owed.due_at > clock.now(), noor.person.age()) == ("clinician", True, 16)
    before = Consent.objects.count()
    assert "your own yes now" in say("Yes")
    assert bases(noor.person) == [("join", "sixteen"), ("limits", "sixteen")]
    assert Consent.objects.count() == before + 2  # nothing that stood before is changed
    for row in Consent.objects.filter(basis="sixteen"):
        assert row.text_hash == wording(row.purpose).text_hash
        assert ConsentWords.objects.filter(text_hash=row.text_hash).exists()
    assert not OwnSay.objects.waiting().exists()
    assert InboundText.objects.get().state == "handled"
    with clock.at(BIRTHDAY + 10 * DAY):
        watch_competence()
        assert send() == []


def test_a_no_stops_nothing_and_is_a_talk_that_a_clinician_owes_tomorrow(noor) -> None:
    watch_competence()
    send()
    assert "nothing changes" in say("no")
    noor.refresh_from_db()
    owed = asked_of(noor)
    assert (noor.state, owed.state, owed.answer) == ("active", "open", "no")
    assert owed.due_at < clock.now() + 2 * DAY
    assert bases(noor.person) == []
    say("yes")  # they may change their mind before anybody rings
    assert bases(noor.person) == [("join", "sixteen"), ("limits", "sixteen")]


def test_silence_stops_nothing_and_stays_on_the_clinicians_list_when_it_is_due(noor, lee, client: Client) -> None:
    watch_competence()
    send()
    with clock.at(BIRTHDAY + 15 * DAY):
        watch_competence()
        noor.refresh_from_db()
        assert noor.state == "active"
        assert asked_of(noor).due_at < clock.now()
        assert asked_of(noor) in OwnSay.objects.visible_to(lee).waiting()
        client.force_login(lee)
        page = client.get(reverse("own-say-detail", args=[noor.person.public_id])).content.decode()
        assert wording("join").lines[0] in page
        address = reverse("own-say-own-yes", args=[noor.person.public_id, asked_of(noor).pk])
        assert client.post(address, {"answer": "maybe"}).status_code == 302
        assert bases(noor.person) == []
        client.post(address, {"answer": "yes"})
        assert bases(noor.person) == [("join", "on the phone"), ("limits", "on the phone")]


def test_the_page_asks_in_the_exact_words_and_a_bad_press_changes_nothing(noor, client: Client) -> None:
    client.force_login(noor.user)
    address = reverse("consents-own-yes")
    assert client.post(address, {"answer": "yes"}).status_code == 404  # nobody has asked yet
    watch_competence()
    page = client.get(reverse("consents-own")).content.decode()
    assert "yours to say now" in page
    assert client.post(address, {"answer": "perhaps"}).status_code == 422
    assert bases(noor.person) == []
    words = " ".join(wording(purpose).text_hash for purpose in ("join", "limits"))
    assert client.post(address, {"answer": "yes", "words": words}).status_code == 302
    assert bases(noor.person) == [("join", "sixteen"), ("limits", "sixteen")]
    assert "yours to say now" not in client.get(reverse("consents-own")).content.decode()


def test_a_yes_by_text_does_not_reach_new_words_and_the_rest_stays_owed(noor) -> None:
    Consent.objects.create(person=noor.person, purpose="limits", given=True, basis="competent", text_hash="older")
    watch_competence()
    send()
    say("yes")
    assert bases(noor.person) == [("join", "sixteen")]
    assert (asked_of(noor).state, asked_of(noor).answer) == ("open", "yes")


@pytest.mark.parametrize(
    ("contact", "goes"),
    [({}, True), ({"is_shared": True}, False), ({"state": "unproved"}, False), ({"state": "suspect"}, False),
     ({"language": "so"}, False)],
)  # fmt: skip
def test_it_goes_to_a_proved_number_of_their_own_alone_else_a_clinician_rings(lee, contact, goes: bool) -> None:
    held = member(lee, born_on=dt.date(2010, 11, 18), **contact)
    watch_competence()
    assert (len(send()) == 1) is goes
    assert asked_of(held).due_at is not None


@pytest.mark.parametrize("why", ["16 by basis", "15", "left", "dead", "long ago"])
def test_whoever_has_nothing_to_say_anew_is_not_asked(lee, why: str) -> None:
    born = {"15": dt.date(2010, 11, 19), "long ago": dt.date(2010, 9, 1)}.get(why, dt.date(2010, 11, 18))
    held = member(lee, born_on=born, basis="sixteen" if why == "16 by basis" else "parent")
    if why == "left":
        held.move_to("left", ended_at=clock.now())
    if why == "dead":
        Person.objects.filter(pk=held.person_id).update(deceased_at=clock.now())
    watch_competence()
    assert not OwnSay.objects.filter(about="own_yes").exists()


@pytest.mark.parametrize("sender", ["+447700900777", NOOR])
def test_a_yes_from_elsewhere_or_after_other_words_is_read_by_a_person(noor, sender: str) -> None:
    watch_competence()
    if sender != NOOR:
        send()
    assert "Somebody will read" in say("yes", sender=sender)  # from another phone, or before it has gone
    assert bases(noor.person) == []


def test_after_a_stop_it_is_a_call_and_its_keys_answer(noor) -> None:
    consequences.stop(ContactPoint.objects.get().where_hash, channel="sms", topic="", said="STOP")
    assert OptOut.objects.current().exists()
    watch_competence()
    row = Delivery.objects.get(notification__purpose="own_say")
    assert row.channel == "call"
    told = Notification.objects.get(purpose="own_say")
    assert own_yes.press("3", told, row.contact) == "ring_me"
    assert CallTask.objects.get().owner_role == "clinician"
    assert own_yes.press("9", told, row.contact) == "goodbye"
    assert own_yes.press("2", told, row.contact) == "own_no"
    assert asked_of(noor).answer == "no"
    assert own_yes.press("1", told, row.contact) == "own_yes"
    assert bases(noor.person) == [("join", "sixteen"), ("limits", "sixteen")]
    assert own_yes.press("1", told, row.contact) == "ring_me"  # answered: a person looks


def test_an_answer_takes_back_the_call_that_was_still_to_come(noor) -> None:
    watch_competence()
    send()
    say("yes")
    with clock.at(BIRTHDAY + DAY):
        assert send() == []
    assert "{first_name}" in messages.template("sms", "own_say").text

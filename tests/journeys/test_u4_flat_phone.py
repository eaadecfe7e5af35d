"""The clinician whose phone is flat, over the real telephone network of the simulator and real HTTP (U4, E5, N15)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from moderation.actions import escalations
from moderation.models import Escalation, EscalationStep
from notifications.actions import rings as acts
from notifications.actions import staff_pins
from notifications.models import Delivery, Ring, StaffCall, StaffPin
from notifications.simulator import Simulator
from peer import clock, looks
from peer.events import emit
from peer.models import AuditEvent, BreachAlarm, Membership, Post, User
from peer.news import PostHeldForRisk
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user
from tests.notifications.conftest import SERVICE, dispatcher, eventually, network, network_process, site
from tests.notifications.make import make_contact

__all__ = ["dispatcher", "network", "network_process", "site"]  # the real network, beside the real site

pytestmark = pytest.mark.django_db(transaction=True)

LANDLINE, MOBILE, BORROWED, ASHA, MAY = (
    "+441632960201",
    "+447700900202",
    "+447700900203",
    "+447700900204",
    "+447700900205",
)
WORDS = "I do not want to be here any more."
PIN = "275913"
A_WORD, A_KEY = 0.4, 2.0  # seconds: a calm voice, and a thumb that looks for a key
SOONEST = dt.timedelta(minutes=3)


@pytest.fixture(autouse=True)
def at_night(settings):
    """Twenty to twelve at night in London, for every thread of this process: the network's callbacks too."""
    night = dt.datetime.combine(clock.today(), dt.time(23, 40), clock.LONDON)
    settings.CLOCK_OFFSET = (night - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.fixture
def asha() -> Membership:
    person = make_person(given_name="Asha", family_name="Quillfeather")
    make_contact(person=person, number=ASHA)
    return make_member(group=make_group(), user=make_user(person=person), name="Fern")


def clinician(asha: Membership, name: str, **numbers: str) -> User:
    person = make_person(kind="staff", given_name=name, born_on=None)
    for number in numbers.values():
        make_contact(person=person, number=number)
    return make_member(group=asha.group, user=make_user(name=f"Dr {name}", person=person), role=Role.CLINICIAN).user


@pytest.fixture
def lee(asha: Membership) -> User:
    """Lee, on duty, whose mobile is flat; there is a landline in the house."""
    lee = clinician(asha, "Lee", landline=LANDLINE)
    make_duty(group=asha.group, user=lee)
    staff_pins.choose(lee, by=lee, pin=PIN)
    return lee


@pytest.fixture
def worry(asha: Membership, lee: User) -> Escalation:
    with transaction.atomic():
        emit(PostHeldForRisk(make_post(author=asha, state=Post.State.HELD_RISK, body=WORDS), "red"))
    return Escalation.objects.get()


def said(network: Simulator, number: str) -> list[str]:
    return [entry["body"] for entry in network.ledger(number) if entry["kind"] in {"said", "voicemail"}]


def took(network: Simulator, number: str) -> dt.timedelta:
    """Count how long all that was said and pressed on one phone takes at the pace of people; here it is quicker."""
    spoken = sum(len(words.split()) for words in said(network, number))
    keys = sum(1 for entry in network.ledger(number) if entry["kind"] == "pressed")
    return dt.timedelta(seconds=spoken * A_WORD + keys * A_KEY)


def reads(asha: Membership) -> list[str]:
    """Give what the young person reads about who looked."""
    found, _more = looks.of(asha.person)
    return [look.why for look in found]


def answers(network: Simulator, number: str, keys: str, **more: object) -> None:
    network.handset(number, answers="person", keys=keys, after_ms=5, **more)


def spoke() -> Ring:
    eventually(lambda: Ring.objects.filter(joined_at__isnull=False).exists())
    return Ring.objects.get()


def hangs_up(network: Simulator, number: str) -> None:
    network.do(number, "hangup")


def in_time(worry: Escalation, ring: Ring, network: Simulator, number: str) -> None:
    """Within three minutes of the page the two speak: by the product's clock, and at the pace of people."""
    paged = EscalationStep.objects.filter(escalation=worry, state="fired").order_by("fired_at").first()
    assert paged is not None
    assert paged.fired_at is not None
    assert ring.joined_at is not None
    assert ring.joined_at - paged.fired_at <= SOONEST
    assert took(network, number) + took(network, ASHA) <= SOONEST


def test_u4_by_landline_only_the_page_leads_to_the_young_person_within_three_minutes(
    site, network, dispatcher, asha, lee, worry
) -> None:
    answers(network, LANDLINE, f"1,{PIN},1,3")
    answers(network, ASHA, "1")
    dispatcher.turn()
    ring = spoke()
    in_time(worry, ring, network, LANDLINE)
    words = said(network, LANDLINE)
    neutral = words[: words.index("Waiting: 1.")]
    assert WORDS not in " ".join(neutral)
    assert "Asha" not in " ".join(neutral)
    assert WORDS in words
    worry.refresh_from_db()
    assert (worry.owner, worry.acknowledged_by_how) == (lee, "key")
    assert {
        "Listened to what you wrote, read out by phone, to know how you are.",
        "Rang you, to hear how you are.",
    } <= set(reads(asha))
    hangs_up(network, ASHA)
    eventually(lambda: Ring.objects.get().outcome == "spoke")
    notes = [note.words for note in worry.notes.order_by("pk")]
    assert notes[-1] == "Rang them through the service’s number: You spoke."
    rung = [entry for entry in network.ledger() if entry["kind"] == "ring"]
    assert {entry["service"] for entry in rung} == {SERVICE}, "nobody sees another's number"
    assert "Asha" not in " ".join(said(network, ASHA))


def test_u4_by_a_borrowed_phone_a_code_and_a_pin_lead_there_too(site, network, dispatcher, asha, lee, worry) -> None:
    network.handset(LANDLINE, answers="nobody")
    code = StaffPin.objects.get(user=lee).code
    answers(network, BORROWED, f"9,{code},{PIN},2,1,3")
    answers(network, ASHA, "1")
    dispatcher.turn()
    network.do(BORROWED, "ring", to=SERVICE)
    ring = spoke()
    in_time(worry, ring, network, BORROWED)
    worry.refresh_from_db()
    assert (worry.owner, worry.acknowledged_by_how) == (lee, "key")
    assert WORDS in said(network, BORROWED)
    assert "Listened to what you wrote, read out by phone, to know how you are." in reads(asha)
    assert "Rang you, to hear how you are." in reads(asha)


def test_one_s_own_number_stands_for_the_code(site, network, dispatcher, lee, worry) -> None:
    answers(network, BORROWED, f"9,01632960201,{PIN},2")
    network.do(BORROWED, "ring", to=SERVICE)
    eventually(lambda: Escalation.objects.get().owner == lee)


def test_before_the_pin_is_right_nothing_is_said_and_whether_the_code_exists_neither(site, network, lee, worry) -> None:
    code = StaffPin.objects.get(user=lee).code
    answers(network, BORROWED, f"9,{code},111222,333444,555666")
    network.do(BORROWED, "ring", to=SERVICE)
    eventually(lambda: "Goodbye." in said(network, BORROWED))
    known = said(network, BORROWED)
    answers(network, MAY, "9,000000,111222,333444,555666")
    network.do(MAY, "ring", to=SERVICE)
    eventually(lambda: "Goodbye." in said(network, MAY))
    assert said(network, MAY) == known
    for secret in (WORDS, "Asha", "Fern", "Lee", "Waiting"):
        assert secret not in " ".join(known)
    worry.refresh_from_db()
    assert worry.owner is None


def is_right(lee: User, keys: str) -> bool:
    with transaction.atomic():  # as a call to us is taken in
        return staff_pins.is_right(lee, keys)


def test_five_wrong_pins_lock_it_and_raise_an_alarm_with_an_owner(lee) -> None:
    for keys in ("111222", "333444", "555666", "777888"):
        assert not is_right(lee, keys)
    assert not BreachAlarm.objects.exists()
    assert not is_right(lee, "999000")
    alarm = BreachAlarm.objects.get()
    assert (alarm.about, alarm.kind, alarm.owner_role) == (lee, "wrong_pins", "service_manager")
    assert not is_right(lee, PIN)
    lee.refresh_from_db()
    assert lee.pin_ok_at is None
    staff_pins.choose(lee, by=lee, pin=PIN)
    assert is_right(lee, PIN)


def test_a_machine_hears_no_word_and_the_clinician_hears_so(site, network, dispatcher, asha, lee, worry) -> None:
    answers(network, LANDLINE, f"1,{PIN},3")
    network.handset(ASHA, answers="machine")
    dispatcher.turn()
    eventually(lambda: Ring.objects.filter(outcome="machine").exists())
    assert [entry for entry in network.ledger(ASHA) if entry["kind"] in {"said", "voicemail"}] == []
    eventually(lambda: "Nothing was left on it." in said(network, LANDLINE))


@pytest.mark.parametrize(("does", "outcome"), [("busy", "busy"), ("failed", "failed")])
def test_what_came_of_it_stands_on_the_escalation(site, network, dispatcher, lee, worry, does, outcome) -> None:
    answers(network, LANDLINE, f"1,{PIN},3")
    network.handset(ASHA, answers=does)
    dispatcher.turn()
    eventually(lambda: Ring.objects.filter(outcome=outcome).exists())
    assert worry.notes.count() == 2


def test_a_press_on_the_act_sheet_rings_the_clinician_and_then_them(
    site, network, dispatcher, client, asha, lee, worry
) -> None:
    escalations.acknowledge(worry, by=lee, how="sign_in")
    Delivery.objects.update(state="cancelled", body=None)
    answers(network, LANDLINE, "1")
    answers(network, ASHA, "1")
    client.force_login(lee)
    own = lee.person.contact_points.get()
    page = client.post(f"/escalations/{worry.public_id}/ring/", {"own": own.public_id}, follow=True).content.decode()
    assert "Your phone rings in a moment" in page
    assert network.ledger() == [], "nothing leaves inside a request"
    dispatcher.turn()
    spoke()
    assert "Asha" not in " ".join(said(network, LANDLINE)[:2])
    assert "Rang you, to hear how you are." in reads(asha)
    hangs_up(network, ASHA)
    eventually(lambda: Ring.objects.get().outcome == "spoke")
    assert "You spoke" in client.get(f"/escalations/{worry.public_id}/act-sheet/").content.decode()
    assert AuditEvent.objects.filter(action="notifications.actions.rings.ask", by_id=lee.pk).exists()
    assert StaffCall.objects.get().proved_at is None


def test_a_call_nobody_picked_up_ends_by_itself(lee, asha, worry) -> None:
    escalations.acknowledge(worry, by=lee, how="sign_in")
    ring = acts.ask(worry, by=lee, own=lee.person.contact_points.get(), beyond=False)
    with clock.at(clock.now() + dt.timedelta(minutes=3)):
        assert list(Ring.objects.due()) == [ring]
        acts.give_up(ring, by=acts.CLOCK)
    assert Ring.objects.get().outcome == "not_taken"
    assert asha.person.pk == worry.person_id


def test_one_key_passes_a_page_to_the_next_person(site, network, dispatcher, asha, lee) -> None:
    may = clinician(asha, "May", mobile=MAY)
    with transaction.atomic():
        emit(PostHeldForRisk(make_post(author=asha, state=Post.State.HELD_RISK, body=WORDS), "red"))
    answers(network, LANDLINE, "2")
    dispatcher.turn()
    eventually(lambda: EscalationStep.objects.filter(user=may, state="fired").exists())
    dispatcher.turn()
    assert [text for text in network.texts(MAY) if "you are needed now" in text]
    worry = Escalation.objects.get()
    assert (worry.state, worry.owner) == ("paging", None)

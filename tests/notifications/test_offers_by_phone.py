"""An offer by automatic call and by ringing in: neutral, the word first, three keys, and a person behind them (U13)."""

from __future__ import annotations

import datetime as dt

import pytest

from notifications import offers, voice
from notifications.actions import ring_in
from notifications.models import CallTask, Delivery, Notification
from notifications.simulator import Simulator
from peer import clock
from peer.actions import invitations
from peer.models import HelloCall, Invitation, Membership, Person, TimelineEntry, User
from peer.roles import Role
from peer.sweeps.invitations import bring_up_unanswered
from tests.make import make_open_group, make_person, make_user, make_wait
from tests.notifications.conftest import eventually
from tests.notifications.make import make_contact
from tests.notifications.test_over_the_network import LANDLINE, heard

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def by_day(settings):
    noon = dt.datetime.combine(clock.today(), dt.time(12), clock.LONDON)
    settings.CLOCK_OFFSET = (noon - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


def offer(kim: User, **contact: object) -> Invitation:
    born = dt.date(clock.today().year - 15, 1, 1)
    noor = make_person(given_name="Noor", family_name="Hadley", born_on=born)
    make_wait(person=noor)
    make_contact(**({"person": noor, "number": LANDLINE} | contact))
    return invitations.offer(noor, by=kim, group=make_open_group(title="Lantern"))


ANSWERS = [
    # what they press after the offer → what it is then, calls owed, what is said
    ("1", "accepted", [], "A person rings you within 5 working days"),
    ("2", "declined", [], "That is fine, and nothing else changes"),
    ("3", "offered", ["offer"], "We will ring you"),
    ("9", "offered", [], "Goodbye"),
]


@pytest.mark.parametrize(("key", "state", "tasks", "words"), ANSWERS)
def test_on_a_landline_the_word_opens_the_offer_and_three_keys_answer_it(
    site, network: Simulator, dispatcher, kim, key: str, state: str, tasks: list[str], words: str
) -> None:
    invitation = offer(kim)
    network.handset(LANDLINE, answers="person", keys=f"1,76246,{key}", after_ms=5)
    assert dispatcher.turn() == 1
    eventually(lambda: words in heard(network, LANDLINE))
    invitation.refresh_from_db()
    assert (invitation.state, invitation.answered_how) == (state, "" if state == "offered" else "key")
    assert [task.about for task in CallTask.objects.filter(state="open")] == tasks
    assert HelloCall.objects.count() == (state == "accepted")
    assert not User.objects.filter(person=invitation.person).exists()
    said = heard(network, LANDLINE)
    assert said.startswith("Hello. This is a message for Noor. Press 1 if that is you.")
    assert "Lantern" not in said
    assert "group" not in said
    assert not TimelineEntry.objects.exclude(for_adults="never").exists()


def test_without_the_word_nothing_is_offered_and_a_person_rings(site, network: Simulator, dispatcher, kim) -> None:
    offer(kim)
    network.handset(LANDLINE, answers="person", keys="1,1111,2222,3333", after_ms=5)
    dispatcher.turn()
    eventually(CallTask.objects.exists)
    assert "We have something for you" not in heard(network, LANDLINE)
    assert Invitation.objects.get().state == "offered"


def test_at_night_nothing_rings(network: Simulator, dispatcher, kim, settings) -> None:
    settings.CLOCK_OFFSET += 11 * 3600
    offer(kim)
    assert dispatcher.turn() == 0


def test_an_offer_that_was_answered_meanwhile_is_not_rung(network: Simulator, dispatcher, kim) -> None:
    invitation = offer(kim)
    invitations.decline(invitation, by=invitations.LINK)
    assert dispatcher.turn() == 0
    assert Delivery.objects.get().reason == "not needed"
    assert not CallTask.objects.exists()


def test_an_offer_about_somebody_restricted_meanwhile_is_a_clinicians_call(network: Simulator, dispatcher, kim) -> None:
    invitation = offer(kim)
    Person.objects.filter(pk=invitation.person_id).update(restricted_at=clock.now())
    dispatcher.turn()
    assert Delivery.objects.get().state == "cancelled"
    assert CallTask.objects.get().owner_role == "clinician"


def test_keys_count_only_after_the_word_in_this_call() -> None:
    contact = make_contact(number=LANDLINE)
    notification = Notification(recipient=contact.person, duty="family", purpose=offers.BY_CALL)
    delivery = Delivery(notification=notification, channel="call", contact=contact, duty="family", state="accepted")
    from notifications.models import DeliveryAttempt

    pressed: list[str] = []
    heard_now = voice.Heard(
        attempt=DeliveryAttempt(delivery=delivery), digits="1", answered_by="", read_when="", heard_news=list,
        wrong_number=list, ring_me=list, take_page=bool, pass_page=bool, may_go_on=bool, put_through=tuple, wrong_word=int, ask_for_interpreter=list, own=str,
        answer=lambda key: pressed.append(key) or "offer_yes",
    )  # fmt: skip
    assert voice.asked(heard_now).sentences == ("Goodbye.",)
    assert pressed == []


@pytest.mark.parametrize(("key", "state"), [("1", "accepted"), ("2", "declined"), ("3", "offered")])
def test_whoever_rings_us_is_told_of_the_offer_after_the_word(kim, key: str, state: str) -> None:
    invitation = offer(kim, number="07700 900102")
    sender = "+447700900102"
    ring_in.hear("CA1", step="start", sender=sender)
    ring_in.hear("CA1", step="choice", sender=sender, digits="1")
    early = ring_in.hear("CA1", step="offer", sender=sender, digits="1")
    assert early is not None
    assert early.sentences == ("Goodbye.",)
    said = ring_in.hear("CA1", step="word", sender=sender, digits="76246")
    assert said is not None
    assert (said.to, "We have something for you" in str(said.sentences[-1])) == ("offer", True)
    ring_in.hear("CA1", step="offer", sender=sender, digits=key)
    invitation.refresh_from_db()
    assert invitation.state == state
    assert Membership.objects.filter(person=invitation.person).count() == (state == "accepted")
    assert CallTask.objects.filter(about="offer").count() == (state == "offered")


def test_on_a_shared_phone_each_word_opens_its_own_offer_alone(kim) -> None:
    invitation = offer(kim, is_shared=True)
    make_contact(number=LANDLINE, your_word="anchor", is_shared=True)
    ring_in.hear("CA1", step="start", sender=LANDLINE)
    other = ring_in.hear("CA1", step="word", sender=LANDLINE, digits="262467")
    assert other is not None
    assert other.to == "after"
    ring_in.hear("CA2", step="start", sender=LANDLINE)
    mine = ring_in.hear("CA2", step="word", sender=LANDLINE, digits="76246")
    assert mine is not None
    assert mine.to == "offer"
    assert invitation.state == "offered"


def test_on_day_eight_a_person_rings_whoever_was_rung(kim) -> None:
    offer(kim)
    with clock.at(clock.now() + dt.timedelta(days=8, minutes=1)):
        assert bring_up_unanswered() == 1
    assert CallTask.objects.get().about == "offer"

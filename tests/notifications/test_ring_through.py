"""When nobody is put through, who may choose a PIN, and ladders about texts from anybody (U4, U3, N11)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from moderation import sweeps
from moderation.actions import escalations
from moderation.models import Escalation, EscalationStep
from notifications import rings
from notifications.actions import rings as acts
from notifications.actions import staff_pins, texts
from notifications.models import ContactPoint, InboundText, OptOut, Ring, StaffPin
from peer import clock
from peer.events import emit
from peer.gate import NotAllowed
from peer.models import Membership, Post, User
from peer.news import PostHeldForRisk
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user
from tests.notifications.make import make_contact
from tests.notifications.signing import signed_post

pytestmark = pytest.mark.django_db
RED = "I want to kill myself"


@pytest.fixture
def asha() -> Membership:
    return make_member(group=make_group(), user=make_user(person=make_person(given_name="Asha")), name="Fern")


@pytest.fixture
def lee(asha: Membership) -> User:
    person = make_person(kind="staff", given_name="Lee", born_on=None)
    make_contact(person=person)
    lee = make_member(group=asha.group, user=make_user(name="Dr Lee", person=person), role=Role.CLINICIAN).user
    make_duty(group=asha.group, user=lee)
    return lee


@pytest.fixture
def worry(asha: Membership, lee: User) -> Escalation:
    emit(PostHeldForRisk(make_post(author=asha, state=Post.State.HELD_RISK), "red"))
    worry = Escalation.objects.get()
    escalations.acknowledge(worry, by=lee, how="sign_in")
    worry.refresh_from_db()
    return worry


def sheet(lee: User, worry: Escalation, **more: str) -> str:
    client = Client()
    client.force_login(lee)
    own = lee.person.contact_points.get().public_id
    answer = client.post(f"/escalations/{worry.public_id}/ring/", {"own": own, **more}, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (None, "We know no number of theirs."),
        ({"state": "unproved"}, "Nobody has proved yet that the number is theirs."),
        ({"state": "suspended"}, "We know no number of theirs."),
        ({"is_shared": True}, "The only phone we know is shared."),
    ],
)
def test_where_there_is_no_safe_number_a_clear_sentence_says_so(asha, lee, worry, number, why) -> None:
    if number is not None:
        make_contact(person=asha.person, **number)
    assert why in sheet(lee, worry)
    with pytest.raises(RuleBroken, match=why):
        acts.ask(worry, by=lee, own=lee.person.contact_points.get(), beyond=True)
    assert not Ring.objects.exists()


def test_who_asked_not_to_be_rung_is_not_rung(asha, lee, worry) -> None:
    contact = make_contact(person=asha.person)
    OptOut.objects.create(where_hash=contact.where_hash, channel="call", said="wrong number", at=clock.now())
    assert "They asked us not to ring them." in sheet(lee, worry)
    assert not Ring.objects.exists()


def test_other_hours_need_a_second_deliberate_press(asha, lee, worry) -> None:
    now = clock.now().astimezone(clock.LONDON)
    start, end = (now + dt.timedelta(hours=2)).time(), (now + dt.timedelta(hours=3)).time()
    make_contact(person=asha.person, safe_from=start, safe_to=end)
    page = sheet(lee, worry)
    assert "They asked us to ring between" in page
    assert "Only ring outside their hours if their life may be in danger." in page
    assert not Ring.objects.exists()
    sheet(lee, worry, beyond="on")
    assert Ring.objects.get().is_beyond_hours


def test_only_who_has_it_in_hand_rings_and_nobody_twice_at_once(asha, lee, worry) -> None:
    make_contact(person=asha.person)
    may = make_member(group=asha.group, user=make_user(person=make_person(given_name="May")), role=Role.CLINICIAN).user
    own = make_contact(person=may.person)
    with pytest.raises(NotAllowed):
        acts.ask(worry, by=may, own=own, beyond=False)
    make_duty(group=asha.group, user=may)
    with pytest.raises(RuleBroken):
        acts.ask(worry, by=may, own=own, beyond=False)
    acts.ask(worry, by=lee, own=lee.person.contact_points.get(), beyond=False)
    with pytest.raises(RuleBroken, match="being rung already"):
        acts.ask(worry, by=lee, own=lee.person.contact_points.get(), beyond=False)


def test_the_first_phone_is_a_proved_one_of_one_s_own(asha, lee, worry) -> None:
    make_contact(person=asha.person)
    with pytest.raises(RuleBroken):
        acts.ask(worry, by=lee, own=ContactPoint.objects.get(person=asha.person), beyond=False)


def test_what_nobody_signed_changes_nothing(client, asha, lee, worry) -> None:
    make_contact(person=asha.person)
    ring = acts.ask(worry, by=lee, own=lee.person.contact_points.get(), beyond=False)
    for moment in ("hello", "ask", "key", "found", "ended"):
        address = reverse("webhooks-through", args=[ring.token, moment])
        assert client.post(address, {"Digits": "1", "CallStatus": "completed"}).status_code == 403
    assert client.post(reverse("webhooks-staff", args=["key"]), {"CallSid": "CA1", "Digits": "1"}).status_code == 403
    assert "Dial" not in signed_post(client, reverse("webhooks-staff", args=["key"]), CallSid="CA1").content.decode()
    signed_post(client, reverse("webhooks-through", args=[ring.token, "key"]), Digits="1")
    assert Ring.objects.get().joined_at is None, "nobody is being rung yet"


def test_a_pin_is_chosen_behind_a_second_step_and_bad_ones_change_nothing(client, lee) -> None:
    client.force_login(lee)
    page = reverse("account-pin")
    for given, why in (
        (("123456", "123456"), "easy to guess"),
        (("12", "12"), "6 to 12 digits"),
        (("abcdef", "abcdef"), "6 to 12 digits"),
        (("275913", "275914"), "not the same"),
    ):
        answer = client.post(page, {"pin": given[0], "again": given[1]})
        assert answer.status_code in {302, 422}
        if answer.status_code == 422:
            assert why in answer.content.decode()
    assert not StaffPin.objects.exists()
    with pytest.raises(RuleBroken):
        staff_pins.choose(lee, by=lee, pin="111111")
    held = staff_pins.choose(lee, by=lee, pin="275913")
    assert "275913" not in held.pin
    assert held.code in client.get(page).content.decode()


def test_whoever_is_not_rung_has_no_such_page(client) -> None:
    client.force_login(make_user())
    assert client.get(reverse("account-pin")).status_code == 404


def test_a_rota_shows_who_has_no_pin_and_refuses_nobody(lee) -> None:
    lee.refresh_from_db()
    assert lee.pin_ok_at is None
    staff_pins.choose(lee, by=lee, pin="275913")
    lee.refresh_from_db()
    assert lee.pin_ok_at is not None


# ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_text_of_a_member_is_a_worry_about_them_in_their_group(asha, lee) -> None:
    contact = make_contact(person=asha.person)
    texts.take_text("SM1", sender=contact.where, body=RED)
    worry = Escalation.objects.get()
    assert (worry.about, worry.person, worry.level, worry.state) == (asha, asha.person, "red", "paging")
    assert EscalationStep.objects.filter(state="fired", user=lee).exists()


def test_n11_a_text_of_somebody_unknown_has_an_owner_a_due_time_and_a_ladder_that_climbs(asha, lee) -> None:
    may = make_member(group=asha.group, user=make_user(person=make_person(given_name="May")), role=Role.CLINICIAN).user
    texts.take_text("SM1", sender="+447700900999", body=RED)
    worry, row = Escalation.objects.get(), InboundText.objects.get()
    assert (worry.person, worry.owner_role, row.owner_role) == (None, "clinician", "clinician")
    assert worry.due_at is not None
    assert row.due_at is not None
    assert EscalationStep.objects.filter(state="fired", user=lee).exists()
    with clock.at(worry.opened_at + dt.timedelta(minutes=7)):
        sweeps.run_due_steps()
    assert EscalationStep.objects.filter(state="fired", user=may).exists()
    assert [heard.door_row() for heard in worry.heard.all()] == [row]


def test_words_after_the_tone_open_a_ladder_once(asha, lee) -> None:
    texts.take_voicemail("RE1", number="+447700900999")
    assert not Escalation.objects.exists()
    texts.take_voicemail("RE1", number="+447700900999", words=RED)
    texts.take_voicemail("RE1", number="+447700900999", words=RED)
    assert Escalation.objects.get().heard.get().door == "voicemail"
    assert InboundText.objects.get().is_risk


def test_where_the_ladder_fails_the_text_is_kept_and_owned(asha, lee, monkeypatch) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise OSError("no rota")

    monkeypatch.setattr("moderation.paging.worry_about_words", broken)
    assert "Thank you for telling us" in texts.take_text("SM1", sender="+447700900999", body=RED)
    assert InboundText.objects.get().owner_role == "clinician"


def test_hours_of_the_night_are_their_wish_too(asha) -> None:
    make_contact(person=asha.person, safe_from=dt.time(16), safe_to=dt.time(20))
    night = dt.datetime.combine(clock.today(), dt.time(23, 40), clock.LONDON)
    with clock.at(night):
        assert rings.line_to(asha.person).wishes == "They asked us to ring between 16:00 and 20:00 only."
    with clock.at(night.replace(hour=18)):
        assert rings.line_to(asha.person).wishes == ""

"""From news to the handset over real HTTP and back: texts, calls, keys, stops, pages (S50, U1–U3, E4, E5)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from moderation import paging, sweeps
from moderation.models import Escalation
from notifications import sweeps as sweep
from notifications.dispatcher import Dispatcher
from notifications.models import CallTask, ContactPoint, Delivery, DeliveryAttempt, InboundText, Notification, OptOut
from notifications.simulator import Simulator
from peer import clock, gate
from peer.actions import waiting
from peer.models import ParentRelationship, Person, Referral, WaitingListEntry
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user
from tests.notifications.conftest import eventually
from tests.notifications.make import make_contact, make_delivery

pytestmark = pytest.mark.django_db(transaction=True)

PAT = "+447700900123"
LANDLINE = "+441632960123"


@pytest.fixture(autouse=True)
def by_day(settings):
    """Noon in London, for every thread of this process: the network's callbacks too."""
    noon = dt.datetime.combine(clock.today(), dt.time(12), clock.LONDON)
    settings.CLOCK_OFFSET = (noon - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.fixture
def kim():
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR, Role.CLINICIAN))


def make_family(*, state: str = "released", may_know: str = "all", number: str = PAT, **contact) -> WaitingListEntry:
    child = make_person(given_name="Asha")
    pat = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat", born_on=None)
    ParentRelationship.objects.create(young_person=child, adult=pat, may_know=may_know)
    make_contact(person=pat, number=number, **contact)
    referral = Referral.objects.create(person=child, reference="R1", referred_on=dt.date(2026, 5, 1))
    released = None if state == "on_hold" else clock.now()
    return WaitingListEntry.objects.create(
        referral=referral, state=state, released_at=released, owner_role="clinician", due_at=clock.now()
    )


def settled(state: str, *, channel: str = "sms") -> None:
    eventually(lambda: set(Delivery.objects.filter(channel=channel).values_list("state", flat=True)) == {state})


def heard(network: Simulator, number: str) -> str:
    return " ".join(entry["body"] for entry in network.ledger(number) if entry["kind"] in {"said", "voicemail"})


def test_good_news_is_one_harmless_text_with_the_family_s_word(site, network, dispatcher: Dispatcher, kim) -> None:
    entry = make_family()
    waiting.decide(entry, by=kim, outcome="accepted", reason="You fit what we do.")
    assert network.texts(PAT) == []
    assert dispatcher.turn() == 1
    (text,) = network.texts(PAT)
    assert text.startswith("robin: there is news about the request you made. Sign in at ")
    assert "Asha" not in text
    settled("delivered")
    assert dispatcher.turn() == 0
    words = list(entry.person.timeline.values_list("words", flat=True))
    assert "A text about the request reached Pat." in words


def test_the_same_news_twice_is_one_text(site, network, dispatcher: Dispatcher, kim) -> None:
    from notifications import reactions
    from peer.news import TriageDecided

    decision = waiting.decide(make_family(), by=kim, outcome="offered", reason="There is a place.")
    reactions.tell(TriageDecided(decision))
    dispatcher.turn()
    dispatcher.turn()
    assert len(network.texts(PAT)) == 1


def test_weighty_news_is_a_call_by_a_person_and_the_text_only_says_when(site, network, dispatcher, kim) -> None:
    waiting.decide(make_family(), by=kim, outcome="not_accepted", reason="Another team is better placed.")
    dispatcher.turn()
    (text,) = network.texts(PAT)
    assert text.startswith("robin: Kim would like to ring you ")
    assert "between 3 and 5" in text
    task = CallTask.objects.get()
    assert (task.about, task.owner, task.contact.where) == ("weighty_news", kim, PAT)
    assert task.ring_from_at is not None


def test_an_adult_who_may_know_routine_news_hears_no_weighty_news(site, network, dispatcher, kim) -> None:
    entry = make_family(may_know="routine")
    waiting.decide(entry, by=kim, outcome="not_accepted", reason="Another team is better placed.")
    dispatcher.turn()
    assert network.texts() == []
    assert CallTask.objects.get(about="weighty_news").person == entry.person


def test_the_first_hello_says_nothing_and_a_person_rings(site, network, dispatcher, kim) -> None:
    make_family(state="on_hold", number=PAT)
    ContactPoint.objects.update(state="unproved", your_word=None)
    waiting.release_cohort(gate.SERVICE, by=kim, size=1)
    dispatcher.turn()
    (text,) = network.texts(PAT)
    assert text.startswith("A message for Asha's family from Meanwhile. We will ring you.")
    assert CallTask.objects.get().about == "first_hello_call"


def test_a_landline_hears_the_news_only_after_the_word(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="1,76246,1", after_ms=5)
    waiting.decide(make_family(number=LANDLINE), by=kim, outcome="accepted", reason="You fit what we do.")
    dispatcher.turn()
    settled("delivered", channel="call")
    eventually(lambda: heard(network, LANDLINE).count("They have said yes. Asha is on the list.") == 2)
    assert heard(network, LANDLINE).startswith("Hello. This is a message for Pat.")
    assert Notification.objects.get().confirmed_at is not None


def test_a_wrong_word_hears_no_news_and_a_person_rings(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="1,1111,2222,3333", after_ms=5)
    waiting.decide(make_family(number=LANDLINE), by=kim, outcome="accepted", reason="You fit what we do.")
    dispatcher.turn()
    eventually(lambda: CallTask.objects.filter(about="ring_me").exists())
    assert "Asha" not in heard(network, LANDLINE)
    assert "said yes" not in heard(network, LANDLINE)


def test_pressing_one_alone_speaks_no_name_but_the_agreed_one_and_no_news(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="1", after_ms=5)
    waiting.decide(make_family(number=LANDLINE), by=kim, outcome="accepted", reason="You fit what we do.")
    dispatcher.turn()
    settled_calls = Delivery.objects.filter(channel="call", state="undelivered")
    eventually(settled_calls.exists)
    assert "Asha" not in heard(network, LANDLINE)
    again = Delivery.objects.get(turn=2)
    assert again.not_before_at > clock.now() + dt.timedelta(minutes=40)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_machine_hears_a_name_where_agreed_and_never_the_news(site, network, dispatcher, kim, allowed) -> None:
    network.handset(LANDLINE, answers="machine")
    waiting.decide(
        make_family(number=LANDLINE, voicemail_allowed=allowed), by=kim, outcome="accepted", reason="You fit."
    )
    dispatcher.turn()
    eventually(Delivery.objects.filter(channel="call", state="undelivered").exists)
    left = heard(network, LANDLINE)
    assert ("Please ring" in left) == allowed
    assert "request" not in left
    assert "Asha" not in left


def test_the_wrong_person_ends_the_number_for_good(site, network, dispatcher, kim) -> None:
    network.handset(LANDLINE, answers="person", keys="2", after_ms=5)
    waiting.decide(make_family(number=LANDLINE), by=kim, outcome="accepted", reason="You fit what we do.")
    dispatcher.turn()
    eventually(lambda: ContactPoint.objects.get().state == "suspended")
    assert OptOut.objects.current().get().channel == "call"
    eventually(lambda: CallTask.objects.filter(about="not_reached").exists())


def test_stop_is_kept_at_once_and_start_resumes_nothing_old(site, network, dispatcher) -> None:
    contact = make_contact(number=PAT)
    row = make_delivery(contact=contact)
    network.do(PAT, "text", body=" stop ")
    eventually(OptOut.objects.current().exists)
    assert dispatcher.turn() == 0
    row.refresh_from_db()
    assert (row.state, row.body) == ("cancelled", None)
    network.do(PAT, "text", body="START")
    eventually(lambda: not OptOut.objects.current().exists())
    assert dispatcher.turn() == 0
    assert make_delivery(contact=contact)
    assert dispatcher.turn() == 1


def test_a_text_that_only_contains_stop_is_read_by_a_person(site, network) -> None:
    make_contact(number=PAT)
    network.do(PAT, "text", body="please stop telling my mum")
    eventually(InboundText.objects.exists)
    row = InboundText.objects.get()
    assert (row.kind, row.state, row.owner_role) == ("other", "new", "co_ordinator")
    assert not OptOut.objects.exists()
    eventually(lambda: any("Somebody will read your text" in one for one in network.texts(PAT)))


@pytest.mark.parametrize("cover", [True, False])
def test_a_worrying_text_wakes_somebody_or_says_honestly_that_nobody_reads(site, network, dispatcher, cover) -> None:
    lee = make_person(kind=Person.Kind.STAFF, given_name="Lee")
    make_contact(person=lee, number="+447700900999")
    make_contact(number=PAT)
    if cover:
        make_duty(group=make_group(), user=make_user(person=lee))
        gate_duty(clock.now())
    network.do(PAT, "text", body="I want to die")
    eventually(InboundText.objects.filter(is_risk=True).exists)
    eventually(lambda: network.texts(PAT))
    dispatcher.turn()
    (answer,) = network.texts(PAT)
    assert "999" in answer
    if cover:
        assert "waking somebody" in answer
        (page,) = network.texts("+447700900999")
        assert page.startswith("Meanwhile: you are needed now. Press 1 when we ring, or open ")
    else:
        assert "Nobody here can read it before" in answer


def gate_duty(now: dt.datetime) -> None:
    from peer.models import Duty

    Duty.objects.update(from_at=now - dt.timedelta(hours=1), until_at=now + dt.timedelta(hours=1))


def test_a_page_is_a_text_and_a_call_at_once_and_key_one_takes_it(site, network, dispatcher) -> None:
    group = make_group()
    lee = make_user(name="Dr Lee", person=make_person(kind=Person.Kind.STAFF, given_name="Lee"))
    make_member(group=group, user=lee, role=Role.CLINICIAN)
    make_duty(group=group, user=lee)
    gate_duty(clock.now())
    make_contact(person=lee.person, number="+447700900999")
    network.handset("+447700900999", answers="person", keys="1", after_ms=5)
    post = make_post(group=group, state="held_risk", body="words that must not travel")
    with transaction.atomic():
        escalation = paging.worry_about(post, level="red")
    from moderation.models import OnCallShift

    OnCallShift.objects.create(
        group=group, user=lee, state="on", from_at=clock.now() - dt.timedelta(hours=1),
        until_at=clock.now() + dt.timedelta(hours=1), started_at=clock.now(),
    )  # fmt: skip
    sweeps.run_due_steps()
    assert dispatcher.turn() >= 2
    eventually(lambda: Escalation.objects.get(pk=escalation.pk).state == "acknowledged")
    escalation.refresh_from_db()
    assert (escalation.owner, escalation.acknowledged_by_how) == (lee, "key")
    assert len(network.texts("+447700900999")) == 1
    everything = str(network.ledger())
    assert "must not travel" not in everything


def test_the_voice_of_a_call_that_is_over_or_was_never_made_is_refused(site, network, dispatcher, kim, client) -> None:
    from tests.notifications.signing import signed_post

    network.handset(LANDLINE, answers="nobody")
    waiting.decide(make_family(number=LANDLINE), by=kim, outcome="accepted", reason="You fit what we do.")
    dispatcher.turn()
    attempt = Delivery.objects.filter(channel="call", turn=1).get().attempts.get()
    eventually(attempt.receipts.filter(status="no-answer").exists)
    attempt.refresh_from_db()
    late = signed_post(client, f"/webhooks/twilio/call/{attempt.token}/word/", CallSid=attempt.sid, Digits="76246")
    assert (late.status_code, late.content) == (403, b"no")
    never = signed_post(client, f"/webhooks/twilio/call/{'0' * 32}/word/", CallSid="CA1", Digits="76246")
    assert (never.status_code, never.content) == (403, b"no")


MAIL = "pat@example.org"


@pytest.fixture
def mailed():
    """Asha's parent with an e-mail address and a phone."""
    entry = make_family()
    pat = entry.person.adults.get().adult
    ContactPoint.for_email(MAIL, person=pat, source="test", your_word="robin", state="proved", proved_at=clock.now()).save()  # fmt: skip
    return entry


def test_news_by_e_mail_is_harmless_and_the_text_waits_for_a_sign(site, network, dispatcher, kim, mailed) -> None:
    waiting.decide(mailed, by=kim, outcome="accepted", reason="You fit what we do.")
    dispatcher.turn()
    (letter,) = network.letters(MAIL)
    assert letter.startswith("robin: there is news\n\nHello Pat,")
    assert "Asha" not in letter
    (entry,) = network.ledger(MAIL)
    assert entry["attempt"] == DeliveryAttempt.objects.get().token
    assert network.texts(PAT) == []
    assert Delivery.objects.get(channel="email").state == "accepted"


@pytest.mark.parametrize(
    ("fault", "state", "doubted"),
    [
        ("refuse", "failed", "suspect"),
        ("refuse_now", "pending", "proved"),
        ("busy", "pending", "proved"),
        ("reset", "ambiguous", "proved"),
        ("accept_then_reset", "ambiguous", "proved"),
    ],
)
def test_what_a_mail_server_says_is_never_a_second_e_mail(site, network, dispatcher, kim, mailed, fault, state, doubted) -> None:  # fmt: skip
    network.fault("email", fault)
    waiting.decide(mailed, by=kim, outcome="accepted", reason="You fit what we do.")
    dispatcher.turn()
    row = Delivery.objects.get(channel="email")
    assert row.state == state
    assert ContactPoint.objects.get(kind="email").state == doubted
    with clock.at(clock.now() + dt.timedelta(minutes=2)):
        sweep.sweep()
    row.refresh_from_db()
    if state == "ambiguous":
        assert (row.state, Delivery.objects.get(channel="sms").state) == ("unknown", "pending")
    assert len(network.letters(MAIL)) == (fault == "accept_then_reset")


def test_without_a_mail_server_that_answers_nothing_is_lost(site, network, dispatcher, kim, mailed, settings) -> None:
    settings.EMAIL_PORT = 9
    waiting.decide(mailed, by=kim, outcome="accepted", reason="You fit what we do.")
    dispatcher.turn()
    assert (Delivery.objects.get(channel="email").state, Delivery.objects.get(channel="email").reason) == ("pending", "unreachable")  # fmt: skip

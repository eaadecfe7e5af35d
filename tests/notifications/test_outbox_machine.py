"""The outbox under every order of acts: nothing twice, nothing after a stop, nothing lost in silence (safety 2c)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from notifications import consequences, intents, outbox, sweeps
from notifications.actions import codes as code_acts
from notifications.actions import outbox as by_hand
from notifications.actions import texts, voice, webhooks
from notifications.intents import Intent
from notifications.models import (
    CallTask,
    ContactPoint,
    Delivery,
    DeliveryAttempt,
    Duty,
    Letter,
    Notification,
    OptOut,
    SendingHold,
)
from notifications.models.outbox import ENDS
from notifications.outbox import Begun
from notifications.providers.port import (
    Accepted,
    AmbiguousFailure,
    NotMade,
    PermanentFailure,
    Seen,
    TemporaryFailure,
)
from notifications.topics import Topic
from notifications.waits import wait
from peer import clock
from peer.clock import LONDON
from peer.events import emit
from peer.models import ParentRelationship, Person
from peer.news import WaitOpened
from peer.roles import Role
from tests import machines
from tests.make import make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db

PAT, LEE = "+447700900111", "+447700900999"
NEWS = {"sms": "news", "call": "request_accepted", "email": "news", "letter": "news"}
PLAIN = {"sms": "we_will_ring", "call": "we_will_ring"}
GOING = ("sending", "ambiguous", "accepted", "sent", "undelivered", "failed", "unknown", "delivered")
LEASED = ("claimed", "sending")
STATUSES = {
    "sms": ("queued", "sending", "sent", "delivered", "undelivered", "failed", "read", "no such status"),
    "call": ("initiated", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "no such status"),
}
CODES = ("", "30003", "30006", "30007", "99999")
REFUSALS = ("21211", "21610", "21614", "21602", "99999", "no_such_code")
ANSWERS = (
    "yes",
    "yes",
    "yes, unheard",
    "yes, heard late",
    "lost",
    "not now",
    "wait",
    "no",
    "worker died",
    "worker died late",
)
LATER = (1, 20, 61, 5 * 60, 11 * 60, 3600, 5 * 3600, 13 * 3600, 25 * 3600, 49 * 3600, 73 * 3600)
WORDS = ("1", "1", "hello?", "CALL", "START", "START NEWS", "STOP NEWS", "STOP", "WRONG")
KINDS = ("news", "news", "words that need no sign", "page", "code")
some = st.integers(0, 9)
seldom = st.sampled_from([False, False, False, True])
answers = st.lists(st.sampled_from(ANSWERS), min_size=4, max_size=4)
refusals = st.sampled_from(REFUSALS)
MOST_DAYS = 16
serial = itertools.count(1)


@dataclass(frozen=True)
class Copy:
    """One message that the network took, as its ledger keeps it."""

    token: str
    sid: str
    channel: str
    to: str
    body: str
    at: dt.datetime


@dataclass(frozen=True)
class Hand:
    """A worker between its commit and its socket, and until when it may open it."""

    begun: Begun
    until: dt.datetime


class Outbox(machines.Machine):
    """One family, one member of staff, the outbox, and a network that tells the truth late, twice or never."""

    def __init__(self) -> None:
        super().__init__()
        self.leases: list[tuple[str, dt.datetime]] = []
        self.hands: list[Hand] = []
        self.unheard: list[tuple[Begun, Accepted]] = []
        self.ledger: list[Copy] = []
        self.words: dict[int, tuple[str, str, str]] = {}
        self.states: dict[int, str] = {}
        self.stops: set[tuple[str, str]] = set()
        self.dead: set[int] = set()
        self.again: Counter[tuple[str, str, str]] = Counter()
        self.told_by_hand: set[int] = set()

    @initialize(email=st.booleans(), phone=st.booleans(), address=st.booleans())
    def a_family(self, email: bool, phone: bool, address: bool) -> None:
        self.child = make_person(given_name="Asha")
        self.pat = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat", born_on=None)
        if address:
            self.pat.address = "1 Elm Road"
            self.pat.save()
        ParentRelationship.objects.create(young_person=self.child, adult=self.pat, may_know="all")
        if phone or not email:
            make_contact(person=self.pat, number=PAT)
        if email:
            mail = ContactPoint.for_email("pat@example.org", person=self.pat, source="test", your_word="robin")
            mail.state, mail.proved_at = "proved", clock.now()
            mail.save()
        self.lee = make_person(kind=Person.Kind.STAFF, given_name="Lee")
        make_contact(person=self.lee, number=LEE)
        self.kim = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
        self.queue("news")

    # ── What is to be told ──────────────────────────────────────────────────────────────────────────────────────────
    def _queue(self, person: Person, **options) -> None:
        intents.queue(Intent(event_key=f"machine:{next(serial)}:1", person=person, **options))
        self._read_words()

    @rule(what=st.sampled_from(KINDS), answers=answers, code=refusals)
    def queue_and_send(self, what: str, answers: list[str], code: str) -> None:
        self.queue(what)
        self.send_what_is_due(answers, code)

    @rule(what=st.sampled_from(KINDS))
    def queue(self, what: str) -> None:
        if what == "news":
            self._queue(
                self.pat, subject=Person.objects.get(pk=self.child.pk), purpose="request_accepted", duty=Duty.FAMILY,
                words=NEWS, topic=Topic.NEWS, values={"young_person": "Asha"}, lives=wait("family"), cascade="news",
            )  # fmt: skip
        elif what == "page":
            words, link = {"sms": "page_link", "call": "page"}, {"link": "http://localhost/page/x/"}
            self._queue(self.lee, purpose="page", duty=Duty.PAGE, words=words, values=link, lives=wait("page"))
        elif what == "code":
            self._send_code()
        else:
            self._queue(
                self.pat, purpose="we_will_ring", duty=Duty.FAMILY, words=PLAIN, lives=wait("family"), owes_call=True,
                values={"caller": "Kim", "ring_when": "soon"},
            )  # fmt: skip

    def _send_code(self) -> None:
        contact = ContactPoint.objects.filter(person=self.pat, kind="mobile").first()
        if contact is not None:
            code_acts.send(contact, by=code_acts.SIGN_IN, code="123456")
            self._read_words()

    def _read_words(self) -> None:
        for row in Delivery.objects.exclude(pk__in=self.words).select_related("contact"):
            self.words[row.pk] = _same(row.channel, row.contact.where, row.body or "")

    # ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────
    @rule(most=st.integers(1, 4), duties=st.sampled_from([tuple(Duty), (Duty.PAGE,)]))
    def claim(self, most: int, duties: tuple[Duty, ...]) -> None:
        token = outbox.claim(duties=duties, most=most)
        if token:
            self.leases.append((token, clock.now()))
            if SendingHold.objects.current().exists():
                assert set(Delivery.objects.filter(lease_token=token).values_list("duty", flat=True)) == {Duty.PAGE}

    @precondition(lambda self: self.leases)
    @rule(which=some)
    def begin(self, which: int) -> None:
        token, at = self.leases.pop(which % len(self.leases))
        confirmed = set(Notification.objects.exclude(confirmed_at=None).values_list("pk", flat=True))
        for begun in outbox.begin(token):
            self._may_have_begun(begun.delivery, confirmed)
            self.hands.append(Hand(begun, at + wait("lease") - wait("answer") * 1.5))

    def _may_have_begun(self, row: Delivery, confirmed: set[int]) -> None:
        told, now = row.notification, clock.now().astimezone(LONDON)
        assert not {told.recipient_id, told.subject_id} & self.dead, "begun after a death"
        if row.contact.person_id == self.pat.pk:
            assert not {(row.channel, ""), (row.channel, told.topic)} & self.stops, "begun after a stop"
        assert row.expires_at > clock.now()
        assert row.contact.state != "suspended"
        if row.duty != Duty.FAMILY:
            return
        assert told.pk not in confirmed, "begun after it was received"
        assert row.contact.state == "proved"
        assert 8 <= now.hour < 20, "begun at night"
        today = DeliveryAttempt.objects.filter(
            delivery__contact=row.contact, delivery__duty=Duty.FAMILY, delivery__channel="sms",
            begun_at__gte=now.replace(hour=0, minute=0, second=0), outcome__in=outbox.PERHAPS_HEARD,
        )  # fmt: skip
        assert today.values("delivery").distinct().count() <= 4 or row.channel != "sms"  # however often each was tried

    @precondition(lambda self: self.hands)
    @rule(which=some, answer=st.sampled_from(ANSWERS), code=refusals)
    def answer(self, which: int, answer: str, code: str) -> None:
        hand = self.hands.pop(which % len(self.hands))
        if clock.now() > hand.until:
            outbox.settle([(hand.begun, NotMade("lease over"))])
        else:
            self._post(hand.begun, answer, code)

    def _post(self, begun: Begun, answer: str, code: str) -> None:
        row = begun.delivery
        if answer.startswith("yes") or answer == "worker died late":
            sid = f"{row.channel}{next(serial)}"
            self.ledger.append(Copy(begun.attempt.token, sid, row.channel, begun.to, row.body or "", clock.now()))
            if answer == "yes, heard late":
                self.unheard.append((begun, Accepted(sid)))
            elif not answer.startswith("worker"):
                outbox.settle([(begun, Accepted(sid) if answer == "yes" else AmbiguousFailure("no_answer"))])
            return
        failures = {
            "lost": AmbiguousFailure("500"),
            "not now": TemporaryFailure("unreachable"),
            "wait": TemporaryFailure("20429", retry_after=90),
            "no": PermanentFailure(code),
        }
        if answer in failures:
            outbox.settle([(begun, failures[answer])])
            if answer == "no" and code == "21610" and row.contact.person_id == self.pat.pk:
                self.stops.add((row.channel, ""))

    @precondition(lambda self: self.unheard)
    @rule(which=some)
    def hear_a_late_yes(self, which: int) -> None:
        outbox.settle([self.unheard.pop(which % len(self.unheard))])

    @rule(answers=answers, code=refusals)
    def send_what_is_due(self, answers: list[str], code: str) -> None:
        self.claim(4, tuple(Duty))
        while self.leases:
            self.begin(0)
        for number in range(len(self.hands)):
            self.answer(0, answers[number % len(answers)], code)

    # ── What the network and people say ─────────────────────────────────────────────────────────────────────────────
    @precondition(lambda self: self.ledger)
    @rule(which=some, told=st.lists(st.integers(0, 7), min_size=1, max_size=4), code=st.sampled_from(CODES))
    def call_back(self, which: int, told: list[int], code: str) -> None:
        copy = self.ledger[-1 - which % len(self.ledger)]
        for number in told if copy.channel != "email" else []:
            webhooks.take_status(copy.token, sid=copy.sid, status=STATUSES[copy.channel][number], code=code)

    @precondition(lambda self: any(copy.channel == "call" for copy in self.ledger))
    @rule(which=some, does=st.sampled_from(["hears", "wrong number", "hangs up"]))
    def pick_up(self, which: int, does: str) -> None:
        calls = [copy for copy in self.ledger if copy.channel == "call"]
        copy = calls[-1 - which % len(calls)]
        step, keys = {"hears": ("word", "76246"), "wrong number": ("who", "2"), "hangs up": ("who", "")}[does]
        said = voice.hear(copy.token, step=step, sid=copy.sid, digits=keys)
        told = Notification.objects.get(deliveries__attempts__token=copy.token)
        if said is not None and does == "hears" and told.duty == Duty.FAMILY:
            assert told.confirmed_at is not None
        if said is not None and does == "wrong number" and copy.to == PAT:
            self.stops.add(("call", ""))

    @rule(word=st.sampled_from(WORDS), sure=seldom)
    def text_us(self, word: str, sure: bool) -> None:
        if word in ("STOP", "WRONG") and not sure:
            return
        texts.take_text(f"in{next(serial)}", sender=PAT, body=word)
        stop = ("sms", "news" if "NEWS" in word else "")
        if word.startswith("STOP"):
            self.stops.add(stop)
        elif word == "START":
            self.stops = {one for one in self.stops if one[0] != "sms"}
        else:
            self.stops -= {stop} if word == "START NEWS" else set()

    @rule()
    def speak_to_us(self) -> None:
        """A conversation proves the number again, and they take their stop back."""
        for contact in ContactPoint.objects.filter(person=self.pat).exclude(state="proved"):
            contact.move_to("proved", proved_at=clock.now())
        OptOut.objects.current().update(ended_at=clock.now())
        self.stops = set()

    @precondition(lambda self: self.ledger)
    @rule()
    def open_the_page(self) -> None:
        emit(WaitOpened(self.pat))
        assert not Notification.objects.filter(recipient=self.pat, topic="news", confirmed_at=None).exists()

    @rule(how=st.sampled_from([by_hand.ARRIVED, by_hand.AGAIN, by_hand.RING]), which=some)
    def settle_by_hand(self, how: str, which: int) -> None:
        rows = list(Delivery.objects.stuck().exclude(state="sending"))
        if rows:
            row = rows[which % len(rows)]
            by_hand.settle(row, by=self.kim, how=how, reason="I asked them")
            if how == by_hand.AGAIN and row.duty == Duty.FAMILY:
                self.again[self.words[row.pk]] += 1
            self.told_by_hand |= {row.pk} if how == by_hand.ARRIVED else set()

    @precondition(lambda self: len(self.words) > 3)
    @rule(who=st.sampled_from(["child", "pat"]), sure=seldom)
    def die(self, who: str, sure: bool) -> None:
        person = getattr(self, who)
        if not sure or person.pk in self.dead:
            return
        Person.objects.filter(pk=person.pk).update(deceased_at=clock.now())
        person.refresh_from_db()
        consequences.forget(person)
        self.dead.add(person.pk)

    # ── Time, and what it carries on ────────────────────────────────────────────────────────────────────────────────
    @rule(seconds=st.sampled_from(LATER), answers=answers, code=refusals)
    def time_goes_by(self, seconds: int, answers: list[str], code: str) -> None:
        self.later(seconds=seconds)
        self.sweep()
        self.look_up(True, False)
        self.send_what_is_due(answers, code)

    @rule(seconds=st.sampled_from(LATER))
    def nobody_works(self, seconds: int) -> None:
        self.later(seconds=seconds)

    @rule()
    def sweep(self) -> None:
        sweeps.sweep()
        self._read_words()

    @rule(answers=st.booleans(), lags=st.booleans())
    def look_up(self, answers: bool, lags: bool) -> None:
        for row, attempt in sweeps.unsure():
            since, until = sweeps.since(attempt), clock.now() - dt.timedelta(minutes=5 if lags else 0)
            seen = [
                Seen(copy.sid, copy.body if copy.channel == "sms" else "", copy.at)
                for copy in self.ledger
                if (copy.channel, copy.to) == (row.channel, row.contact.where) and since <= copy.at <= until
            ]
            sweeps.resolve(row, attempt, seen if answers else AmbiguousFailure("no_answer"))

    @rule(begins=seldom)
    def hold(self, begins: bool) -> None:
        SendingHold.objects.current().update(ended_at=clock.now(), is_current=False)
        if begins:
            SendingHold.objects.create(why="restored")

    # ── What must hold ──────────────────────────────────────────────────────────────────────────────────────────────
    @invariant()
    def nothing_goes_wrong_in_silence(self) -> None:
        assert self.troubles.seen == []

    @invariant()
    def every_row_is_what_it_says(self) -> None:
        tried = set(DeliveryAttempt.objects.values_list("delivery_id", flat=True))
        for row in Delivery.objects.all():
            assert row.state in Delivery.State.values
            assert bool(row.lease_token) == bool(row.lease_until_at) == (row.state in LEASED), row
            assert row.state not in GOING or row.pk in tried | self.told_by_hand, row
            assert row.state in ENDS or (row.owner_role and row.due_at), row
            self._came_by_a_move(row)
            self.states[row.pk] = row.state

    def _came_by_a_move(self, row: Delivery) -> None:
        before = self.states.get(row.pk, row.state)
        assert row.state == before or row.state in _reachable(before), f"{before} to {row.state}"

    @invariant()
    def news_reaches_nobody_twice(self) -> None:
        family = Delivery.objects.filter(duty=Duty.FAMILY).values_list("pk", flat=True)
        queued = Counter(self.words[pk] for pk in family if pk in self.words) + self.again
        taken = Counter(_same(copy.channel, copy.to, copy.body) for copy in self.ledger)
        for words in queued:
            assert taken[words] <= queued[words], words

    def at_the_end(self) -> None:
        """Let two weeks pass in which the network works: nothing is left, and somebody knows of everything."""
        self.hold(begins=False)
        self.hands, self.leases, rests = [], [], 0
        while not self._is_at_rest():
            self.nothing_goes_wrong_in_silence()
            assert rests < MOST_DAYS, list(Delivery.objects.exclude(state__in=ENDS))
            rests += 1
            self.go_to(clock.now().replace(hour=12, minute=0) + dt.timedelta(days=1))
            self.sweep()
            self.send_what_is_due(["yes"], "")
            self.later(minutes=15)
            self.look_up(True, False)
            self.send_what_is_due(["yes"], "")
        self.nothing_goes_wrong_in_silence()
        self.every_row_is_what_it_says()
        self.news_reaches_nobody_twice()
        for told in Notification.objects.filter(duty=Duty.FAMILY):
            self._somebody_knows(told)

    def _is_at_rest(self) -> bool:
        waits = Notification.objects.unanswered().exclude(due_at=None)
        return not waits.exists() and not Delivery.objects.exclude(state__in=ENDS).exists()

    def _somebody_knows(self, told: Notification) -> None:
        states = set(told.deliveries.values_list("state", flat=True))
        if {told.recipient_id, told.subject_id} & self.dead or told.confirmed_at:
            return
        if told.handed_over_at:
            task = CallTask.objects.filter(event_key=told.event_key, person=told.recipient_id)
            assert task.exists() or Letter.objects.filter(notification=told).exists(), "handed over to nobody"
        else:
            assert not told.topic, "news with patience ended without a sign and without a person"
            assert "delivered" in states, (told, states)


def _same(channel: str, to: str, body: str) -> tuple[str, str, str]:
    """Tell messages apart as their reader can: by words, and calls not at all."""
    return channel, to, body if channel == "sms" else ""


def _reachable(state: str) -> set[str]:
    found, new = set(), {state}
    while new:
        found |= new
        new = {str(one) for state in new for one in Delivery.MOVES.get(state, set())} - found
    return found if state in found and any(state in Delivery.MOVES.get(one, ()) for one in found) else found - {state}


def test_the_outbox_keeps_its_promises_in_every_order(settings) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    machines.run(Outbox, steps=50)

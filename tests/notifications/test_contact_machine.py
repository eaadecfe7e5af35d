"""A number under every order of proofs and doubts: content goes only where somebody has proved who answers (N9, H04)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from notifications import intents, outbox, receipts
from notifications.actions import calls, codes, contacts, texts, voice
from notifications.intents import Intent
from notifications.models import CallTask, ContactPoint, DeliveryReceipt, Duty
from notifications.providers.port import Accepted, PermanentFailure
from notifications.waits import wait
from peer import clock
from peer.families import Way
from peer.models import Person
from peer.roles import Role
from peer.states import IllegalMove
from tests import machines
from tests.make import make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db

OF_THE_NUMBER, OF_OTHERS = ("21211", "21217"), ("21614", "21602", "99999")
LATE_OF_THE_NUMBER, LATE_OF_OTHERS = ("30003", "30005"), ("30006", "30007", "")
NUMBERS = ("+447700900111", "+447700900112")
which = st.sampled_from([0, 1])
serial = itertools.count(1)


@dataclass
class Model:
    """What the rules say of one number, in as few words as they need."""

    state: str = "unproved"
    is_shared: bool = False
    no_texts: bool = False
    no_calls: bool = False

    def proved(self) -> None:
        self.state = "proved"

    def doubted(self) -> None:
        self.state = "suspect" if self.state == "proved" else self.state

    def given_up(self) -> None:
        self.state = "suspended"

    def answered_by_a_stranger(self) -> None:
        self.state = "suspect" if self.state == "proved" else "suspended"


class Contacts(machines.Machine):
    """Two people with a mobile each, and whatever may happen to a number."""

    @initialize()
    def two_numbers(self) -> None:
        self.people = [make_person(kind=Person.Kind.PARENT_CARER, given_name=name) for name in ("Pat", "Sam")]
        for person, number in zip(self.people, NUMBERS, strict=True):
            make_contact(person=person, number=number, state="unproved", your_word="robin")
        self.model = [Model(), Model()]
        self.kim = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))

    def contact(self, which: int) -> ContactPoint:
        return ContactPoint.objects.get(person=self.people[which], where_hash=_hash(which))

    # ── Sending ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _send(self, which: int, *, purpose: str, channel: str, **options) -> outbox.Begun | None:
        """Queue one message by one channel, and let it begin; None where it must not go."""
        contact = self.contact(which)
        intents.queue(
            Intent(
                event_key=f"machine:{next(serial)}:1",
                person=contact.person,
                purpose=purpose,
                lives=wait("family"),
                contact=contact,
                **options,
            )
        )
        begun = outbox.begin(outbox.claim(duties=tuple(Duty), most=50))
        self.later(days=1)  # so that no day has too many texts
        assert len(begun) <= 1
        return begun[0] if begun else None

    def _news(self, which: int, channel: str) -> outbox.Begun | None:
        words = {channel: "we_will_ring"}
        values = {"caller": "Kim", "ring_when": "soon"}
        begun = self._send(which, purpose="we_will_ring", channel=channel, duty=Duty.FAMILY, words=words, values=values)
        model = self.model[which]
        stopped = model.no_texts if channel == "sms" else model.no_calls
        assert (begun is not None) == (model.state == "proved" and not stopped)
        return begun

    @rule(which=which, channel=st.sampled_from(["sms", "call"]), code=st.sampled_from(["", *OF_THE_NUMBER, *OF_OTHERS]))
    def tell_news(self, which: int, channel: str, code: str) -> None:
        begun = self._news(which, channel)
        if begun is not None:
            outbox.settle([(begun, PermanentFailure(code) if code else Accepted(f"SM{next(serial)}"))])
            if code in OF_THE_NUMBER:
                self.model[which].doubted()

    @rule(which=which, code=st.sampled_from([*LATE_OF_THE_NUMBER, *LATE_OF_OTHERS]), twice=st.booleans())
    def news_comes_back(self, which: int, code: str, twice: bool) -> None:
        begun = self._news(which, "sms")
        if begun is not None:
            sid = f"SM{next(serial)}"
            outbox.settle([(begun, Accepted(sid))])
            for status in ("undelivered", "failed") if twice else ("undelivered",):
                receipts.apply(DeliveryReceipt.objects.create(attempt=begun.attempt, sid=sid, status=status, code=code))
            if code in LATE_OF_THE_NUMBER:
                self.model[which].doubted()

    @rule(which=which)
    def say_a_first_hello(self, which: int) -> None:
        begun = self._send(
            which, purpose="first_hello", channel="sms", duty=Duty.FAMILY, words={"sms": "first_hello"},
            values={"whose": "Asha's family"}, to_unproved=True,
        )  # fmt: skip
        model = self.model[which]
        assert (begun is not None) == (model.state in {"unproved", "proved"} and not model.no_texts)
        if begun is not None:
            assert "robin" not in (begun.delivery.body or "")

    @rule(which=which, right=st.booleans())
    def ask_for_a_code(self, which: int, right: bool) -> None:
        codes.send(self.contact(which), by=codes.SIGN_IN, code="123456")
        begun = outbox.begin(outbox.claim(duties=(Duty.CODE,), most=9))
        model = self.model[which]
        may = model.state in {"unproved", "proved"} and not model.is_shared and not model.no_texts
        assert bool(begun) == may
        if may and right and model.state == "unproved":  # as the sign-in does: it proves what is not proved yet
            codes.prove(self.contact(which), by=codes.SIGN_IN)
            model.proved()
        self.later(days=1)

    # ── What people say ─────────────────────────────────────────────────────────────────────────────────────────────
    def _task(self, which: int) -> CallTask:
        contact = self.contact(which)
        return CallTask.objects.create(
            event_key=f"machine:{next(serial)}:1", person=contact.person, contact=contact,
            about=CallTask.About.NOT_REACHED, owner_role=Role.CO_ORDINATOR, due_at=clock.now(),
        )  # fmt: skip

    @rule(which=which)
    def speak_on_the_phone(self, which: int) -> None:
        calls.spoke(self._task(which), by=self.kim, your_word="robin")
        self.model[which].proved()

    @rule(which=which)
    def a_stranger_answers(self, which: int) -> None:
        task = calls.wrong_number(self._task(which), by=self.kim)
        self.model[which].answered_by_a_stranger()
        assert task.state == "open"
        assert task.contact is None or task.contact.where_hash != _hash(which)

    @rule(which=which)
    def refuse_to_be_rung(self, which: int) -> None:
        calls.refused(self._task(which), by=self.kim)
        self.model[which].no_calls = True

    @rule(which=which)
    def nobody_answers(self, which: int) -> None:
        calls.no_answer(self._task(which), by=self.kim)

    @rule(which=which, word=st.sampled_from(["WRONG", "wrong number", "STOP", "START", "who is this?", "stop it", ""]))
    def text_us(self, which: int, word: str) -> None:
        texts.take_text(f"in{next(serial)}", sender=NUMBERS[which], body=word)
        if word.upper().startswith("WRONG"):
            for one in self._held_at(which):
                one.given_up()
        if word in {"STOP", "START"}:
            self.model[which].no_texts = word == "STOP"

    def _held_at(self, which: int) -> list[Model]:
        return [self.model[which]]

    @rule(which=which)
    def press_two_for_a_wrong_number(self, which: int) -> None:
        begun = self._news(which, "call")
        if begun is not None:
            assert voice.hear(begun.attempt.token, step="who", sid=f"CA{next(serial)}", digits="2") is None  # a day ago
            attempt = begun.attempt
            attempt.begun_at = clock.now()
            attempt.sid = ""
            attempt.save()
            voice.hear(attempt.token, step="who", sid="CA0", digits="2")
            self.model[which].given_up()
            self.model[which].no_calls = True

    @precondition(lambda self: {one.state for one in self.model} != {"suspended"})
    @rule(which=which)
    def put_aside(self, which: int) -> None:
        contact = self.contact(which)
        if self.model[which].state == "suspended":
            with pytest.raises(IllegalMove):
                contacts.put_aside(contact, by=self.kim, reason="no longer theirs")
        else:
            contacts.put_aside(contact, by=self.kim, reason="no longer theirs")
            self.model[which].given_up()

    @rule(which=which)
    def another_person_gives_the_same_number(self, which: int) -> None:
        other = make_person(given_name=f"Lou {next(serial)}")
        (new,) = contacts.add(other, by=self.kim, ways=[(other, Way(number=NUMBERS[which]))], source="file")
        assert (new.state, new.is_shared) == ("unproved", True)
        self.model[which].is_shared = True

    # ── What must hold ──────────────────────────────────────────────────────────────────────────────────────────────
    @invariant()
    def the_number_is_what_the_rules_say(self) -> None:
        for number, model in enumerate(getattr(self, "model", [])):
            contact = self.contact(number)
            assert (contact.state, contact.is_shared) == (model.state, model.is_shared)
            assert model.state != "proved" or (contact.proved_at and contact.proved_how and not contact.doubt)
            assert model.state not in {"suspect", "suspended"} or contact.doubt, "nobody can say why"

    @invariant()
    def nothing_goes_wrong_in_silence(self) -> None:
        assert self.troubles.seen == []


def _hash(which: int) -> str:
    from notifications import numbers

    return numbers.hashed(NUMBERS[which])


def test_no_content_goes_to_a_number_that_nobody_has_proved_whatever_happened_before() -> None:
    machines.run(Contacts)

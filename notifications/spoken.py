"""A call, moment by moment: its real steps walked with rows that were never saved, so one sees what is said when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import languages, messages, ring_in, speech, voice
from notifications.catalogue import Message
from notifications.models import Channel, ContactPoint, Delivery, DeliveryAttempt, Notification
from notifications.ring_in import Rung
from notifications.voice import MOST_WRONG, Heard, Said
from peer.models import Person

WRONG = "*"  # no word has this key
A_MACHINE = "machine_start"


@dataclass(frozen=True)
class Moment:
    """What happens, what is said then, and what the call waits for after it."""

    what: Promise | str
    sentences: tuple[str, ...]
    then: Promise | str


@dataclass(frozen=True, kw_only=True)
class _Turn:
    """One moment to walk to: the step, what leads there, and how the world is then."""

    what: Promise | str
    step: str
    digits: str = ""
    by_machine: bool = False
    wrong: int = 1
    is_ours: bool = True  # the page is theirs to take; the caller's word is known; there is news


PICKED_UP = _("They pick up")
MAIN = (
    _Turn(what=PICKED_UP, step="start"),
    _Turn(what=_("They press 1: it is them"), step="who", digits="1"),
    _Turn(what=_("They press 1: a person rings with an interpreter"), step="interpreter", digits="1"),
    _Turn(what=_("They type the right word"), step="word", digits="right"),
    _Turn(what=_("They press 1"), step="page", digits="1"),
)
OFFERED = (
    _Turn(what=_("They press 1: yes"), step="asked", digits="1"),
    _Turn(what=_("They press 2: no"), step="asked", digits="2"),
    _Turn(what=_("They press 3: a person rings"), step="asked", digits="3"),
)
SAID_NEXT = {
    "offer_call": {"1": "offer_yes", "2": "offer_no", "3": "ring_me"},
    "own_say": {"1": "own_yes", "2": "own_no", "3": "ring_me"},
}
ASIDES = (
    _Turn(what=_("They press 1, but somebody was quicker"), step="page", digits="1", is_ours=False),
    _Turn(what=_("They press nothing, or another key"), step="page"),
    _Turn(what=_("They press 2: it is the wrong number"), step="who", digits="2"),
    _Turn(what=_("They press 2: it is the wrong number"), step="interpreter", digits="2"),
    _Turn(what=_("They press nothing, or another key"), step="who"),
    _Turn(what=_("They type a wrong word"), step="word", digits=WRONG),
    _Turn(what=_("… for the third time"), step="word", digits=WRONG, wrong=MOST_WRONG),
    _Turn(what=_("After the news they press 2: ring me"), step="after", digits="2"),
    _Turn(what=_("After the news they press 3: they want to say something"), step="after", digits="3"),
    _Turn(what=_("They have spoken"), step="said"),
    *OFFERED,
    _Turn(what=_("A machine takes the call"), step="start", by_machine=True),
)
MAIN_IN = (
    _Turn(what=_("We pick up"), step="start"),
    _Turn(what=_("They press 1: a person rings with an interpreter"), step="interpreter", digits="1"),
    _Turn(what=_("They press 1: their news"), step="choice", digits="1"),
    _Turn(what=_("They type the right word"), step="word", digits="right"),
)
ASIDES_IN = (
    _Turn(what=_("They type the right word, and there is no news"), step="word", digits="right", is_ours=False),
    _Turn(what=_("They press 1, and we agreed no word with them"), step="choice", digits="1", is_ours=False),
    _Turn(what=_("They type a wrong word"), step="word", digits=WRONG),
    _Turn(what=_("… for the third time"), step="word", digits=WRONG, wrong=MOST_WRONG),
    _Turn(what=_("They press 2: ring me"), step="choice", digits="2"),
    _Turn(what=_("They press 3: they want to say something"), step="choice", digits="3"),
    _Turn(what=_("They have spoken"), step="said"),
    _Turn(what=_("They press nothing, or another key"), step="choice"),
)
Walked = tuple[list[Moment], list[Moment]]


def answered(
    person: Person, contact: ContactPoint, message: Message, body: str, language: str, *, read_when: str
) -> Walked:
    """Walk through a call that we make: the way to the news, then everything else that may happen."""
    spoken_in = ContactPoint(
        person=person,
        kind=contact.kind,
        your_word=contact.your_word,
        voicemail_allowed=contact.voicemail_allowed,
        language=language,
    )
    delivery = Delivery(
        notification=Notification(recipient=person, duty=message.duty, purpose=message.purpose),
        channel=Channel.CALL,
        contact=spoken_in,
        duty=message.duty,
        body=body,
        state=Delivery.State.DELIVERED,
    )
    attempt = DeliveryAttempt(delivery=delivery)
    right = next(iter(sorted(voice.proofs(attempt))), "")

    def hear(turn: _Turn) -> Said:
        return voice.STEPS[turn.step](
            Heard(
                attempt=attempt,
                digits=right if turn.digits == "right" else turn.digits,
                answered_by=A_MACHINE if turn.by_machine else "",
                read_when=read_when,
                heard_news=_nothing,
                wrong_number=_nothing,
                ring_me=_nothing,
                take_page=lambda: turn.is_ours,
                wrong_word=lambda: turn.wrong,
                ask_for_interpreter=_nothing,
                own=_fixed(language),
                answer=lambda key: SAID_NEXT[message.purpose].get(key, "goodbye"),
            )
        )

    return _walk(MAIN, ASIDES, hear)


def rung(news: str, language: str, *, read_when: str) -> Walked:
    """Walk through a call that somebody makes to us."""

    def hear(turn: _Turn) -> Said:
        return ring_in.STEPS[turn.step](
            Rung(
                digits=turn.digits,
                language=language,
                has_word=turn.is_ours,
                is_proved=True,
                read_when=read_when,
                is_right=lambda keys: keys == "right",
                wrong_word=lambda: turn.wrong,
                hear_news=lambda: news if turn.is_ours else "",
                ring_me=_nothing,
                ask_for_interpreter=_nothing,
                own=_fixed(language),
            )
        )

    return _walk(MAIN_IN, ASIDES_IN, hear)


def _fixed(language: str) -> Callable[[str], str]:
    """Give the fixed sentences as they are written, whoever or whatever says them in the call."""
    spoken = languages.spoken(language)

    def own(name: str) -> str:
        if spoken != languages.ENGLISH:
            return speech.written(name, spoken)
        return "" if name in speech.NAMING else messages.fill("call", name)

    return own


def _nothing() -> None:
    """Change nothing: this call is not made."""


def _walk(main: tuple[_Turn, ...], asides: tuple[_Turn, ...], hear: Callable[[_Turn], Said]) -> Walked:
    """Hear each moment that the call can come to from those before it."""
    doors = {"start"}
    walked: Walked = ([], [])
    for moments, turns in zip(walked, (main, asides), strict=True):
        for turn in turns:
            if turn.step in doors:
                said = hear(turn)
                doors.add(said.to)
                moments.append(Moment(turn.what, tuple(map(str, said.sentences)), _then(said)))
    return walked


def _then(said: Said) -> Promise | str:
    if not said.to:
        return _("The call ends.") if said.sentences else _("The call ends without a word.")
    if said.records:
        return _("A tone. They speak, and press the hash key.")
    return _("It waits for one key.") if said.keys == 1 else _("It waits for their keys and the hash key.")

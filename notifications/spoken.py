"""A call, moment by moment: its real steps walked with rows that were never saved, so one sees what is said when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.models import Escalation
from notifications import coming, join_in, languages, messages, on_phone, ring_in, sessions, speech, voice
from notifications.catalogue import Message
from notifications.join_in import Joining, Stand
from notifications.models import Channel, ContactPoint, Delivery, DeliveryAttempt, Notification, Ring
from notifications.on_phone import OnPhone, Worry
from notifications.ring_in import Rung
from notifications.voice import MOST_WRONG, Answer, Dialled, Heard, Meeting, Said
from peer import clock
from peer.models import Person

_ONE_KEY, _KEYS = _("It waits for one key."), _("It waits for their keys and the hash key.")
SOMEBODY = "Asha"  # an invented first name
NOWHERE = Dialled("", "")
SOME_MEETING = Meeting("", is_host=False, only_listens=False, lasts=0)
ENDS = [one for one in Ring.Outcome.values if one != Ring.Outcome.NOT_TAKEN]
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
    has_pin: bool = True


PICKED_UP = _("They pick up")
MAIN = (
    _Turn(what=PICKED_UP, step="start"),
    _Turn(what=_("They press 1: it is them"), step="who", digits="1"),
    _Turn(what=_("They press 1: a person rings with an interpreter"), step="interpreter", digits="1"),
    _Turn(what=_("They type the right word"), step="word", digits="right"),
    _Turn(what=_("They press 1"), step="page", digits="1"),
    _Turn(what=_("They press 1: the other person is rung"), step="through", digits="1"),
)
OFFERED = (
    _Turn(what=_("They press 1: yes"), step="asked", digits="1"),
    _Turn(what=_("They press 2: no"), step="asked", digits="2"),
    _Turn(what=_("They press 3: a person rings"), step="asked", digits="3"),
)
COMING = (
    _Turn(what=_("They press 1: they come"), step="coming", digits="1"),
    _Turn(what=_("They press 1, and all places are taken"), step="coming", digits="1", is_ours=False),
    _Turn(what=_("They press 2: another time"), step="coming", digits="2"),
    _Turn(what=_("They press 2, and there is no other time"), step="coming", digits="2", is_ours=False),
    _Turn(what=_("They press 3: not this time"), step="coming", digits="3"),
    _Turn(what=_("They press a key, and it is over"), step="coming", digits="3", is_ours=False),
)
SAID_NEXT = {
    "offer_call": {"1": "offer_yes", "2": "offer_no", "3": "ring_me"},
    "own_say": {"1": "own_yes", "2": "own_no", "3": "ring_me"},
}
ASIDES = (
    _Turn(what=_("They press 1, but somebody was quicker"), step="page", digits="1", is_ours=False),
    _Turn(what=_("They press 1, and have no PIN"), step="page", digits="1", has_pin=False),
    _Turn(what=_("They press 2: the next person"), step="page", digits="2"),
    _Turn(what=_("They press nothing, or another key"), step="page"),
    _Turn(what=_("They press nothing, or another key"), step="through"),
    _Turn(what=_("They press 2: it is the wrong number"), step="who", digits="2"),
    _Turn(what=_("They press 2: it is the wrong number"), step="interpreter", digits="2"),
    _Turn(what=_("They press nothing, or another key"), step="who"),
    _Turn(what=_("They type a wrong word"), step="word", digits=WRONG),
    _Turn(what=_("… for the third time"), step="word", digits=WRONG, wrong=MOST_WRONG),
    _Turn(what=_("After the news they press 2: ring me"), step="after", digits="2"),
    _Turn(what=_("After the news they press 3: they want to say something"), step="after", digits="3"),
    _Turn(what=_("They have spoken"), step="said"),
    *OFFERED,
    *COMING,
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
                pass_page=lambda: turn.is_ours,
                may_go_on=lambda: turn.has_pin,
                put_through=lambda: (SOMEBODY, NOWHERE),
                wrong_word=lambda: turn.wrong,
                ask_for_interpreter=_nothing,
                own=_fixed(language),
                join_in=lambda: join_in.arrived(_joining()),
                answer=lambda key: SAID_NEXT[message.purpose].get(key, "goodbye"),
                come=lambda key: _come(key, is_ours=turn.is_ours, read_when=read_when),
            )
        )

    main, asides = _walk(MAIN, ASIDES, hear)
    if message.purpose == voice.RING:
        asides.append(Moment(_("The other person picks up"), (messages.fill("call", "ring_hello"),), _ONE_KEY))
    return main, asides


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
                works_here=_nothing,
                own=_fixed(language),
            )
        )

    main, asides = _walk(MAIN_IN, ASIDES_IN, hear)
    return main, asides + _to_a_session() + _with_staff(read_when)


def _to_a_session() -> list[Moment]:
    """Walk through what somebody hears who pressed 4: a code, the wait, and each way in which a host decides."""

    def said(step: str, what: Promise | str, **world: Any) -> Moment:
        heard = join_in.STEPS[step](_joining(**world))
        return Moment(what, tuple(map(str, heard.sentences)), _then(heard))

    ends = {
        Stand.NOT_NOW: _("A host asks them to ring later"),
        Stand.NOBODY: _("No host is there in time"),
        Stand.OVER: _("It ends, or is ended for them"),
    }
    return [
        Moment(_("They press 4: they have a code"), (messages.fill("call", "join_code"),), _KEYS),
        said("code", _("They type a code that opens nothing now, whatever the reason"), is_right=False),
        said("code", _("… for the third time"), is_right=False, wrong=MOST_WRONG),
        said("code", _("They type the right code")),
        said("how", _("They press 1 or 2, and wait")),
        said("hold", _("A host lets them in"), stand=Stand.GOES_IN, meeting=SOME_MEETING),
        *(said("hold", what, stand=stand) for stand, what in ends.items()),
    ]


def _joining(
    *, is_right: bool = True, wrong: int = 1, stand: Stand = Stand.WAITS, meeting: Meeting | None = None
) -> Joining:
    """Give a moment of a call to a session in one world."""
    return Joining(
        digits="1",
        opens=lambda: is_right,
        wrong=lambda: wrong,
        choose=lambda _listens: None,
        stand=lambda: stand,
        meeting=lambda: meeting,
    )


def _come(key: str, *, is_ours: bool, read_when: str) -> Answer:
    """Give what is said to a key about coming, with invented times."""
    values = {"when": _day(1), "times": times(), "before": coming.before(1), "read_when": read_when}
    free = {"1": "session_yes", "2": "session_times", "3": "session_no"}
    taken = {"1": "session_line", "2": "session_ring", "3": "session_late"}
    words = (free if is_ours else taken)[key]
    return Answer(words, values, goes_on=words == "session_times")


def times() -> str:
    """Give as many invented times as somebody is ever offered."""
    return ", ".join(coming.time(number, _day(number)) for number in range(coming.FIRST, coming.FIRST + coming.MOST))


def _day(days: int) -> str:
    return sessions.whole(clock.now() + dt.timedelta(days=days))


def _with_staff(since: str) -> list[Moment]:
    """Walk through what somebody of staff hears who pressed 9: each key, and what it may come to."""
    worry = Worry(1, since, str(Escalation.State.PAGING.label), is_red=True)
    acts = Worry(2, since, str(Escalation.State.ACKNOWLEDGED.label), is_red=False)
    opened = replace(acts, may_hear=True, may_take=True, may_ring=True, may_pass=True)

    def said(step: str, digits: str = "", **world: Any) -> Moment:
        now = _OnPhone(digits=digits, **{"worry": opened} | world)
        heard = on_phone.STEPS[step](now.phone())
        return Moment(world.get("what", ""), tuple(map(str, heard.sentences)), _then(heard))

    gone, more = messages.fill("call", "words_gone"), messages.fill("call", "words_more")
    over = [said("over", what=Ring.Outcome(one).label, outcome=one) for one in ENDS]
    return [
        Moment(_("They press 9: they work here"), (messages.fill("call", "staff_code"),), _KEYS),
        said("code", "123456", what=_("They type a code or their own number")),
        said("pin", "1", what=_("They type a wrong PIN"), is_right=False),
        said("pin", "1", what=_("… for the third time"), is_right=False, wrong=MOST_WRONG),
        said("pin", "1", what=_("They type the right PIN"), worry=worry),
        said("pin", "1", what=_("They type the right PIN, and nothing waits"), worry=None),
        said("key", on_phone.HEAR, what=_("They press 1, and the words are long"), words=("…", more)),
        said("key", on_phone.HEAR, what=_("They press 1, and the words are gone"), words=(gone,)),
        said("key", on_phone.TAKE, what=_("They press 2")),
        said("key", on_phone.TAKE, what=_("They press 2, but somebody was quicker"), is_quickest=False),
        said("key", on_phone.THROUGH, what=_("They press 3")),
        said("key", on_phone.THROUGH, what=_("They press 3, outside the hours that were wished for"), is_wished=False),
        said("key", on_phone.PASS, what=_("They press 4")),
        said("key", on_phone.NEXT, what=_("They press 5")),
        *over,
    ]


@dataclass(frozen=True, kw_only=True)
class _OnPhone:
    """A world in which somebody of staff is on the phone."""

    digits: str
    worry: Worry | None
    what: Promise | str = ""
    is_right: bool = True
    wrong: int = 1
    is_quickest: bool = True
    is_wished: bool = True
    words: tuple[str, ...] = ()
    outcome: str = ""

    def phone(self) -> OnPhone:
        """Give the moment of this world."""
        again = (messages.fill("call", "ring_again"),)
        ringing = (messages.fill("call", "ringing_them", {"young_person": SOMEBODY}),)
        return OnPhone(
            digits=self.digits,
            is_proved=True,
            say_who=_nothing,
            is_right=lambda: self.is_right,
            wrong_pin=lambda: self.wrong,
            worry=lambda: self.worry,
            hear=lambda: self.words,
            take=lambda: self.is_quickest,
            pass_on=lambda: self.is_quickest,
            go_on=_nothing,
            put_through=lambda: (ringing, NOWHERE) if self.is_wished else (again, None),
            came_of=lambda: self.outcome,
        )


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
    if said.dials:
        return _("The other person is rung, and the two are joined.")
    if said.meets:
        return _("They are put on the line with the others.")
    if said.waits:
        return _("They wait. It is said again every few seconds until a host decides.")
    if not said.to:
        return _("The call ends.") if said.sentences else _("The call ends without a word.")
    if said.records:
        return _("A tone. They speak, and press the hash key.")
    return _ONE_KEY if said.keys == 1 else _KEYS

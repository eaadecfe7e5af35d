"""What a call says, step by step: neutral first, content only after the word, and a key for a person (N15, U2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from notifications import messages
from notifications.languages import Sentence, needs_interpreter
from notifications.models import Delivery, DeliveryAttempt, Duty
from notifications.models.contacts import born_in
from notifications.receipts import MACHINES
from peer.answers import HELLO_CALL_DAYS

LETTERS = ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz")
KEYPAD = {mark: key for key, marks in enumerate(LETTERS, 2) for mark in marks}
MOST_WRONG = 3
RING = "ring_through"  # the purpose of a call that puts a clinician through
JOIN = "session_rings"  # the purpose of a call that lets somebody into a session
ASKS = frozenset({"offer_call", "own_say"})  # the purposes of calls that wait for an answer by key
COMES = frozenset(
    {"session_ask", "session_soon", "session_moved", "session_way", "session_place"}
)  # … whether somebody comes
OFFER_VALUES = {"days": str(HELLO_CALL_DAYS)}


@dataclass(frozen=True)
class Dialled:
    """A second line that the call is joined to: the number, and the token under which the network tells of it."""

    number: str
    token: str


@dataclass(frozen=True)
class Meeting:
    """A meeting that the call goes into: the network's name for it, as what, and for how many seconds at most."""

    line: str
    is_host: bool
    only_listens: bool
    lasts: int


@dataclass(frozen=True)
class Said:
    """What is said next, and where keys go, or what is spoken after a tone; no `to` means that the call ends.

    `otherwise` is the goodbye where no key is pressed; empty, it is the English one. `with_staff` sends keys to the
    steps of `on_phone`, `joins` to those of `join_in`; `waits` goes on by itself in a few seconds, `dials` joins the
    call to another line, and `meets` to a meeting.
    """

    sentences: tuple[Sentence, ...] = ()
    to: str = ""
    keys: int | None = 1
    records: bool = False
    otherwise: Sentence = ""
    with_staff: bool = False
    joins: bool = False
    waits: bool = False
    dials: Dialled | None = None
    meets: Meeting | None = None


@dataclass(frozen=True)
class Answer:
    """What is said to a number or a key about coming: the file, its values, and whether another may follow."""

    words: str
    values: Mapping[str, str] = field(default_factory=dict)
    goes_on: bool = False


@dataclass(frozen=True)
class Heard:
    """What the network told us of this moment of the call, and the acts that may follow."""

    attempt: DeliveryAttempt
    digits: str
    answered_by: str
    read_when: str
    heard_news: Callable[[], None]
    wrong_number: Callable[[], None]
    ring_me: Callable[[], None]
    take_page: Callable[[], bool]
    pass_page: Callable[[], bool]
    may_go_on: Callable[[], bool]
    put_through: Callable[[], tuple[str, Dialled | None]]
    wrong_word: Callable[[], int]
    ask_for_interpreter: Callable[[], None]
    own: Callable[[str], Sentence]
    answer: Callable[[str], str] = lambda _key: "goodbye"
    come: Callable[[str], Answer] = lambda _key: Answer("goodbye")
    join_in: Callable[[], Said] = Said

    def line(self, name: str) -> str:
        """Give one sentence of the scripts in English, for this person."""
        first_name = self.attempt.delivery.notification.recipient.given_name
        return messages.fill("call", name, {"first_name": first_name, "read_when": self.read_when} | OFFER_VALUES)

    @property
    def needs_interpreter(self) -> bool:
        """Tell whether this is news for somebody who speaks another language: no machine reads it to them (U16)."""
        delivery = self.attempt.delivery
        return delivery.duty == Duty.FAMILY and needs_interpreter(delivery.contact.language)


def keypad(word: str) -> str:
    """Spell a word with the keys of a telephone: robin is 76246."""
    return "".join(str(KEYPAD.get(mark, mark)) for mark in word.casefold() if mark.isalnum())


def start(heard: Heard) -> Said:
    """Ask for the person, or for the clinician's key; a machine hears no content, and a name only where agreed."""
    delivery = heard.attempt.delivery
    if heard.answered_by.startswith(MACHINES):
        allowed = delivery.contact.voicemail_allowed and delivery.duty != Duty.PAGE
        own = heard.own("machine") if heard.needs_interpreter else ""
        return Said((own or heard.line("machine"),) if allowed else ())
    if delivery.notification.purpose == RING:
        return Said((heard.line("ring_through"), heard.line("ring_through")), to="through")
    if delivery.duty == Duty.PAGE:
        return Said((heard.line("page"), heard.line("page")), to="page")
    if heard.needs_interpreter:
        return menu(heard.own, "greeting", "interpreter")
    return Said((heard.line("greeting"),), to="who")


def menu(own: Callable[[str], Sentence], *names: str, then: tuple[str, ...] = ()) -> Said:
    """Say fixed sentences in somebody's own language, and offer a person with an interpreter by key (U16)."""
    fixed = tuple(sentence for sentence in map(own, names) if sentence)
    return Said((*fixed, *then), to="interpreter", otherwise=own("goodbye"))


def interpreter(heard: Heard) -> Said:
    """A person rings with an interpreter, or never again; no word of the news is said."""
    if heard.digits == "2":
        heard.wrong_number()
        return Said((heard.own("wrong_number"),))
    if heard.digits != "1":
        return Said((heard.own("goodbye"),))
    heard.ask_for_interpreter()
    return Said((heard.own("interpreter_soon"),))


def page(heard: Heard) -> Said:
    """Take an escalation by key, or pass it on; picking up alone takes nothing (E5).

    Whoever has a PIN may go on from there without a screen (U4).
    """
    if heard.digits == "2":
        return Said((heard.line("page_passed" if heard.pass_page() else "page_taken_already"),))
    if heard.digits != "1":
        return Said((heard.line("goodbye"),))
    if not heard.take_page():
        return Said((heard.line("page_taken_already"),))
    if heard.may_go_on():
        return Said((heard.line("page_taken_pin"),), to="pin", keys=None, with_staff=True)
    return Said((heard.line("page_taken"),))


def through(heard: Heard) -> Said:
    """Put the clinician through who pressed the key on their own phone; a machine presses none."""
    first_name, dialled = heard.put_through() if heard.digits == "1" else ("", None)
    if dialled is None:
        return Said((heard.line("goodbye"),))
    return Said((messages.fill("call", "ringing_them", {"young_person": first_name}),), dials=dialled)


def who(heard: Heard) -> Said:
    """The person is there: ask for the word; the wrong number: never again."""
    if heard.digits == "2":
        heard.wrong_number()
        return Said((heard.line("wrong_number"),))
    if heard.digits != "1":
        return Said((heard.line("goodbye"),))
    if heard.attempt.delivery.duty == Duty.CODE:  # they asked for it a moment ago, and the phone is theirs alone
        heard.heard_news()
        return Said((heard.attempt.delivery.body or heard.line("not_known"),))
    if not proofs(heard.attempt):
        heard.ring_me()
        return Said((heard.line("not_known"),))
    return Said((heard.line("ask_word"),), to="word", keys=None)


def proofs(attempt: DeliveryAttempt) -> set[str]:
    """Give the key presses that prove who it is: the word agreed at first hello, or the year of birth."""
    delivery = attempt.delivery
    known = {keypad(delivery.contact.your_word or ""), born_in(delivery.notification.recipient)}
    return known - {""}


def word(heard: Heard) -> Said:
    """The right word opens the news; three wrong ones make it a call by a person."""
    if heard.digits in proofs(heard.attempt):
        heard.heard_news()
        return news(heard)
    if heard.wrong_word() >= MOST_WRONG:
        heard.ring_me()
        return Said((heard.line("not_known"),))
    return Said((heard.line("ask_word_again"),), to="word", keys=None)


def news(heard: Heard) -> Said:
    """Say the news, and offer it again or a person; what asks something waits for its own keys, a call for a host."""
    purpose = heard.attempt.delivery.notification.purpose
    if purpose == JOIN:
        return heard.join_in()
    if purpose in COMES:
        return Said((heard.attempt.delivery.body or heard.line("not_known"),), to="coming")
    if purpose in ASKS:
        return Said((heard.attempt.delivery.body or heard.line("not_known"),), to="asked")
    return Said((heard.attempt.delivery.body or heard.line("not_known"), heard.line("after_news")), to="after")


def after(heard: Heard) -> Said:
    """Repeat, promise a call or take their words; only for somebody who has heard the news in this call."""
    if heard.attempt.delivery.state != Delivery.State.DELIVERED:
        return Said((heard.line("goodbye"),))
    if heard.digits == "1":
        return news(heard)
    if heard.digits == "2":
        heard.ring_me()
        return Said((heard.line("ring_me"),))
    return speak(heard.line) if heard.digits == "3" else Said((heard.line("goodbye"),))


def asked(heard: Heard) -> Said:
    """Take a yes, a no or the wish for a person; only from somebody who has shown in this call who they are."""
    if heard.attempt.delivery.state != Delivery.State.DELIVERED:
        return Said((heard.line("goodbye"),))
    return Said((heard.line(heard.answer(heard.digits)),))


def coming(heard: Heard) -> Said:
    """Take whether somebody comes, or another time; only from somebody who has shown in this call who they are."""
    if heard.attempt.delivery.state != Delivery.State.DELIVERED:
        return Said((heard.line("goodbye"),))
    return come(heard.come(heard.digits))


def come(answer: Answer) -> Said:
    """Say what came of a key about coming; where times were offered their keys may follow."""
    return Said((messages.fill("call", answer.words, answer.values),), to="coming" if answer.goes_on else "")


def said(heard: Heard) -> Said:
    """Thank somebody who has spoken after the tone, and say when a person listens."""
    return Said((heard.line("said"),))


def speak(line: Callable[[str], str]) -> Said:
    """Ask for words after a tone."""
    return Said((line("ask_words"),), to="said", records=True)


STEPS: dict[str, Callable[[Heard], Said]] = {
    "start": start,
    "page": page,
    "through": through,
    "interpreter": interpreter,
    "who": who,
    "word": word,
    "after": after,
    "asked": asked,
    "coming": coming,
    "said": said,
}

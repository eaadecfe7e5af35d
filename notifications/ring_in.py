"""What somebody hears who rings us: news behind their word, a call back, or a tone to speak after (S84, N15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from notifications import join_in, messages
from notifications.languages import Sentence, needs_interpreter
from notifications.on_phone import ask_code
from notifications.voice import MOST_WRONG, OFFER_VALUES, Answer, Said, come, menu, speak


@dataclass(frozen=True)
class Rung:
    """One moment of a call to us: the keys, what is known of the caller, and the acts that may follow."""

    digits: str
    language: str
    has_word: bool
    is_proved: bool
    read_when: str
    is_right: Callable[[str], bool]
    wrong_word: Callable[[], int]
    hear_news: Callable[[], str]
    ring_me: Callable[[], None]
    ask_for_interpreter: Callable[[], None]
    works_here: Callable[[], None]
    own: Callable[[str], Sentence]
    has_offer: Callable[[], bool] = lambda: False
    answer_offer: Callable[[str], str] = lambda _key: "goodbye"
    asks: Callable[[], str] = lambda: ""
    come: Callable[[str], Answer] = lambda _key: Answer("goodbye")

    def line(self, name: str) -> str:
        """Give one sentence of the scripts in English."""
        return messages.fill("call", name, {"read_when": self.read_when} | OFFER_VALUES)


def start(rung: Rung) -> Said:
    """Say who we are, what to do in danger, and what the keys are for; no word of anybody."""
    if needs_interpreter(rung.language):
        return menu(rung.own, "interpreter_inbound", then=(rung.line("for_english"),))
    return english(rung)


def english(rung: Rung) -> Said:
    """Offer what there is in English."""
    return Said((rung.line("inbound"),), to="choice")


def interpreter(rung: Rung) -> Said:
    """A person rings with an interpreter; somebody else who shares the phone may go on in English (U16)."""
    if rung.digits == "3":
        return english(rung)
    if rung.digits != "1":
        return Said((rung.own("goodbye"),))
    rung.ask_for_interpreter()
    return Said((rung.own("interpreter_soon"),))


def choice(rung: Rung) -> Said:
    """Follow the first key."""
    if rung.digits == "1":
        return Said((rung.line("ask_pin"),), to="word", keys=None) if rung.has_word else _a_person_rings(rung)
    if rung.digits == "2":
        rung.ring_me()
        return Said((rung.line("inbound_thanks"),))
    if rung.digits == "3":
        return speak(rung.line)
    if rung.digits == "4":
        return join_in.ask(rung.line)
    if rung.digits == "9":
        rung.works_here()
        return ask_code(rung.line)
    return Said((rung.line("goodbye"),))


def word(rung: Rung) -> Said:
    """The right word opens the news; three wrong ones make it a call by a person."""
    if rung.is_right(rung.digits):
        return _news(rung)
    if rung.wrong_word() >= MOST_WRONG:
        return _a_person_rings(rung)
    return Said((rung.line("ask_word_again"),), to="word", keys=None)


def after(rung: Rung) -> Said:
    """Repeat, promise a call or take their words; only for somebody who has shown in this call who they are."""
    if rung.is_proved and rung.digits == "1":
        return _news(rung)
    return choice(rung) if rung.digits in {"2", "3"} else Said((rung.line("goodbye"),))


def said(rung: Rung) -> Said:
    """Thank somebody who has spoken after the tone, and say when a person listens."""
    return Said((rung.line("said"),))


def offer(rung: Rung) -> Said:
    """Take a yes, a no or the wish for a person; only from somebody who has shown in this call who they are."""
    return Said((rung.line(rung.answer_offer(rung.digits) if rung.is_proved else "goodbye"),))


def coming(rung: Rung) -> Said:
    """Take whether somebody comes; only from somebody who has shown in this call who they are."""
    return come(rung.come(rung.digits)) if rung.is_proved else Said((rung.line("goodbye"),))


def _news(rung: Rung) -> Said:
    """Say the news; an offer, or whether they come, waits for its answer after it, with keys of its own (U13, S64)."""
    news = rung.hear_news()
    if rung.has_offer():
        return Said((*([news] if news else []), rung.line("offer")), to="offer")
    asks = rung.asks()
    if asks:
        return Said((*([news] if news else []), asks), to="coming")
    return Said((news or rung.line("no_news"), rung.line("after_ring_in")), to="after")


def _a_person_rings(rung: Rung) -> Said:
    rung.ring_me()
    return Said((rung.line("not_known"),))


STEPS: dict[str, Callable[[Rung], Said]] = {
    "start": start,
    "interpreter": interpreter,
    "choice": choice,
    "word": word,
    "after": after,
    "offer": offer,
    "coming": coming,
    "said": said,
}

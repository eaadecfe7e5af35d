"""What somebody of staff hears without a screen: neutral until the PIN is right, then worries, words and a key (U4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from notifications import messages
from notifications.voice import MOST_WRONG, Dialled, Said

HEAR, TAKE, THROUGH, PASS, NEXT = "1", "2", "3", "4", "5"


@dataclass(frozen=True)
class Worry:
    """One worry as it is said: how many wait, since when, and what this person may do about it."""

    count: int
    since: str
    state: str
    is_red: bool
    may_hear: bool = False
    may_take: bool = False
    may_ring: bool = False
    may_pass: bool = False

    def keys(self) -> list[str]:
        """Name the sentences of the keys that do something now."""
        may = {"key_hear": self.may_hear, "key_take": self.may_take, "key_through": self.may_ring}
        may |= {"key_pass": self.may_pass, "key_next": self.count > 1}
        return [name for name, is_open in may.items() if is_open]


@dataclass(frozen=True)
class OnPhone:
    """One moment of a call with staff: the keys, whether the PIN was right in this call, and the acts that may follow.

    `put_through` gives what is dialled, or the sentences that say why not.
    """

    digits: str
    is_proved: bool
    say_who: Callable[[], None]
    is_right: Callable[[], bool]
    wrong_pin: Callable[[], int]
    worry: Callable[[], Worry | None]
    hear: Callable[[], tuple[str, ...]]
    take: Callable[[], bool]
    pass_on: Callable[[], bool]
    go_on: Callable[[], None]
    put_through: Callable[[], tuple[tuple[str, ...], Dialled | None]]
    came_of: Callable[[], str]

    def line(self, name: str, **values: str) -> str:
        """Give one sentence of the scripts."""
        return messages.fill("call", name, values)


def ask_code(line: Callable[[str], str]) -> Said:
    """Ask who it is; whoever says so, known or not, is asked for a PIN."""
    return Said((line("staff_code"),), to="code", keys=None, with_staff=True)


def ask_pin(*sentences: str) -> Said:
    """Ask for the PIN."""
    return Said(sentences, to="pin", keys=None, with_staff=True)


def code(phone: OnPhone) -> Said:
    """Take a code or a number, and say nothing of whether anybody has it."""
    phone.say_who()
    return ask_pin(phone.line("staff_pin"))


def pin(phone: OnPhone) -> Said:
    """Go on where the PIN is right; a few wrong ones end the call, and words stay neutral throughout."""
    if phone.is_right():
        return menu(phone)
    if phone.wrong_pin() >= MOST_WRONG:
        return Said((phone.line("staff_not"),))
    return ask_pin(phone.line("staff_pin_again"))


def menu(phone: OnPhone, *before: str) -> Said:
    """Say which worry it is, how many wait, and what each key does."""
    worry = phone.worry()
    if worry is None:
        return Said((*before, phone.line("worry_none")))
    name = "worry_red" if worry.is_red else "worry_amber"
    said = phone.line(name, count=str(worry.count), since=worry.since, state=worry.state)
    return Said((*before, said, *map(phone.line, worry.keys())), to="key", with_staff=True)


def key(phone: OnPhone) -> Said:
    """Follow a key; only for whoever has shown in this call who they are."""
    worry = phone.worry() if phone.is_proved else None
    if worry is None:
        return Said((phone.line("goodbye"),))
    if phone.digits == HEAR and worry.may_hear:
        return Said((*phone.hear(), *map(phone.line, worry.keys())), to="key", with_staff=True)
    if phone.digits == TAKE and worry.may_take:
        return menu(phone, phone.line("worry_taken" if phone.take() else "worry_taken_already"))
    if phone.digits == THROUGH and worry.may_ring:
        sentences, dialled = phone.put_through()
        return Said(sentences, dials=dialled) if dialled else menu(phone, *sentences)
    if phone.digits == PASS and worry.may_pass:
        return menu(phone, phone.line("worry_passed" if phone.pass_on() else "worry_taken_already"))
    if phone.digits == NEXT:
        phone.go_on()
    return menu(phone)


def over(phone: OnPhone) -> Said:
    """Say what came of ringing them, and go back to the keys for whoever has shown who they are."""
    came_of = phone.line(f"ring_{phone.came_of()}")
    return menu(phone, came_of) if phone.is_proved else Said((came_of,))


STEPS: dict[str, Callable[[OnPhone], Said]] = {"code": code, "pin": pin, "key": key, "over": over}

"""What somebody hears who comes to a session by telephone: one neutral sentence until the code is right (S19, B12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from notifications import messages
from notifications.voice import MOST_WRONG, Meeting, Said

LISTENS = "2"


class Stand(StrEnum):
    """What holds for a call at one moment; a host alone changes it to `GOES_IN`."""

    WAITS = "join_hold"
    GOES_IN = "join_in"
    NOT_NOW = "join_not_now"
    NOBODY = "join_nobody"
    OVER = "join_over"


@dataclass(frozen=True)
class Joining:
    """One moment of a call to a session: the keys, and the acts that may follow.

    `opens` takes a code and tells whether it opens anything; `meeting` gives the line of whoever may be on it now.
    """

    digits: str
    opens: Callable[[], bool]
    wrong: Callable[[], int]
    choose: Callable[[bool], None]
    stand: Callable[[], Stand]
    meeting: Callable[[], Meeting | None]

    def line(self, name: str) -> str:
        """Give one sentence of the scripts."""
        return messages.fill("call", name)


def ask(line: Callable[[str], str]) -> Said:
    """Ask for the code; nothing says what it is for."""
    return Said((line("join_code"),), to="code", keys=None, joins=True)


def code(joining: Joining) -> Said:
    """Go on where the code opens something now; whatever is wrong with it, the sentence is the same."""
    if joining.opens():
        return arrived(joining)
    if joining.wrong() >= MOST_WRONG:
        return Said((joining.line("join_not"),))
    return Said((joining.line("join_not"), joining.line("join_code")), to="code", keys=None, joins=True)


def arrived(joining: Joining) -> Said:
    """Put a host on the line at once; ask anybody else whether they talk or listen only, and let them wait."""
    meeting = joining.meeting()
    if meeting is not None:
        return Said((joining.line("join_in"),), meets=meeting)
    return Said((joining.line("join_how"),), to="how", joins=True)


def how(joining: Joining) -> Said:
    """Take how they would like to take part; any other key talks too, since asking again helps nobody."""
    joining.choose(joining.digits == LISTENS)
    return hold(joining)


def hold(joining: Joining) -> Said:
    """Wait, and be asked about again in a few seconds, until a host has decided."""
    stand = joining.stand()
    if stand is Stand.WAITS:
        return Said((joining.line(stand),), to="hold", joins=True, waits=True)
    meeting = joining.meeting() if stand is Stand.GOES_IN else None
    if meeting is not None:
        return Said((joining.line(stand),), meets=meeting)
    return Said((joining.line(stand if stand is not Stand.GOES_IN else Stand.OVER),))


def over(joining: Joining) -> Said:
    """Say that it has ended, and that one may ring again."""
    return Said((joining.line("join_over"),))


STEPS: dict[str, Callable[[Joining], Said]] = {"code": code, "how": how, "hold": hold, "over": over}

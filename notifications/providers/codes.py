"""The provider's error codes, and what each means for us; a code that is not here is never dropped in silence."""

from __future__ import annotations

from enum import StrEnum


class Blame(StrEnum):
    """Whose doing a failure is, and so what follows."""

    LATER = "later"  # not processed: try again
    ACCOUNT = "account"  # our account: pause the channel, nobody's number is at fault (F13)
    OURS = "ours"  # our request or set-up: a person looks
    NUMBER = "number"  # the number may be somebody else's by now: it is in doubt (H04)
    LINE = "line"  # the line takes no texts: offer a call
    STOPPED = "stopped"  # the person said STOP to the network
    AWAY = "away"  # the phone was not reached: next channel
    UNKNOWN = "unknown"


CODES: dict[int, Blame] = {
    550: Blame.NUMBER,  # a mail server: there is no such mailbox (RFC 5321, 4.2.3)
    551: Blame.NUMBER,
    552: Blame.AWAY,
    553: Blame.NUMBER,
    20001: Blame.OURS,
    20003: Blame.ACCOUNT,
    20404: Blame.OURS,
    20429: Blame.LATER,
    21205: Blame.OURS,
    21211: Blame.NUMBER,
    21212: Blame.OURS,
    21214: Blame.AWAY,
    21215: Blame.OURS,
    21216: Blame.OURS,
    21217: Blame.NUMBER,
    21218: Blame.OURS,
    21408: Blame.OURS,
    21602: Blame.OURS,
    21603: Blame.OURS,
    21604: Blame.OURS,
    21606: Blame.OURS,
    21608: Blame.OURS,
    21609: Blame.OURS,
    21610: Blame.STOPPED,
    21611: Blame.LATER,
    21612: Blame.LINE,
    21614: Blame.LINE,
    21617: Blame.OURS,
    30001: Blame.AWAY,
    30002: Blame.ACCOUNT,
    30003: Blame.NUMBER,
    30004: Blame.AWAY,
    30005: Blame.NUMBER,
    30006: Blame.LINE,
    30007: Blame.OURS,
    30008: Blame.AWAY,
}


def blame(code: str) -> Blame:
    """Say what a code means for us."""
    return CODES.get(int(code), Blame.UNKNOWN) if code.isdecimal() else Blame.UNKNOWN

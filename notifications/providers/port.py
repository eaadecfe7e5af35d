"""What the outbox asks of any network that carries messages, and the three ways it may fail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Order:
    """One message to one number; `attempt` is the random id that its callbacks carry, `deadline` in the loop's time."""

    attempt: str
    to: str
    body: str
    valid_for: int
    deadline: float


@dataclass(frozen=True)
class Accepted:
    """The network took it, under this id."""

    sid: str


@dataclass(frozen=True)
class Seen:
    """One message that the network's own list shows."""

    sid: str
    body: str
    at: dt.datetime


@dataclass(frozen=True)
class Heard:
    """One text that somebody sent us, as the network's own list shows it."""

    sid: str
    sender: str
    body: str
    at: dt.datetime


class Failure(Exception):
    """The message was not taken, or nobody knows; `code` is the network's or ours."""

    def __init__(self, code: object, *, retry_after: float | None = None) -> None:
        super().__init__(str(code))
        self.code = str(code)
        self.retry_after = retry_after


class TemporaryFailure(Failure):
    """Not taken; the same message may be tried later."""


class PermanentFailure(Failure):
    """Not taken, and trying again would not help."""


class AmbiguousFailure(Failure):
    """Nobody knows whether it was taken: no second try before that is known (decision 19)."""


class NotMade(Failure):
    """The lease was nearly over, so the socket was never opened (N5)."""


class Provider(Protocol):
    """One channel of a network."""

    async def send(self, order: Order) -> Accepted:
        """Hand one message over, or raise one of the failures."""
        ...


class Listing(Provider, Protocol):
    """A channel whose network tells what it took, when asked."""

    async def find(self, to: str, *, since: dt.datetime) -> list[Seen]:
        """List what the network took for a number since a moment, or raise a failure."""
        ...

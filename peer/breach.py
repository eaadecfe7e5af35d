"""Which use of an account is an alarm: pure rules over one table, breach.toml (B3).

A country or a network is not known here: the site keeps no address and asks nobody. A device not used before stands in.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("breach.toml")
NEW_DEVICE = "new_device"
WRONG_PINS = "wrong_pins"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One row of breach.toml."""

    kind: str
    most: int
    minutes: int
    owner: str
    due_minutes: int

    @property
    def window(self) -> dt.timedelta:
        """Give how far back is counted."""
        return dt.timedelta(minutes=self.minutes)

    def is_passed(self, seen: int) -> bool:
        """Tell whether it is one too many."""
        return seen > self.most

    def due_at(self, now: dt.datetime) -> dt.datetime:
        """Say by when somebody has looked into it."""
        return now + dt.timedelta(minutes=self.due_minutes)


@cache
def limits() -> Mapping[str, Limit]:
    """Read the table."""
    rows = tomllib.loads(TABLE.read_text()).items()
    return {kind: Limit(kind=kind, **row) for kind, row in rows}


def passed(limit: Limit, did: Iterable[tuple[int, object]]) -> dict[int, int]:
    """Give the accounts that did too much, and how much: `did` names account and thing, the same thing counts once."""
    things: dict[int, set[object]] = {}
    for account, thing in did:
        things.setdefault(account, set()).add(thing)
    return {account: len(seen) for account, seen in things.items() if limit.is_passed(len(seen))}


def is_new(device: str, known: Collection[str]) -> bool:
    """Tell whether a device is another one; the first of an account is how it begins, and no alarm."""
    return bool(known) and device not in known

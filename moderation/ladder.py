"""Pure: who is tried next and when, from the table, the rota and the clock (safety 2b)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("ladder.toml")


@dataclass(frozen=True)
class Rung:
    """One rung of a ladder: its number, its name and how long after the opening it is due."""

    number: int
    name: str
    after: dt.timedelta


@dataclass(frozen=True)
class Rota:
    """Who could be asked now, as ids of accounts, the likeliest first."""

    on_duty: tuple[int, ...] = ()
    clinicians: tuple[int, ...] = ()
    managers: tuple[int, ...] = ()


@cache
def table() -> dict[str, Any]:
    """Read ladder.toml once."""
    return tomllib.loads(TABLE.read_text())


def span(name: str, *, scale: float) -> dt.timedelta:
    """Give one of the single times of the table, divided by `scale`."""
    return dt.timedelta(minutes=table()[name]) / scale


def rungs(level: str, *, scale: float) -> tuple[Rung, ...]:
    """List the rungs of a level in order; a level that is not in the table counts as red."""
    named = table()[level if level in {"amber", "restart"} else "red"]
    return tuple(
        Rung(number=number, name=name, after=dt.timedelta(minutes=minutes) / scale)
        for number, (name, minutes) in enumerate(named.items())
    )


def who(rung: str, rota: Rota, *, asked: Iterable[int] = ()) -> tuple[int, ...]:
    """Name the people of a rung: never none while there is anybody at all; `asked` were paged before."""
    everyone = _once(chain(rota.on_duty, rota.clinicians, rota.managers))
    if rung == "everyone":
        return everyone
    if rung == "manager":
        return rota.managers or _fresh(everyone, asked) or everyone[:1]
    if rung == "second":
        return _fresh(_once(chain(rota.on_duty, rota.clinicians)), asked) or rota.managers or everyone[:1]
    return everyone[:1]


def _fresh(people: tuple[int, ...], asked: Iterable[int]) -> tuple[int, ...]:
    known = set(asked)
    return tuple(one for one in people if one not in known)[:1]


def _once(people: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(people))

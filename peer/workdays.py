"""Working days: how long people are promised to wait, counted as an office counts."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

from peer import clock

TABLE = Path(__file__).with_name("bank_holidays.toml")
END_OF_DAY = dt.time(17, 0)


@cache
def bank_holidays() -> frozenset[dt.date]:
    """Read the days on which offices in England and Wales are closed."""
    return frozenset(tomllib.loads(TABLE.read_text())["days"])


def is_workday(day: dt.date) -> bool:
    """Tell whether `day` is neither a weekend nor a bank holiday."""
    return day.weekday() < 5 and day not in bank_holidays()


def after(start: dt.date, *, days: int) -> dt.date:
    """Count `days` working days on from `start`; the first is the next working day."""
    day = start
    while days > 0:
        day += dt.timedelta(days=1)
        days -= is_workday(day)
    return day


def due(*, days: int) -> dt.datetime:
    """Give the end of the working day that is `days` working days from today, in UTC."""
    day = after(clock.today(), days=days)
    return dt.datetime.combine(day, END_OF_DAY, tzinfo=clock.LONDON).astimezone(dt.UTC)

"""The only place that reads a clock: real time plus the offset that all processes of a run share (decision 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now as DatabaseNow

LONDON = ZoneInfo("Europe/London")

_seen: tuple[Path | None, int, dt.timedelta] = (None, -1, dt.timedelta())


def offset() -> dt.timedelta:
    """Read how far the product's clock is ahead of the real one: the setting, or the shared file once it is written."""
    global _seen
    path: Path | None = settings.CLOCK_OFFSET_FILE
    if path is None:
        return dt.timedelta(seconds=settings.CLOCK_OFFSET)
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return dt.timedelta(seconds=settings.CLOCK_OFFSET)
    if _seen[:2] != (path, stamp):
        _seen = (path, stamp, dt.timedelta(seconds=float(path.read_text() or 0)))
    return _seen[2]


def set_offset(value: dt.timedelta) -> None:
    """Move the shared clock for every process of this run (demo and journeys; refused in production)."""
    if settings.PRODUCTION or settings.CLOCK_OFFSET_FILE is None:
        raise RuntimeError("The clock of a real service cannot be moved.")
    path: Path = settings.CLOCK_OFFSET_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(str(value.total_seconds()))
    fresh.replace(path)


_told: ContextVar[dt.datetime | None] = ContextVar("told", default=None)


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let this thread believe that it is `moment`: for tests, and for telling the example's fortnight."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def now() -> dt.datetime:
    """Tell the product's time, in UTC."""
    return _told.get() or dt.datetime.now(dt.UTC) + offset()


def today() -> dt.date:
    """Tell today's date as people in London see it."""
    return now().astimezone(LONDON).date()


def sixteen_years_ago() -> dt.date:
    """Give the birth date after which somebody is under 16 today (29 February turns on 1 March)."""
    day = today()
    if (day.month, day.day) == (2, 29):
        return dt.date(day.year - 16, 2, 29)  # sixteen years apart are both leap years until 2100
    return day.replace(year=day.year - 16)


def Now() -> Combinable:  # noqa: N802 - an expression, named like Django's own
    """Give the database's own clock plus the same offset, for timers and leases (safety E10)."""
    if _told.get() is not None:
        return Value(now(), output_field=DateTimeField())
    ahead = offset()
    if not ahead:
        return DatabaseNow()
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return Value(now(), output_field=DateTimeField())  # SQLite has no server: its clock is this process's clock
    return ExpressionWrapper(DatabaseNow() + Value(ahead, output_field=DurationField()), output_field=DateTimeField())


def within(field: str, **span: float) -> Combinable:
    """Give the expression `field + span`, to compare a stored time with a limit in the database."""
    return ExpressionWrapper(F(field) + dt.timedelta(**span), output_field=DateTimeField())

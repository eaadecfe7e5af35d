"""On which days a series meets, and when that is on the clock of London, also across a change of the clocks (S104)."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from dateutil.rrule import FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule

from peer import clock

DAYS = (MO, TU, WE, TH, FR, SA, SU)
LAST = 5  # the fifth of its weekday is not in every month: who starts there meets on the last one


class Rhythm(StrEnum):
    """How often a series meets."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


def days(rhythm: str, first: dt.date, *, since: dt.date, until: dt.date) -> list[dt.date]:
    """Give the days of a series from `since` to `until`, both inside; a month repeats the weekday of the first day."""
    start = dt.datetime.combine(first, dt.time())
    span = dt.datetime.combine(max(since, first), dt.time()), dt.datetime.combine(until, dt.time())
    if rhythm == Rhythm.WEEKLY:
        rule = rrule(WEEKLY, dtstart=start)
    else:
        number = (first.day - 1) // 7 + 1
        rule = rrule(MONTHLY, dtstart=start, byweekday=DAYS[first.weekday()](-1 if number == LAST else number))
    return [moment.date() for moment in rule.between(*span, inc=True)]


def moment(day: dt.date, at: dt.time) -> dt.datetime:
    """Give the moment, in UTC, at which the clocks of London say `at` on `day`."""
    return dt.datetime.combine(day, at, tzinfo=clock.LONDON).astimezone(dt.UTC)

"""Which number, which channel, not before when: pure, in London time, right on both clock changes (N12, 2f)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from notifications.models import Duty
from peer.clock import LONDON

OPENS, CLOSES = dt.time(8), dt.time(20)  # for everything but pages and codes (N12)
SMS, CALL = "sms", "call"


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What routing needs to know of one contact point."""

    pk: int
    is_mobile: bool
    state: str = "proved"
    prefers_call: bool = False
    is_shared: bool = False
    safe_from: dt.time | None = None
    safe_to: dt.time | None = None
    stopped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Way:
    """One way a message will go."""

    contact: int
    channel: str
    not_before: dt.datetime


def ways(reaches: Iterable[Reach], *, duty: Duty, now: dt.datetime, to_unproved: bool = False) -> list[Way]:
    """Choose how a message goes: pages by everything at once, codes by text, news by one way; none is an answer."""
    known = list(reaches)
    if duty is Duty.PAGE:
        pairs = [(one, channel) for one in known for channel in (SMS, CALL)]
        return [Way(one.pk, channel, now) for one, channel in pairs if not why_not(one, channel, duty=duty)]
    if duty is Duty.CODE:
        return [Way(one.pk, SMS, now) for one in known if not why_not(one, SMS, duty=duty)][:1]
    for one in sorted(known, key=lambda one: one.state != "proved"):
        way = _for_news(one, now=now, to_unproved=to_unproved)
        if way is not None:
            return [way]
    return []


def why_not(one: Reach, channel: str, *, duty: Duty, to_unproved: bool = False) -> str:
    """Say why a message of this kind must not go this way now; empty where it may (asked again before the socket)."""
    if channel in one.stopped:
        return "stopped"
    if channel == SMS and not one.is_mobile:
        return "no texts here"
    if one.state == "suspended":
        return "suspended"
    if duty is Duty.PAGE:
        return ""
    if duty is Duty.CODE and one.is_shared:  # a shared number is no identity (U9)
        return "shared"
    if one.state == "suspect":
        return "in doubt"
    if one.state == "unproved" and duty is Duty.FAMILY and not (to_unproved and channel == SMS):
        return "unproved"  # a number that nobody has proved is never rung by a machine
    return ""


def _for_news(one: Reach, *, now: dt.datetime, to_unproved: bool) -> Way | None:
    order = [CALL, SMS] if one.prefers_call else [SMS, CALL]
    may = [channel for channel in order if not why_not(one, channel, duty=Duty.FAMILY, to_unproved=to_unproved)]
    opening = opens_at(now, safe_from=one.safe_from, safe_to=one.safe_to)
    return Way(one.pk, may[0], opening) if may and opening else None


def opens_at(
    now: dt.datetime, *, safe_from: dt.time | None = None, safe_to: dt.time | None = None
) -> dt.datetime | None:
    """Give the first moment, from now, at which news may go; None where the person's safe hours leave none."""
    if is_open(now, safe_from=safe_from, safe_to=safe_to):
        return now
    today = now.astimezone(LONDON).date()
    starts = sorted({OPENS} | ({safe_from} if safe_from else set()))
    for day in (today, today + dt.timedelta(days=1)):
        for start in starts:
            moment = dt.datetime.combine(day, start, LONDON).astimezone(dt.UTC)
            if moment > now and is_open(moment, safe_from=safe_from, safe_to=safe_to):
                return moment
    return None


def is_open(moment: dt.datetime, *, safe_from: dt.time | None = None, safe_to: dt.time | None = None) -> bool:
    """Tell whether news may go at a moment: between eight and eight in London, and inside the person's safe hours."""
    local = moment.astimezone(LONDON).time()
    return OPENS <= local < CLOSES and _inside(local, safe_from, safe_to)


def _inside(local: dt.time, start: dt.time | None, end: dt.time | None) -> bool:
    if start is not None and end is not None and start > end:  # safe from the evening into the morning
        return local >= start or local < end
    return (start is None or local >= start) and (end is None or local < end)


def closes_in(now: dt.datetime) -> dt.timedelta:
    """Give how long it is until the evening's end, so that the network drops a text rather than ring at night."""
    local = now.astimezone(LONDON)
    end = dt.datetime.combine(local.date(), CLOSES, LONDON)
    return max(end.astimezone(dt.UTC) - now.astimezone(dt.UTC), dt.timedelta())


def midnight(now: dt.datetime) -> dt.datetime:
    """Give the start of today in London."""
    return dt.datetime.combine(now.astimezone(LONDON).date(), dt.time(), LONDON).astimezone(dt.UTC)


def tomorrow(now: dt.datetime) -> dt.datetime:
    """Give tomorrow's opening, for what was too much today."""
    day = now.astimezone(LONDON).date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, OPENS, LONDON).astimezone(dt.UTC)

"""Which way, in which order, not before when: pure, in London time, right on both clock changes (N12, 2f)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notifications.models import Duty
from peer.clock import LONDON

TABLE = Path(__file__).with_name("cascade.toml")
OPENS, CLOSES = dt.time(8), dt.time(20)  # for everything but pages and codes (N12)
EMAIL, SMS, CALL = "email", "sms", "call"
LETTER, PERSON = "letter", "person"
USUAL = (EMAIL, SMS, CALL)
AT_ONCE = (SMS, CALL, EMAIL)


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What routing needs to know of one contact point; `stopped` names what was stopped there for this topic.

    `refused` names the ways by which the person takes no news; of their own codes and of pages it says nothing.
    """

    pk: int
    carries: frozenset[str]
    state: str = "proved"
    prefers_call: bool = False
    is_shared: bool = False
    safe_from: dt.time | None = None
    safe_to: dt.time | None = None
    stopped: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the person asked for: the order of ways for this topic (empty: none was named), and what they need."""

    order: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Way:
    """One way a message will go, and how long it has to be answered before the next one is tried."""

    contact: int
    channel: str
    not_before: dt.datetime
    patience: dt.timedelta = dt.timedelta()


@dataclass(frozen=True)
class Cascade:
    """One row of cascade.toml: hours of patience by channel, and what comes after the last way."""

    then: str
    hours: dict[str, float]


@cache
def cascades() -> dict[str, Cascade]:
    """Read cascade.toml; a row without its end, or with an unknown one, stops the start (ValueError)."""
    table = tomllib.loads(TABLE.read_text())
    read = {name: Cascade(then=row.pop("then", ""), hours=row) for name, row in table.items()}
    for name, row in read.items():
        if row.then not in {LETTER, PERSON} or not set(row.hours) <= set(USUAL):
            raise ValueError(f"cascade.toml: [{name}] names a way or an end that there is not")
    return read


def ways(
    reaches: Iterable[Reach],
    *,
    duty: Duty,
    now: dt.datetime,
    has_words: Collection[str] = USUAL,
    to_unproved: bool = False,
    wishes: Wishes | None = None,
    cascade: str = "",
) -> list[Way]:
    """Choose how a message goes: pages by everything at once, codes by the one phone, news by one way after another.

    Of news, the first way goes now (or when the day opens); each later one only if nothing shows that it was received.
    Only channels that the message has words for count. An empty list is an answer: a person has to ring.
    """
    known = sorted(reaches, key=lambda one: (one.state != "proved", one.is_shared, one.pk))
    if duty is Duty.PAGE:
        pairs = [(one, channel) for one in known for channel in AT_ONCE if channel in has_words]
        return [Way(one.pk, channel, now) for one, channel in pairs if not why_not(one, channel, duty=duty)]
    if duty is Duty.CODE:
        pairs = [(one, channel) for channel in AT_ONCE for one in known if channel in has_words]
        return [Way(one.pk, channel, now) for one, channel in pairs if not why_not(one, channel, duty=duty)][:1]
    order = [channel for channel in order_of(known, wishes or Wishes()) if channel in has_words]
    return _one_after_another(known, order, now=now, to_unproved=to_unproved, cascade=cascade)


def _one_after_another(
    known: Sequence[Reach], order: Sequence[str], *, now: dt.datetime, to_unproved: bool, cascade: str
) -> list[Way]:
    hours = cascades()[cascade].hours if cascade else {}
    chosen: list[Way] = []
    at = now
    for channel in order:
        one = next((one for one in known if not _stops(one, channel, to_unproved=to_unproved)), None)
        opening = opens_at(at, safe_from=one.safe_from, safe_to=one.safe_to) if one else None
        if one is None or opening is None:
            continue
        patience = dt.timedelta(hours=hours.get(channel, 0))
        chosen.append(Way(one.pk, channel, opening, patience))
        at = opening + patience
    return chosen


def _stops(one: Reach, channel: str, *, to_unproved: bool) -> str:
    return why_not(one, channel, duty=Duty.FAMILY, to_unproved=to_unproved)


def order_of(known: Sequence[Reach], wishes: Wishes) -> list[str]:
    """Give the channels in the order in which this person likes to hear; what was not named comes after what was."""
    phone = next((one for one in known if CALL in one.carries), None)
    usual = (EMAIL, CALL, SMS) if phone is not None and phone.prefers_call else USUAL
    asked = [*wishes.order, *(channel for channel in usual if channel not in wishes.order)]
    if "in_writing" in wishes.needs:
        asked.remove(CALL)
    return sorted(asked, key=lambda channel: channel != CALL) if "by_voice" in wishes.needs else asked


def why_not(one: Reach, channel: str, *, duty: Duty, to_unproved: bool = False) -> str:
    """Say why a message of this kind must not go this way now; empty where it may (asked again before the socket)."""
    if channel in one.stopped:
        return "stopped"
    if duty is Duty.FAMILY and channel in one.refused:
        return "no consent"
    if channel not in one.carries:
        return "no texts here" if channel == SMS else "not this way"
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


def suits(moment: dt.datetime, *, safe_from: dt.time | None, safe_to: dt.time | None) -> bool:
    """Tell whether a moment is inside the hours in which a person likes to be rung, be it day or night."""
    return _inside(moment.astimezone(LONDON).time(), safe_from, safe_to)


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

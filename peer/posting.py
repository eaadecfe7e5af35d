"""Whether somebody may write in a group now, and if not, why not and until when (decision 13)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet

from peer import clock
from peer.models import Duty, SupportGroup, User
from peer.written import written


class Missing(StrEnum):
    """What keeps a group from being written in; the words stand in templates/peer/groups/_why_closed.html."""

    PAUSED = "paused"
    READING = "reading"
    NOT_OPEN = "not_open"
    NIGHT = "night"
    CLINICIAN = "clinician"
    MODERATOR = "moderator"
    PROTOCOL = "protocol"
    YOUR_YES = "your_yes"


# No hour ends these: a person does (P10, S90).
PERSON_ENDS = frozenset({Missing.PAUSED, Missing.READING, Missing.NOT_OPEN, Missing.MODERATOR, Missing.PROTOCOL})


@dataclass(frozen=True)
class Posting:
    """The answer for one person in one group at one moment."""

    missing: tuple[Missing, ...]
    until_at: dt.datetime | None = None
    reopens_at: dt.datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether everything is there."""
        return not self.missing

    @property
    def needs_your_yes(self) -> bool:
        """Tell whether only the writer's own yes to how we treat each other is missing."""
        return self.missing == (Missing.YOUR_YES,)


@written
def read(*, user: int, group: int) -> QuerySet[SupportGroup]:
    """Read one group with all that decides whether somebody may write there now."""
    return SupportGroup.objects.with_standing(User(pk=user)).filter(pk=group)


def standing(group: SupportGroup, user: User) -> SupportGroup:
    """Read everything `of` needs in one query, with the duty rows held until the transaction ends (E2)."""
    _held_duties(group=group.pk)
    return read(user=user.pk, group=group.pk)[0]


@written
def _held_duties(*, group: int) -> QuerySet[Any, tuple[int]]:
    return Duty.objects.current().filter(group=group).select_for_update().values_list("pk")


def of(group: SupportGroup, *, at: dt.datetime | None = None) -> Posting:
    """Judge a group that `with_standing` has read."""
    at = at or clock.now()
    missing = tuple(_missing(group, at))
    covered = group.cover_until is not None
    waits_for_somebody = not PERSON_ENDS.isdisjoint(missing)
    return Posting(
        missing=missing,
        until_at=None if missing else _until(group, at),
        reopens_at=None if waits_for_somebody else _reopens(group, at if covered else group.next_cover),
    )


def due_after(group: SupportGroup, hours: float, *, at: dt.datetime) -> dt.datetime:
    """Give the moment when `hours` of the group's opening time have passed (safety P13)."""
    left = dt.timedelta(hours=hours)
    start = next_open(group, at)
    while start + left > (end := _on(start, group.closes)):
        left -= end - start
        start = next_open(group, end)
    return start + left


def next_open(group: SupportGroup, at: dt.datetime) -> dt.datetime:
    """Give `at` itself inside opening hours, else the next opening."""
    opens = _on(at, group.opens)
    if at < opens:
        return opens
    return at if at < _on(at, group.closes) else _on(at + dt.timedelta(days=1), group.opens)


def _missing(group: SupportGroup, at: dt.datetime) -> list[Missing]:
    if group.state == SupportGroup.State.FROZEN:
        return [Missing.PAUSED]
    if group.state == SupportGroup.State.READING:
        return [Missing.READING]
    if group.state != SupportGroup.State.OPEN:
        return [Missing.NOT_OPEN]
    asked = {
        Missing.NIGHT: next_open(group, at) == at,
        Missing.CLINICIAN: group.cover_until is not None,
        Missing.MODERATOR: group.moderator_until is not None,
        Missing.PROTOCOL: group.protocol_id is not None,
        Missing.YOUR_YES: group.protocol_id is None or group.protocol_accepted,
    }
    return [missing for missing, is_there in asked.items() if not is_there]


def _until(group: SupportGroup, at: dt.datetime) -> dt.datetime:
    """Give closing time, or the end of the cover where nobody follows on, or of the last role to check posts."""
    cover = group.cover_until
    follows_on = cover is not None and group.next_cover is not None and group.next_cover <= cover
    ends = [_on(at, group.closes), None if follows_on else cover, group.moderator_until]
    return min(end for end in ends if end is not None)


def _reopens(group: SupportGroup, covered_from: dt.datetime | None) -> dt.datetime | None:
    return None if covered_from is None else next_open(group, covered_from)


@lru_cache(maxsize=256)
def _on(day: dt.datetime, time: dt.time) -> dt.datetime:
    """Give a London time of day on the London day of `day`, in UTC; many groups keep the same hours."""
    return dt.datetime.combine(day.astimezone(clock.LONDON).date(), time, clock.LONDON).astimezone(dt.UTC)

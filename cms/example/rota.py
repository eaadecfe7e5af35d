"""Who is on call for a fortnight ahead: Dr Lee by day and evening, Dr Okafor by night, each the other's second."""

from __future__ import annotations

import datetime as dt

from moderation.actions import shifts
from moderation.models import OnCallShift
from peer import clock
from peer.models import SupportGroup, User

DAYS = 14
TURNS = (("dr_lee", dt.time(8), dt.time(21)), ("dr_okafor", dt.time(21), dt.time(8)))


def fill() -> None:
    """Plan what is missing from today on, and start what has begun."""
    kim = User.objects.get(handle="kim")
    for group in SupportGroup.objects.all():
        for handle, start, end in _spans():
            _plan(group, by=kim, user=User.objects.get(handle=handle), start=start, end=end)
    begin()


def begin() -> int:
    """Start every shift whose time has come: in the demo, whoever is on call comes on time."""
    due = OnCallShift.objects.filter(
        state=OnCallShift.State.PLANNED, from_at__lte=clock.now(), until_at__gt=clock.now()
    )
    for shift in due:
        with clock.at(shift.from_at):
            shifts.start(shift, by=shift.user)
    return len(due)


def _spans() -> list[tuple[str, dt.datetime, dt.datetime]]:
    today = clock.today()
    spans = []
    for day in range(-1, DAYS):
        for handle, starts, ends in TURNS:
            on = today + dt.timedelta(days=day)
            until = on if ends > starts else on + dt.timedelta(days=1)
            start, end = (dt.datetime.combine(d, t, clock.LONDON) for d, t in ((on, starts), (until, ends)))
            if end > clock.now():
                spans.append((handle, start, end))
    return spans


def _plan(group: SupportGroup, *, by: User, user: User, start: dt.datetime, end: dt.datetime) -> None:
    there = OnCallShift.objects.filter(group=group, user=user).between(start, end).exists()
    if not there:
        shifts.plan(group, by=by, user=user, from_at=start, until_at=end)

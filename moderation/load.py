"""How much being on call takes: shifts, hours, pages, and the share that was not needed, said honestly (U5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Sum, Value
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.models import EscalationStep, EscalationTimer, OnCallShift
from moderation.models.escalations import StepState
from peer import clock
from peer.models import User

WEEK, QUARTER = dt.timedelta(days=7), dt.timedelta(days=90)
ENOUGH = 10  # of fewer, a share or a mean says more than there is to know
LATEST = 10


@dataclass(frozen=True)
class Load:
    """The figures of one span of time."""

    shifts: int
    hours: float
    pages: int
    judged: int
    not_needed: int

    @property
    def few_shifts(self) -> bool:
        """Tell whether shifts are so few that only words say it well."""
        return self.shifts < ENOUGH

    @property
    def few_judged(self) -> bool:
        """Tell the same of the pages that were judged."""
        return self.judged < ENOUGH

    def per_shift(self) -> str:
        """Say how often a shift was rung; of a few shifts only the numbers themselves."""
        if not self.shifts:
            return _("no shift yet")
        if self.few_shifts:
            words = ngettext("%(pages)s in one shift", "%(pages)s in %(shifts)s shifts", self.shifts)
            return words % {"pages": self.pages, "shifts": self.shifts}
        return f"{self.pages / self.shifts:.1f}"

    def false_share(self) -> str:
        """Say how many pages were not needed, of those judged; of a few only the numbers themselves."""
        if not self.judged:
            return _("none judged yet")
        numbers = _("%(some)s of %(all)s") % {"some": self.not_needed, "all": self.judged}
        if self.few_judged:
            return _("%(numbers)s, too few to say more") % {"numbers": numbers}
        return f"{self.not_needed / self.judged:.0%} ({numbers})"


@dataclass(frozen=True)
class Worked:
    """One shift that somebody worked: whose, where, how long, and how often it was rung."""

    shift: OnCallShift
    hours: float
    pages: int


def over(user: User, span: dt.timedelta) -> Load:
    """Count what this person may know of, back over a span from now."""
    now, since = clock.now(), clock.now() - span
    shifts = OnCallShift.objects.visible_to(user).filter(started_at__gte=since, started_at__lte=now)
    ended = Coalesce(F("ended_at"), Least(F("until_at"), Value(now, output_field=DateTimeField())))
    length = ExpressionWrapper(ended - F("started_at"), output_field=DurationField())
    worked = shifts.aggregate(hours=Sum(length))["hours"] or dt.timedelta()
    seen = EscalationTimer.objects.visible_to(user)
    pages = EscalationStep.objects.filter(state=StepState.FIRED, user__isnull=False, fired_at__gte=since)
    judged = seen.filter(resolved_at__gte=since, was_needed__isnull=False)
    return Load(
        shifts=shifts.count(),
        hours=worked / dt.timedelta(hours=1),
        pages=pages.filter(escalation__in=seen.values("pk")).count(),
        judged=judged.count(),
        not_needed=judged.filter(was_needed=False).count(),
    )


def latest(user: User) -> list[Worked]:
    """List the last shifts that this person may know of, with the hours and pages of each: two queries."""
    begun = OnCallShift.objects.visible_to(user).filter(started_at__isnull=False).with_people()
    rows = list(begun.order_by("-started_at")[:LATEST])
    about = Q(pk__in=[])
    for row in rows:
        about |= Q(user=row.user_id, escalation__group=row.group_id, fired_at__range=(row.started_at, _end(row)))
    fired = EscalationStep.objects.filter(about, state=StepState.FIRED)
    pages = [
        (user, group, at)
        for user, group, at in fired.values_list("user_id", "escalation__group_id", "fired_at")
        if user is not None and at is not None
    ]
    return [Worked(row, _hours(row), len([page for page in pages if _is_in(row, *page)])) for row in rows]


def _end(row: OnCallShift) -> dt.datetime:
    return row.ended_at or min(clock.now(), row.until_at)


def _hours(row: OnCallShift) -> float:
    return (_end(row) - row.started_at) / dt.timedelta(hours=1) if row.started_at else 0.0


def _is_in(row: OnCallShift, user: int, group: int, at: dt.datetime) -> bool:
    return (user, group) == (row.user_id, row.group_id) and (row.started_at or at) <= at <= _end(row)

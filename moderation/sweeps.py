"""What the clock process does for this package, again and again; two sweepers do no harm to each other (E3, E10)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import QuerySet

from moderation import openness, paging
from moderation.actions import decisions, escalations, questions, shifts
from moderation.actions import openness as quarters
from moderation.models import Escalation, EscalationStep, ModeratorQuestion, OnCallShift, Quarter
from peer import clock
from peer.gate import SERVICE
from peer.models import Post
from peer.states import IllegalMove, RuleBroken, StaleMove

log = logging.getLogger(__name__)
Row = TypeVar("Row")

RESTS = [Escalation.State.ACKNOWLEDGED, Escalation.State.IN_PROGRESS, Escalation.State.HANDED_OVER]


def run_due_steps() -> int:
    """Fire every overdue step in order, restart what nobody acted on, and count what was done."""
    return _each(_overdue(), escalations.restart) + _each(_due().select_related("escalation__group"), escalations.fire)


def first_due() -> dict[str, object]:
    """Name the rest and the rung that have been due longest: whoever watches the clock sees whether they stay (E13)."""
    return {
        "rests": _overdue().values_list("pk", flat=True).first(),
        "steps": _due().values_list("pk", flat=True).first(),
    }


def _overdue() -> QuerySet[Escalation]:
    return Escalation.objects.filter(state__in=RESTS, due_at__lte=clock.Now()).order_by("due_at", "pk")


def _due() -> QuerySet[EscalationStep]:
    due = EscalationStep.objects.filter(state=EscalationStep.State.WAITING, due_at__lte=clock.Now())
    return due.order_by("due_at", "number", "pk")


def climb() -> int:
    """Hand what waited too long to the next person: moderators, then the clinician, then the manager (P13)."""
    late = Post.objects.filter(state=Post.State.PENDING, due_at__lte=clock.Now(), owner_role__in=decisions.CLIMBS)
    return _each(late.order_by("due_at", "pk"), decisions.climb) + _each(
        ModeratorQuestion.objects.late(), questions.climb
    )


def watch_cover() -> int:
    """End shifts whose time is up, mark those nobody began, and pass on posts that wait too long."""
    past = OnCallShift.objects.filter(until_at__lte=clock.Now()).select_related("group")
    done = _each(past.filter(state=OnCallShift.State.ON), shifts.time_is_up)
    return done + _each(past.filter(state=OnCallShift.State.PLANNED), shifts.nobody_came) + climb()


def count_quarters() -> int:
    """Count every quarter that is over and not counted yet, from the first post on."""
    began = openness.first_words()
    if began is None:
        return 0
    counted = set(Quarter.objects.values_list("starts_on", flat=True))
    due, quarter = [], openness.before(openness.first_day(clock.today()))
    while quarter >= openness.first_day(began):
        due += [quarter] if quarter not in counted else []
        quarter = openness.before(quarter)
    for starts_on in reversed(due):
        try:
            quarters.fix(SERVICE, by=quarters.CLOCK, starts_on=starts_on)
        except RuleBroken:
            continue  # another sweeper was quicker
    return len(due)


def _each(rows: Iterable[Row], act: Callable[..., object]) -> int:
    """Do one act to each row, each in its own transaction; one that fails never stops the next."""
    done = 0
    for row in rows:
        try:
            act(row, by=paging.CLOCK)
            done += 1
        except (StaleMove, IllegalMove):
            continue  # another sweeper, or a person, was quicker
        except Exception:
            log.exception("%s of %s failed; it stays due", act.__name__, row)
    return done

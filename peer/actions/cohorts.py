"""Cohorts: planned for a day, filled as people are confirmed, begun together by the clock or by a person (U11)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, joining, workdays
from peer.events import emit
from peer.gate import System, action
from peer.models import Cohort, SupportGroup, User
from peer.news import CohortTomorrow
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.RUN_GROUP}))
DECIDE_DAYS = 1  # working days until somebody has decided about too small a start


@action(Perm.RUN_GROUP)
def plan(group: SupportGroup, *, by: User, starts_on: dt.date, largest: int) -> Cohort:
    """Plan a day on which up to `largest` people start together; whoever is confirmed from now on waits for it."""
    if starts_on <= clock.today():
        raise RuleBroken(_("Choose a day to come."))
    return _plan(group, starts_on=starts_on, largest=largest)


@action(Perm.RUN_GROUP)
def begin(cohort: Cohort, *, by: User | System) -> Cohort:
    """Let a cohort start: all who are ready at once; too few on the day, and a person decides (never silence)."""
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("group").get(pk=cohort.pk)
    ready = list(cohort.ready().select_related("person", "group", "user"))
    is_clock = isinstance(by, System)
    if is_clock and (len(ready) < cohort.smallest or cohort.group.state != SupportGroup.State.OPEN):
        cohort.move_to(Cohort.State.TO_DECIDE, owner_role=Role.CLINICIAN, due_at=workdays.due(days=DECIDE_DAYS))
        return cohort
    if cohort.group.state != SupportGroup.State.OPEN:
        raise RuleBroken(_("This group is not open."))
    cohort.move_to(Cohort.State.STARTED, started_at=clock.now(), due_at=None)
    for membership in ready:
        joining.bring_in(membership)
    return cohort


@action(Perm.RUN_GROUP)
def move(cohort: Cohort, *, by: User, starts_on: dt.date) -> Cohort:
    """Put a start off, or bring it forward; whoever waits for it sees the new day at once."""
    if starts_on <= clock.today():
        raise RuleBroken(_("Choose a day to come."))
    if cohort.group.cohorts.waiting().filter(starts_on=starts_on).exclude(pk=cohort.pk).exists():
        raise RuleBroken(_("Others start on that day. Join them to it instead."))
    due_at = _end_of(starts_on)
    if cohort.state == Cohort.State.GATHERING:
        cohort.starts_on, cohort.due_at, cohort.reminded_at = starts_on, due_at, None
        cohort.save(update_fields=["starts_on", "due_at", "reminded_at"])
        return cohort
    cohort.move_to(Cohort.State.GATHERING, starts_on=starts_on, due_at=due_at, reminded_at=None)
    return cohort


@action(Perm.RUN_GROUP)
def merge(cohort: Cohort, *, by: User, into: Cohort) -> Cohort:
    """Let the people of one cohort start with another of the same group, if all have room there."""
    other = Cohort.objects.select_for_update(of=("self",)).get(pk=into.pk)
    if other.group_id != cohort.group_id or other.pk == cohort.pk or other.state != Cohort.State.GATHERING:
        raise RuleBroken(_("Choose another day of this group that has not begun."))
    if other.people().count() + cohort.people().count() > other.largest:
        raise RuleBroken(_("There is not enough room on that day. Plan another one."))
    cohort.people().update(cohort=other)
    cohort.move_to(Cohort.State.MERGED, due_at=None)
    return other


@action(Perm.RUN_GROUP)
def remind(cohort: Cohort, *, by: System) -> Cohort:
    """Tell, the day before, everybody who waits for tomorrow; once."""
    if not Cohort.objects.filter(pk=cohort.pk, reminded_at=None).update(reminded_at=clock.now()):
        return cohort
    for membership in cohort.ready().filter(person__restricted_at=None).select_related("person"):
        emit(CohortTomorrow(membership))
    return cohort


def _plan(group: SupportGroup, *, starts_on: dt.date, largest: int) -> Cohort:
    taken = group.cohorts.waiting().filter(starts_on=starts_on).exists()
    if taken:
        raise RuleBroken(_("Others start on that day already."))
    try:
        return group.cohorts.create(
            starts_on=starts_on, largest=largest, owner_role=Role.CLINICIAN, due_at=_end_of(starts_on)
        )
    except IntegrityError:  # the database knows, also of two at once
        raise RuleBroken(_("Others start on that day already.")) from None


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, workdays.END_OF_DAY, tzinfo=clock.LONDON).astimezone(dt.UTC)

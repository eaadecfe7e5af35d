"""The last metres into a group: the day one waits for, if there is one, and the moment one is in (U11)."""

from __future__ import annotations

import datetime as dt

from peer import clock, grants, workdays
from peer.events import emit
from peer.models import Cohort, Membership, Person, SupportGroup
from peer.news import MembershipStarted
from peer.roles import Role

NEXT_ONE = dt.timedelta(weeks=4)  # after a cohort that is full


def place(membership: Membership) -> Cohort | None:
    """Put somebody who was confirmed into the next cohort with room; where all are full, one four weeks on is begun.

    A group that plans no cohorts has none, and people come in one by one.
    """
    rows = Cohort.objects.to_fill().filter(group=membership.group_id)
    if not rows.exists():
        return None
    SupportGroup.objects.select_for_update(of=("self",)).get(pk=membership.group_id)  # one at a time, from here on
    cohorts = list(rows.select_for_update(of=("self",)).order_by("starts_on", "id"))
    if not cohorts:
        return None  # it began meanwhile
    cohort = next((one for one in cohorts if not one.is_full()), None) or _after(cohorts[-1])
    membership.cohort = cohort
    membership.save(update_fields=["cohort"])
    return cohort


def waits_for_day(membership: Membership) -> bool:
    """Tell whether somebody's cohort has not begun yet; its row is held, so that nobody is missed."""
    if membership.cohort_id is None:
        return False
    rows = Cohort.objects.waiting().filter(pk=membership.cohort_id)
    return bool(rows.select_for_update(of=("self",)).values_list("pk"))


def bring_in(membership: Membership) -> Membership:
    """Let somebody be in the group from now on, as what they are there."""
    membership.move_to(Membership.State.ACTIVE, joined_at=clock.now())
    membership.roles.create(role=role_of(membership), from_at=clock.now())
    grants.sync(membership)
    emit(MembershipStarted(membership))
    return membership


def role_of(membership: Membership) -> Role:
    """Name the role in which somebody comes into a group: their own world's, also where both meet."""
    is_parent = membership.person.kind == Person.Kind.PARENT_CARER
    return Role.PARENT_CARER if is_parent else Role.YOUNG_PERSON


def _after(last: Cohort) -> Cohort:
    """Begin the next cohort after one that is full: nobody is turned away for want of a day."""
    starts_on = last.starts_on + NEXT_ONE
    due_at = dt.datetime.combine(starts_on, workdays.END_OF_DAY, tzinfo=clock.LONDON)
    return Cohort.objects.create(
        group=last.group,
        starts_on=starts_on,
        smallest=last.smallest,
        largest=last.largest,
        owner_role=Role.CLINICIAN,
        due_at=due_at,
    )

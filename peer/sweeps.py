"""What the clock process does for this package, again and again; two sweepers do no harm to each other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Q, QuerySet

from peer import clock, endings
from peer.actions import birthdays, invitations, memberships, moving_on
from peer.gate import System
from peer.models import BandMove, Invitation, Membership, MembershipDecision, MovingOn, SupportGroup
from peer.models.birthdays import born_by
from peer.roles import Role
from peer.states import IllegalMove, StaleMove

log = logging.getLogger(__name__)
Row = TypeVar("Row")


def close_late_invitations() -> int:
    """Close the offers whose thirty days are over, and count them."""
    late = Invitation.objects.out_of_date().order_by("expires_at", "pk")
    return _each(late, invitations.expire, by=invitations.CLOCK)


def end_pauses() -> int:
    """Let those back in whose pause is over."""
    over = MembershipDecision.objects.in_force().filter(kind="pause", due_at__lte=clock.Now())
    return _each(_in_order(over), memberships.resume, by=memberships.CLOCK)


def move_on() -> int:
    """Tell those who have a week left, and let those go whose weeks are over."""
    due = MovingOn.objects.under_way().filter(due_at__lte=clock.Now(), membership__person__deceased_at=None)
    return _each(_in_order(due), moving_on.go_on, by=moving_on.CLOCK)


def notice_birthdays() -> int:
    """Notice who grows out of their group within a month, or whose age nobody knows; and make what is due."""
    noticed = _each(growing_out(), birthdays.notice, by=birthdays.CLOCK)
    due = BandMove.objects.filter(state__in=[BandMove.State.NOTICED, BandMove.State.PLANNED], due_at__lte=clock.Now())
    return noticed + _each(_in_order(due), birthdays.make, by=birthdays.CLOCK)


def growing_out() -> QuerySet[Membership]:
    """Find the young people who grow out of their group within a month and for whom nobody plans it yet."""
    soon = clock.today() + endings.days("birthday", "before")
    groups = SupportGroup.objects.filter(audience=SupportGroup.Audience.YOUNG_PEOPLE)
    ages = groups.values_list("age_to", flat=True).distinct()
    grown = Q(person__born_on=None)
    for age in ages:
        grown |= Q(group__age_to=age, person__born_on__lte=born_by(soon, years=age + 1))
    inside = [Membership.State.ACTIVE, Membership.State.SUSPENDED]
    rows = Membership.objects.filter(
        grown,
        group__audience=SupportGroup.Audience.YOUNG_PEOPLE,
        state__in=inside,
        person__deceased_at=None,
        roles__role=Role.YOUNG_PERSON,
        roles__until_at=None,
    )
    seen_to = BandMove.objects.exclude(state=BandMove.State.CALLED_OFF).values("membership")
    leaving = MovingOn.objects.under_way().values("membership")
    rows = rows.exclude(pk__in=seen_to).exclude(pk__in=leaving)
    return rows.select_related("person", "group").order_by("pk").distinct()


def _in_order(rows: QuerySet[Row]) -> QuerySet[Row]:  # type: ignore[type-var]
    return rows.order_by("due_at", "pk")


def _each(rows: Iterable[Row], act: Callable[..., object], *, by: System) -> int:
    """Do one act to each row, each in its own transaction; one that fails never stops the next."""
    done = 0
    for row in list(rows):
        try:
            act(row, by=by)
            done += 1
        except (StaleMove, IllegalMove):
            continue  # somebody, or another sweeper, was quicker
        except Exception:
            log.exception("%s of %s failed; it stays due", getattr(act, "__name__", act), row)
    return done


def look_after_places() -> int:
    """Do what has become due about places in groups: pauses, last weeks, birthdays."""
    return end_pauses() + move_on() + notice_birthdays()

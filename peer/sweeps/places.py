"""What has become due about places in groups: pauses, last weeks, birthdays."""

from __future__ import annotations

from peer import clock
from peer.actions import memberships, moving_on
from peer.models import MembershipDecision, MovingOn
from peer.sweeps.birthdays import notice_birthdays
from peer.sweeps.each import each, in_order


def look_after_places() -> int:
    """Do what has become due about places in groups: pauses, last weeks, birthdays."""
    return end_pauses() + move_on() + notice_birthdays()


def end_pauses() -> int:
    """Let those back in whose pause is over."""
    over = MembershipDecision.objects.in_force().filter(kind="pause", due_at__lte=clock.Now())
    return each(in_order(over), memberships.resume, by=memberships.CLOCK)


def move_on() -> int:
    """Tell those who have a week left, and let those go whose weeks are over."""
    due = MovingOn.objects.under_way().filter(due_at__lte=clock.Now(), membership__person__deceased_at=None)
    return each(in_order(due), moving_on.go_on, by=moving_on.CLOCK)

"""What the clock process does for this package, again and again; two sweepers do no harm to each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from peer import clock
from peer.actions import cohorts, invitations
from peer.models import Cohort, Invitation
from peer.states import StaleMove


def close_late_invitations() -> int:
    """Close the offers whose thirty days are over, and count them."""
    done = 0
    for invitation in Invitation.objects.out_of_date().order_by("expires_at", "pk"):
        try:
            invitations.expire(invitation, by=invitations.CLOCK)
        except StaleMove:
            continue  # somebody answered, or another sweeper was quicker
        done += 1
    return done


REMINDS = range(10, 18)  # hours of the day before


def start_cohorts() -> int:
    """Start the cohorts whose hour has come, remind those of tomorrow, and count what was done (U11)."""
    done = 0
    for cohort in Cohort.objects.due().select_related("group"):
        if cohort.starts_at() <= clock.now():
            done += _once(cohorts.begin, cohort)
    if clock.now().astimezone(clock.LONDON).hour in REMINDS:
        tomorrow = clock.today() + dt.timedelta(days=1)
        for cohort in Cohort.objects.gathering().filter(starts_on=tomorrow, reminded_at=None):
            done += _once(cohorts.remind, cohort)
    return done


def _once(act: Callable[..., Cohort], cohort: Cohort) -> int:
    try:
        act(cohort, by=cohorts.CLOCK)
    except StaleMove:
        return 0  # a person, or another sweeper, was quicker
    return 1

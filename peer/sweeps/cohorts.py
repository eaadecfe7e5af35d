"""Cohorts whose hour has come, and those of tomorrow."""

from __future__ import annotations

import datetime as dt

from peer import clock
from peer.actions import cohorts
from peer.models import Cohort
from peer.sweeps.each import each

REMINDS = range(10, 18)  # hours of the day before


def start_cohorts() -> int:
    """Start the cohorts whose hour has come, remind those of tomorrow, and count what was done (U11)."""
    due = [cohort for cohort in Cohort.objects.due().select_related("group") if cohort.starts_at() <= clock.now()]
    done = each(due, cohorts.begin, by=cohorts.CLOCK)
    if clock.now().astimezone(clock.LONDON).hour in REMINDS:
        tomorrow = clock.today() + dt.timedelta(days=1)
        done += each(
            Cohort.objects.gathering().filter(starts_on=tomorrow, reminded_at=None), cohorts.remind, by=cohorts.CLOCK
        )
    return done

"""Cohorts: five to twelve people who come into a group on the same day, so that nobody is the only new one (U11)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.urls import reverse

from peer import clock
from peer.figures import FEW
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

SMALLEST, LARGEST = 5, 12
GONE = (Membership.State.LEFT, Membership.State.REMOVED)


def london_midnight(day: dt.date) -> dt.datetime:
    """Give the moment when a day begins in London."""
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.LONDON)


class CohortQuerySet(models.QuerySet["Cohort"]):
    """Cohorts, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> CohortQuerySet:
        """Keep all for those who set groups up; a member meets theirs through their own membership alone (M6)."""
        return self if user.may_in_service(Role.SERVICE_MANAGER, Role.CLINICIAN) else self.none()

    def waiting(self) -> CohortQuerySet:
        """Keep those that have not begun, the next one first."""
        return self.filter(state__in=[Cohort.State.GATHERING, Cohort.State.TO_DECIDE]).order_by("starts_on", "id")

    def gathering(self) -> CohortQuerySet:
        """Keep those that people are still put into."""
        return self.filter(state=Cohort.State.GATHERING)

    def to_fill(self) -> CohortQuerySet:
        """Keep those that somebody who was just confirmed can wait for: a day to come, or one with too few."""
        to_come = models.Q(state=Cohort.State.GATHERING, starts_on__gt=clock.today())
        return self.filter(to_come | models.Q(state=Cohort.State.TO_DECIDE))

    def due(self) -> CohortQuerySet:
        """Keep those whose day has come."""
        return self.gathering().filter(starts_on__lte=clock.today()).order_by("starts_on", "id")


class CohortState(models.TextChoices):
    """People gather, and begin together; too few on the day, and a person decides."""

    GATHERING = "gathering", "Gathering"
    TO_DECIDE = "to_decide", "Somebody must decide"
    STARTED = "started", "Started"
    MERGED = "merged", "Joined to another day"


class Cohort(Stateful, Owed):
    """The people who start in a group on one day."""

    State = CohortState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.GATHERING: {State.STARTED, State.TO_DECIDE, State.MERGED},
        State.TO_DECIDE: {State.STARTED, State.GATHERING, State.MERGED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="cohorts")
    starts_on = models.DateField()
    smallest = models.PositiveSmallIntegerField(default=SMALLEST)
    largest = models.PositiveSmallIntegerField(default=8)
    state = models.CharField(max_length=10, choices=State.choices, default=State.GATHERING)
    reminded_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(CohortState, name="cohort_state"),
            owed_unless("started", "merged", name="cohort_owed"),
            models.CheckConstraint(
                condition=models.Q(smallest__gte=SMALLEST, largest__lte=LARGEST, smallest__lte=models.F("largest")),
                name="cohort_size",
            ),
            models.UniqueConstraint(
                fields=["group", "starts_on"],
                condition=models.Q(state__in=["gathering", "to_decide"]),
                name="cohort_day_once",
            ),
        ]

    def __str__(self) -> str:
        return f"cohort {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page where staff look after it."""
        return reverse("cohorts-detail", args=[self.public_id])

    def starts_at(self) -> dt.datetime:
        """Give the moment when it begins: when writing opens on its day."""
        start = dt.datetime.combine(self.starts_on, self.group.opens, tzinfo=clock.LONDON)
        return start.astimezone(dt.UTC)

    def people(self) -> models.QuerySet[Membership]:
        """Keep the memberships that belong to it now."""
        return self.memberships.exclude(state__in=GONE)

    def ready(self) -> models.QuerySet[Membership]:
        """Keep who has a name and said yes, and waits for the day."""
        waits = self.memberships.filter(state=Membership.State.CONFIRMED, ready_at__isnull=False)
        return waits.filter(person__deceased_at=None).order_by("id")

    def is_full(self) -> bool:
        """Tell whether nobody more is put into it."""
        return self.people().count() >= self.largest

    def told(self) -> int | None:
        """Count who was in when today began, for those who wait; None while so few that one might guess who (M6)."""
        count = self.ready().filter(ready_at__lt=london_midnight(clock.today())).count()
        return count if count >= FEW else None

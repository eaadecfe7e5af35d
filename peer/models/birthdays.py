"""Birthdays that take somebody out of their group's ages: planned a month before, never a loss of support (M4, H24)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.urls import reverse

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

GROWN_UP = 18


def birthday(born_on: dt.date, *, years: int) -> dt.date:
    """Give the day on which somebody turns `years`; born on 29 February it is 1 March where there is none (2f)."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return dt.date(born_on.year + years, 3, 1)


def born_by(day: dt.date, *, years: int) -> dt.date:
    """Give the last birth date of those who have turned `years` on `day`."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return dt.date(day.year - years, 2, 28)


class BandMoveQuerySet(models.QuerySet["BandMove"]):
    """Birthdays to plan, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> BandMoveQuerySet:
        """Keep one's own; for clinicians and co-ordinators all."""
        staff = user.may_in_service(Role.CLINICIAN, Role.CO_ORDINATOR)
        return self if staff else self.filter(membership__user=user)

    def open(self) -> BandMoveQuerySet:
        """Keep what somebody still has to see to, the nearest first."""
        final = [BandMove.State.MOVED, BandMove.State.CALLED_OFF]
        return self.exclude(state__in=final).order_by("due_at", "pk")


class BandMoveState(models.TextChoices):
    """Noticed, planned, offered on the day, and moved when they are in the next group; late where that did not work."""

    NOTICED = "noticed", "To plan"
    PLANNED = "planned", "Planned"
    OFFERED = "offered", "Offered the next group"
    LATE = "late", "Could not be made on the day"
    MOVED = "moved", "Moved"
    CALLED_OFF = "called_off", "Not needed any more"


class BandMove(Stateful, Owed):
    """One person who grows out of one group, and where they go; `birthday_on` is empty where the age is not known."""

    State = BandMoveState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.NOTICED: {State.PLANNED, State.OFFERED, State.LATE, State.MOVED, State.CALLED_OFF},
        State.PLANNED: {State.NOTICED, State.OFFERED, State.LATE, State.MOVED, State.CALLED_OFF},
        State.OFFERED: {State.PLANNED, State.LATE, State.MOVED, State.CALLED_OFF},
        State.LATE: {State.PLANNED, State.OFFERED, State.MOVED, State.CALLED_OFF},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="band_moves")
    birthday_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NOTICED)
    to_group = models.ForeignKey(SupportGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    planned_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    why_late = models.CharField(max_length=200, blank=True)
    noticed_at = models.DateTimeField(default=clock.now)

    objects = BandMoveQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(BandMoveState, name="band_move_state"),
            owed_unless("moved", "called_off", name="band_move_owed"),
            models.UniqueConstraint(
                fields=["membership"],
                condition=~models.Q(state__in=["moved", "called_off"]),
                name="band_move_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"birthday {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page on which it is planned."""
        return reverse("birthdays-detail", args=[self.public_id])

    @property
    def turns(self) -> int:
        """Give the age they turn."""
        return self.membership.group.age_to + 1

    @property
    def is_eighteen(self) -> bool:
        """Tell whether they grow up, so that the way on is help for adults."""
        return self.turns >= GROWN_UP

    def is_due(self) -> bool:
        """Tell whether the birth date still says that they grow out of their group, and they are still in it."""
        place = self.membership
        if place.state not in {Membership.State.ACTIVE, Membership.State.SUSPENDED}:
            return False
        age = place.person.age()
        return age is None if self.birthday_on is None else age is not None and age > place.group.age_to

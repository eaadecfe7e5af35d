"""A pause of a group, from the one press to the second yes: it rests with a clinician until it is over (P10, H13)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models

from peer import clock
from peer.models import SupportGroup, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

LOOKED_AT_WITHIN = dt.timedelta(hours=24)


class GroupPauseQuerySet(models.QuerySet["GroupPause"]):
    """Pauses of groups."""

    def visible_to(self, user: User) -> GroupPauseQuerySet:
        """Keep all for managers; for others those of groups they look after, through `WatchedGroup` alone."""
        return self if user.may_in_service(Role.SERVICE_MANAGER) else self.none()

    def going(self, group: SupportGroup) -> GroupPause | None:
        """Find the pause that a group is in."""
        return self.filter(group=group).exclude(state=GroupPause.State.OVER).select_related("read_by").first()


class PauseState(models.TextChoices):
    """Nothing at all, then reading, then everything."""

    PAUSED = "paused", "Nothing is shown or written"
    READING = "reading", "People read again; one more yes before they write"
    OVER = "over", "Over"


class GroupPause(Stateful, Owed):
    """One pause: somebody lets people read again, and somebody else lets them write."""

    State = PauseState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.PAUSED: {State.READING, State.OVER},
        State.READING: {State.OVER},
    }

    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="pauses")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PAUSED)
    from_at = models.DateTimeField(default=clock.now)
    read_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    open_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    open_at = models.DateTimeField(null=True, blank=True)

    objects = GroupPauseQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(PauseState, name="pause_state"),
            owed_unless("over", name="pause_waits_with_owner"),
            models.UniqueConstraint(fields=["group"], condition=~models.Q(state="over"), name="pause_once_a_group"),
            models.CheckConstraint(
                condition=models.Q(open_by__isnull=True) | ~models.Q(open_by=models.F("read_by")),
                name="pause_ends_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"pause {self.pk} of group {self.group_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

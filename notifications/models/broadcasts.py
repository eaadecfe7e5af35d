"""One message to many people: one row, which the sweep turns into intents a few hundred at a time (architecture 5)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from peer import clock
from peer.models import User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

ALONE = 20  # families to whom one member of staff may write alone (decision 27)


class BroadcastState(models.TextChoices):
    """How far it is."""

    ASKED = "asked", "Waits for a yes"
    GOING = "going", "Being queued"
    DONE = "done", "Queued to everybody"
    CANCELLED = "cancelled", "Taken back"


class BroadcastQuerySet(models.QuerySet["Broadcast"]):
    """Broadcasts, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> Self:
        """Keep all for those who may ask for one or agree to one, nothing for anybody else."""
        return self if user.may_in_service(Role.CO_ORDINATOR, Role.SERVICE_MANAGER) else self.none()


class Broadcast(Stateful, Owed):
    """One notice to all who wait, or to those of one pathway; `cursor` is the last place on the list that is queued."""

    State = BroadcastState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.ASKED: {State.GOING, State.CANCELLED},
        State.GOING: {State.DONE, State.CANCELLED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    notice = models.CharField(max_length=40)
    pathway = models.CharField(max_length=120, blank=True)  # of those who wait; blank: all of them
    families = models.PositiveIntegerField()  # how many it was for when somebody asked
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    cursor = models.BigIntegerField(default=0)
    queued = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seconded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)  # why it was taken back
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = BroadcastQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(BroadcastState, name="broadcast_state"),
            owed_unless("done", "cancelled", name="broadcast_owed"),
            models.CheckConstraint(
                condition=models.Q(seconded_by=None) | ~models.Q(seconded_by=models.F("asked_by")),
                name="broadcast_by_two",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=models.Q(state="going"), name="broadcast_going")]

    def __str__(self) -> str:
        return f"{self.notice} to {self.families} families ({self.state})"

    def needs_second(self) -> bool:
        """Tell whether a second person must agree before anything is queued ."""
        return self.families > ALONE

"""Calls through the service's number: a clinician is rung first, then the person they worry about (U4)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from moderation.models import Escalation
from notifications.models.contacts import ContactPoint
from notifications.models.staff_calls import StaffCall
from peer import clock
from peer.models import User
from peer.models.dated import public_id
from peer.states import Owed, Stateful, one_of_states, owed_unless


class RingState(models.TextChoices):
    """Asked for, then two lines are being joined, then over."""

    ASKED = "asked", "Ringing the clinician"
    RINGING = "ringing", "Ringing them"
    ENDED = "ended", "Over"


class RingQuerySet(models.QuerySet["Ring"]):
    """Calls through the service's number."""

    def due(self) -> RingQuerySet:
        """Keep what nothing was heard of in its time."""
        return self.exclude(state=RingState.ENDED).filter(due_at__lte=clock.Now()).order_by("due_at", "pk")

    def latest_first(self) -> RingQuerySet:
        """Put the newest first, with who rang."""
        return self.select_related("by").order_by("-pk")


class Ring(Stateful, Owed):
    """One try to join a clinician and a young person; neither of them sees the other's number.

    `joined_at` is when the young person pressed a key: a machine presses none, so nothing else counts as having spoken.
    """

    State = RingState

    class Outcome(models.TextChoices):
        """What came of it."""

        SPOKE = "spoke", "You spoke"
        NO_ANSWER = "no_answer", "No answer"
        BUSY = "busy", "The line was busy"
        MACHINE = "machine", "A machine, or nobody who pressed the key; it was told nothing"
        FAILED = "failed", "The call did not get through"
        NOT_TAKEN = "not_taken", "The clinician did not pick up, so nobody else was rung"

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.ASKED: {State.RINGING, State.ENDED},
        State.RINGING: {State.ENDED},
    }

    token = models.CharField(max_length=24, unique=True, default=public_id)
    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="rings")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    own_contact = models.ForeignKey(ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(ContactPoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    call = models.ForeignKey(StaffCall, null=True, blank=True, on_delete=models.SET_NULL, related_name="rings")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    is_beyond_hours = models.BooleanField(default=False)
    answered_by = models.CharField(max_length=30, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RingQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(RingState, name="ring_state"),
            owed_unless("ended", name="ring_owed"),
            models.CheckConstraint(condition=~models.Q(state="ended") | ~models.Q(outcome=""), name="ring_ends_with"),
            models.UniqueConstraint(fields=["escalation"], condition=~models.Q(state="ended"), name="ring_one_at_once"),
        ]

    def __str__(self) -> str:
        return f"ring {self.pk}"

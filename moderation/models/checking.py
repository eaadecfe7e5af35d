"""Practice, topics to stay away from, and turns at the queue with what somebody said after one (U14, W2)."""

from __future__ import annotations

from django.db import models

from peer import clock
from peer.models import User
from peer.models.dated import public_id
from peer.states import AppendOnly, AppendOnlyQuerySet


class PracticeAnswer(AppendOnly):
    """What somebody would have done with an invented post: one row a try."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="practice_answers")
    key = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    fits = models.BooleanField()
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["user", "key"], name="practice_of_user")]

    def __str__(self) -> str:
        return f"practice answer {self.pk}"


class AvoidedTopic(models.Model):
    """Something that one moderator does not want to read about; nobody asks why."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="avoided_topics")
    topic = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="avoided_once")]

    def __str__(self) -> str:
        return f"avoided topic {self.pk}"


class CheckingTurnQuerySet(models.QuerySet["CheckingTurn"]):
    """Turns at the queue."""

    def visible_to(self, user: User) -> CheckingTurnQuerySet:
        """Keep one's own."""
        return self.filter(user=user)

    def over(self) -> CheckingTurnQuerySet:
        """Keep those that have ended."""
        return self.filter(ended_at__isnull=False)

    def last_first(self) -> CheckingTurnQuerySet:
        """Begin with the last, over or not, with what was said after each."""
        return self.select_related("debrief").order_by("-pk")


class CheckingTurn(models.Model):
    """One person reads posts from the first they take until they stop; it ends by itself when they read no more."""

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="turns")
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CheckingTurnQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(ended_at__isnull=True), name="turn_once"),
        ]

    def __str__(self) -> str:
        return f"turn {self.public_id}"

    def is_own(self, user: User) -> bool:
        """Tell whether this is the turn of `user`."""
        return self.user_id == user.pk


class ShiftDebrief(AppendOnly):
    """What somebody said after a turn: presses alone, so that nothing must be written when words are hard."""

    class Felt(models.TextChoices):
        """How it was."""

        FINE = "fine", "Fine"
        HEAVY = "heavy", "A bit heavy"
        MUCH = "much", "Too much"

    turn = models.OneToOneField(CheckingTurn, on_delete=models.CASCADE, related_name="debrief")
    felt = models.CharField(max_length=5, choices=Felt.choices)
    stays = models.BooleanField("something stays with them")
    wants_talk = models.BooleanField("would like somebody to talk to them")
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"debrief {self.pk}"

"""What somebody agreed to, in which exact words; the latest row counts (safety C1–C4)."""

from __future__ import annotations

from django.db import models

from peer import clock
from peer.models.people import Person, User
from peer.states import AppendOnly, AppendOnlyQuerySet


class Consent(AppendOnly):
    """One yes or no of one person, for one purpose."""

    class Purpose(models.TextChoices):
        """Each is asked apart; none implies another (safety C1)."""

        JOIN = "join", "Join a group"
        LIMITS = "limits", "What is private and when it is not"
        TEXTS = "texts", "Texts to me"
        PARENT_TOLD = "parent_told", "A parent is told about the group"
        FEEDBACK = "feedback", "My feedback is published"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    given = models.BooleanField()
    basis = models.CharField(max_length=40)
    text_hash = models.CharField(max_length=64, blank=True)
    version = models.CharField(max_length=20, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["person", "purpose", "-id"], name="consent_latest")]

    def __str__(self) -> str:
        return f"{self.purpose}: {'yes' if self.given else 'no'}"

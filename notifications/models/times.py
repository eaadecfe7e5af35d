"""Which times the numbers of an answer stand for, so that a number said later means what was offered (S64)."""

from __future__ import annotations

from django.db import models

from notifications.models.outbox import Notification
from peer import clock


class TimesOffered(models.Model):
    """The times offered to somebody who answered a message by asking for another one, in the order of their numbers."""

    told = models.OneToOneField(Notification, on_delete=models.CASCADE, related_name="times")
    slots = models.JSONField(default=list)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()
        verbose_name_plural = "times offered"

    def __str__(self) -> str:
        return f"times {self.pk}"

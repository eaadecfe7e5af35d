"""Which clinician covers which group, and until when."""

from __future__ import annotations

from django.db import models

from peer.models.dated import DatedQuerySet
from peer.models.people import User


class Duty(models.Model):
    """A clinician covers a group for a span; written from the rota, read by the gate to the second."""

    group = models.ForeignKey("peer.SupportGroup", on_delete=models.CASCADE, related_name="duties", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()

    objects = DatedQuerySet["Duty"].as_manager()

    class Meta:
        verbose_name_plural = "duties"
        indexes = [models.Index(fields=["group", "until_at"], name="duty_now")]
        constraints = [models.CheckConstraint(condition=models.Q(until_at__gt=models.F("from_at")), name="duty_span")]

    def __str__(self) -> str:
        return f"duty {self.pk}"

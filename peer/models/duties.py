"""Which clinician covers which group, and until when."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Coalesce, Least

from peer.models.dated import DatedQuerySet
from peer.models.memberships import MembershipRole
from peer.models.people import User
from peer.roles import Role


class DutyQuerySet(DatedQuerySet["Duty"]):
    """Spans of cover."""

    def covers(self) -> models.QuerySet[Any]:
        """Keep those of clinicians who still hold their role here: one that ends by day takes its cover with it."""
        held = MembershipRole.objects.inside().filter(role=Role.CLINICIAN)
        here = held.filter(membership__group=models.OuterRef("group"), membership__user=models.OuterRef("user"))
        until = models.Subquery(here.longest_first().values("until_at")[:1])
        ends = Least("until_at", Coalesce(until, "until_at"))
        duties: models.QuerySet[Any] = self.filter(models.Exists(here)).annotate(ends_at=ends)
        return duties.filter(ends_at__gt=models.F("from_at"))


class Duty(models.Model):
    """A clinician covers a group for a span; written from the rota, read by the gate to the second."""

    group = models.ForeignKey("peer.SupportGroup", on_delete=models.CASCADE, related_name="duties")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "duties"
        indexes = [models.Index(fields=["group", "until_at"], name="duty_now")]
        constraints = [models.CheckConstraint(condition=models.Q(until_at__gt=models.F("from_at")), name="duty_span")]

    def __str__(self) -> str:
        return f"duty {self.pk}"

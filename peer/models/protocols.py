"""How we treat each other, version by version, and who said yes to which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from peer import clock
from peer.models.people import User
from peer.states import AppendOnly, AppendOnlyQuerySet

if TYPE_CHECKING:
    from peer.models.groups import SupportGroup


class GroupProtocol(models.Model):
    """How we treat each other: three headings, versioned, accepted by everyone, staff too (S45)."""

    group = models.ForeignKey("peer.SupportGroup", on_delete=models.CASCADE, related_name="protocols")
    version = models.PositiveIntegerField()
    treated = models.TextField("How I am treated")
    listened = models.TextField("How I am listened to")
    accepted = models.TextField("How my views are accepted")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "version"], name="protocol_version"),
            models.CheckConstraint(
                condition=~models.Q(treated="") & ~models.Q(listened="") & ~models.Q(accepted=""),
                name="protocol_three_headings",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group


class ProtocolAcceptance(AppendOnly):
    """One person's yes to one version of how we treat each other."""

    protocol = models.ForeignKey(GroupProtocol, on_delete=models.CASCADE, related_name="acceptances")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["protocol", "user"], name="acceptance_once")]

    def __str__(self) -> str:
        return f"acceptance {self.pk}"

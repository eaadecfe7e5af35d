"""What guides the sessions of one group, and what its hosts do beside the steps that hold for all (S77, S96)."""

from __future__ import annotations

from django.db import models

from peer import clock
from peer.models.groups import SupportGroup
from peer.models.people import User


class RunSheet(models.Model):
    """The lines that a group has written for itself: one a line; the words that every session begins with are fixed."""

    group = models.OneToOneField(SupportGroup, on_delete=models.CASCADE, related_name="run_sheet")
    principles = models.TextField()
    before = models.TextField(blank=True)
    during = models.TextField(blank=True)
    after = models.TextField(blank=True)
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"run sheet {self.pk}"

    def lines(self, name: str) -> list[str]:
        """Give one of its parts, line by line."""
        return [line.strip() for line in getattr(self, name).splitlines() if line.strip()]

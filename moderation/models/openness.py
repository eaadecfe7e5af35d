"""What the service counted of a quarter, once it was over; a later row corrects it, and says who and why (S33, U20)."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.urls import reverse

from peer import clock
from peer.models import User
from peer.states import AppendOnly, AppendOnlyQuerySet


class QuarterQuerySet(AppendOnlyQuerySet):
    """Counted quarters; what is shown of them is for everybody."""

    def newest(self) -> list[Quarter]:
        """Give each quarter as it was counted last, the latest quarter first."""
        rows = self.select_related("by").order_by("starts_on", "version")
        return list({row.starts_on: row for row in rows}.values())[::-1]


class Quarter(AppendOnly):
    """One quarter's counts, as the rows had them; the first is the clock's, each later one a named person's."""

    starts_on = models.DateField()
    version = models.PositiveSmallIntegerField(default=1)
    counts = models.JSONField()
    fixed_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    objects = QuarterQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["starts_on", "version"], name="quarter_once_a_version"),
            models.CheckConstraint(
                condition=models.Q(version=1) | (models.Q(by__isnull=False) & ~models.Q(note="")),
                name="quarter_corrected_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"quarter from {self.starts_on}, version {self.version}"

    def get_absolute_url(self) -> str:
        """Give the public page, at this quarter."""
        return f"{reverse('openness')}#{self.slug}"

    @property
    def slug(self) -> str:
        """Name the quarter in addresses, as 2026-q4."""
        return f"{self.starts_on.year}-q{(self.starts_on.month + 2) // 3}"

    @property
    def ends_on(self) -> dt.date:
        """Give its last day."""
        following = (self.starts_on.replace(day=1) + dt.timedelta(days=95)).replace(day=1)
        return following - dt.timedelta(days=1)

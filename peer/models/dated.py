"""Rows that hold for a span of time, and the random public ids of private objects."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from peer import clock

Row = TypeVar("Row", bound=models.Model)


def public_id() -> str:
    """Make a random address part of 96 bits for a private object (decision 10)."""
    return secrets.token_urlsafe(12)


class DatedQuerySet(models.QuerySet[Row]):
    """Rows with `from_at` and an open or closed `until_at`."""

    def at(self, moment: dt.datetime) -> Self:
        """Keep the rows that hold at `moment` (the end is outside)."""
        return self.filter(Q(until_at__isnull=True) | Q(until_at__gt=moment), from_at__lte=moment)

    def current(self) -> Self:
        """Keep the rows that hold now."""
        return self.at(clock.now())

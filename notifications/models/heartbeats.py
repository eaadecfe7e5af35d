"""Who still lives: one row for each part of the clock that pages depend on, and one for the watcher."""

from __future__ import annotations

from django.db import models

from peer import clock


class Heartbeat(models.Model):
    """The last sign of life of one part; whoever watches it looks whether it changes, never how old it is (E10)."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"

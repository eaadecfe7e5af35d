"""Recordings: the fixed sentences of calls as people speak them, in their own languages (U16)."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Self

from django.db import models
from django.urls import reverse

from notifications.languages import LANGUAGES
from notifications.sounds import Kind
from peer import clock
from peer.models import User
from peer.models.dated import public_id
from peer.roles import Role


def make_token() -> str:
    """Make the unguessable end of a recording's address."""
    return secrets.token_urlsafe(32)


class RecordingQuerySet(models.QuerySet["Recording"]):
    """Recordings: who may keep them, and which are heard."""

    def visible_to(self, user: User) -> Self:
        """Keep all for the service manager, nothing for anybody else."""
        return self if user.may_in_service(Role.SERVICE_MANAGER) else self.none()

    def live(self, *, since: dt.datetime | None = None) -> Self:
        """Keep those that are in use, and with `since` those that were at that moment or later."""
        in_use = models.Q(ended_at=None)
        return self.filter(in_use | models.Q(ended_at__gt=since) if since else in_use)


class Recording(models.Model):
    """One fixed sentence as somebody has spoken it, and the words it had then; a new one ends the one before."""

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    token = models.CharField(max_length=60, unique=True, default=make_token)
    language = models.CharField(max_length=12)
    name = models.CharField(max_length=40)  # of the file under templates/notifications/<language>/call/
    words = models.TextField()
    sound = models.CharField(max_length=64)  # the content's hash, by which it is kept
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.name) for kind in Kind])
    speaker = models.CharField(max_length=80)
    agreed_by = models.CharField(max_length=80)
    kept_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    kept_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["language", "name"], condition=models.Q(ended_at__isnull=True), name="recording_live_once"
            )
        ]

    def __str__(self) -> str:
        return f"{LANGUAGES.get(self.language, self.language)}: {self.name}"

    def get_absolute_url(self) -> str:
        """Give the page on which it is kept."""
        return reverse("recordings-keep", args=[self.language, self.name])

"""What keeps messages back: a network that cannot take them now, and the hold after a restore."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from notifications.models.contacts import Channel
from peer import clock
from peer.models import User
from peer.roles import Role


class SendingPause(models.Model):
    """The network asked us to wait, stopped knowing us or does not answer: nothing of a channel goes until then.

    `failures` counts tries in a row that found nobody (F7, F12, F13); the first answer takes the row away.
    """

    channel = models.CharField(max_length=5, choices=Channel.choices, unique=True)
    until_at = models.DateTimeField()
    reason = models.CharField(max_length=60)
    failures = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.channel} until {self.until_at:%H:%M:%S}"


class SendingHoldQuerySet(models.QuerySet["SendingHold"]):
    """The holds."""

    def visible_to(self, user: User) -> Self:
        """Keep all for service managers, who end them, nothing for anybody else."""
        return self if user.may_in_service(Role.SERVICE_MANAGER) else self.none()

    def current(self) -> Self:
        """Keep the hold that nobody has ended."""
        return self.filter(ended_at__isnull=True)


class SendingHold(models.Model):
    """After a restore nothing but pages leaves until a person has compared us with the network (H27, F19)."""

    is_current = models.BooleanField(default=True, editable=False)  # so that the database keeps it to one
    since_at = models.DateTimeField(default=clock.now)
    why = models.CharField(max_length=200)
    asked_at = models.DateTimeField(null=True, blank=True)  # somebody wants it compared; the clock process does it
    compared_pk = models.BigIntegerField(default=0)  # how far it is
    found = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=60, blank=True)
    reconciled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ended_why = models.CharField(max_length=200, blank=True)

    objects = SendingHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_current"], condition=Q(ended_at__isnull=True), name="hold_once")
        ]

    def __str__(self) -> str:
        return f"hold since {self.since_at:%Y-%m-%d %H:%M}"


def is_held() -> bool:
    """Tell whether only pages leave now."""
    return SendingHold.objects.current().exists()

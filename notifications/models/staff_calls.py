"""Staff on the phone without a screen: the PIN they chose, and who has shown it in which call (U4)."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import check_password
from django.db import models

from moderation.models import Escalation
from peer import clock
from peer.models import User

WRONG_PINS = 5  # then the PIN opens nothing until its owner chooses another behind a second step


def fresh_code() -> str:
    """Make a short number by which somebody of staff says who they are; it is no secret."""
    return f"{secrets.randbelow(900_000) + 100_000}"


class StaffPinQuerySet(models.QuerySet["StaffPin"]):
    """PINs of staff."""

    def visible_to(self, user: User) -> StaffPinQuerySet:
        """Keep one's own."""
        return self.filter(user=user)

    def usable(self) -> StaffPinQuerySet:
        """Keep those that open something now."""
        return self.filter(locked_at=None)


class StaffPin(models.Model):
    """The code and the PIN of one account; the PIN is kept as a slow hash, and rests after too many wrong ones."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="staff_pin")
    code = models.CharField(max_length=6, unique=True, default=fresh_code)
    pin = models.CharField(max_length=128)
    chosen_at = models.DateTimeField(default=clock.now)
    wrong = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)

    objects = StaffPinQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"PIN of account {self.user_id}"

    def fits(self, keys: str) -> bool:
        """Tell whether these keys are the PIN; a locked one fits nothing."""
        return self.locked_at is None and check_password(keys, self.pin)


class StaffCall(models.Model):
    """One call with somebody of staff: who it says it is, whether they have shown it, and which worry is read out."""

    sid = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    escalation = models.ForeignKey(Escalation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    where_hash = models.CharField(max_length=64, blank=True)
    keys_wrong = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)  # when they heard that the young person wishes other hours
    at = models.DateTimeField(default=clock.now)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["where_hash", "at"], name="staff_call_lately")]

    def __str__(self) -> str:
        return f"staff call {self.sid[-6:]}"

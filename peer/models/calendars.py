"""The address by which somebody's own calendar reads when they meet; a new one ends the old one."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.crypto import salted_hmac
from encrypted_fields.fields import EncryptedCharField

from peer import clock
from peer.models.people import User

SECRET_BYTES = 24


def keyed_hash(secret: str) -> str:
    """Hash an address with the service's key, so that the table alone opens nothing."""
    return salted_hmac("peer.calendar", secret, algorithm="sha256").hexdigest()


class CalendarAddressQuerySet(models.QuerySet["CalendarAddress"]):
    """Addresses of calendars, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> CalendarAddressQuerySet:
        """Keep one's own: nobody else is told that there is one."""
        return self.filter(user=user)

    def live(self) -> CalendarAddressQuerySet:
        """Keep those of people who may still sign in."""
        return self.filter(user__is_active=True, user__person__deceased_at=None).select_related("user")

    def at(self, secret: str) -> CalendarAddress | None:
        """Find whose calendar an address opens."""
        return self.filter(secret_hash=keyed_hash(secret)).first()


class CalendarAddress(models.Model):
    """One secret address for each account; whoever knows it reads hours, and nothing else."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_address")
    secret = EncryptedCharField(max_length=64)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=clock.now)

    objects = CalendarAddressQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "calendar addresses"

    def __str__(self) -> str:
        return f"calendar address {self.pk}"

    def renew(self) -> None:
        """Take a new secret; what was opened by the old one is shut."""
        self.secret = secrets.token_urlsafe(SECRET_BYTES)
        self.secret_hash, self.made_at = keyed_hash(self.secret), clock.now()
        self.save()

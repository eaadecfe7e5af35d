"""That somebody has died: written down once, taken back only by a second person (U6)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.people import Person, User
from peer.roles import Role


class DeathQuerySet(models.QuerySet["Death"]):
    """What was written down, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> DeathQuerySet:
        """Keep all for those who may write it down, nothing for anybody else."""
        return self if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN, Role.SERVICE_MANAGER) else self.none()

    def current(self) -> DeathQuerySet:
        """Keep what nobody has taken back."""
        return self.filter(taken_back_at=None)


class Death(models.Model):
    """The day somebody died, how we know, and who wrote it down; `Person.deceased_at` follows it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deaths")
    died_on = models.DateField()
    known_how = EncryptedTextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    taken_back_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_why = EncryptedTextField(null=True, blank=True)

    objects = DeathQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(taken_back_at__isnull=True), name="death_once"),
            models.CheckConstraint(
                condition=Q(taken_back_by__isnull=True) | ~Q(taken_back_by=F("recorded_by")), name="death_second_person"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_by__isnull=True, taken_back_at__isnull=True)
                | Q(taken_back_by__isnull=False, taken_back_at__isnull=False),
                name="death_taken_back_by",
            ),
        ]

    def __str__(self) -> str:
        return f"death {self.pk}"

"""Why nothing goes by machine to or about somebody, since when, and who said so (U17)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.people import Person, User
from peer.roles import Role


class RestrictionQuerySet(models.QuerySet["Restriction"]):
    """Restrictions, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> RestrictionQuerySet:
        """Keep all for staff with a caseload, nothing for anybody else: no family learns of one (U7)."""
        staff = (Role.CO_ORDINATOR, Role.CLINICIAN, Role.SAFEGUARDING_LEAD)
        return self if user.may_in_service(*staff) else self.none()

    def current(self) -> RestrictionQuerySet:
        """Keep those that nobody has lifted."""
        return self.filter(lifted_at=None)


class Restriction(models.Model):
    """One reason for silence; `Person.restricted_at` says since when there is any (`follow` keeps it so)."""

    class Cause(models.TextChoices):
        """What brought it."""

        ASKED = "asked", "Set by a person"
        DISAGREE = "disagree", "Adults disagree about our being in touch"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="restrictions")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    why = EncryptedTextField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since_at = models.DateTimeField(default=clock.now)
    lifted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_why = EncryptedTextField(null=True, blank=True)

    objects = RestrictionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cause"], condition=Q(lifted_at__isnull=True), name="restriction_once"
            )
        ]

    def __str__(self) -> str:
        return f"restriction {self.pk}"

    def end(self, *, by: User, why: str) -> None:
        """Lift it, and let the person's own mark follow."""
        self.lifted_by, self.lifted_at, self.lifted_why = by, clock.now(), why
        self.save(update_fields=["lifted_by", "lifted_at", "lifted_why"])
        self.follow()

    def follow(self) -> None:
        """Make the person's mark equal to what restrictions there are."""
        since = self.person.restrictions.filter(lifted_at=None).aggregate(since=models.Min("since_at"))["since"]
        self.person.restricted_at = since
        self.person.save(update_fields=["restricted_at"])

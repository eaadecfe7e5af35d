"""How often somebody likes to hear that there is something new in their groups: never, until they say so."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models import Person, User


class DigestQuerySet(models.QuerySet["Digest"]):
    """Wishes of people."""

    def due(self) -> DigestQuerySet:
        """Keep those for whom it is time to look, the longest due first."""
        return self.filter(due_at__lte=clock.now()).order_by("due_at", "pk")


class Digest(models.Model):
    """One person's wish; the words of a digest say that there is something, never what (N14)."""

    class Often(models.TextChoices):
        """How often at most; when there is nothing new, nothing goes."""

        NEVER = "never", _("Never. I look by myself")
        DAILY = "daily", _("Once a day, if there is something new")
        WEEKLY = "weekly", _("Once a week, if there is something new")

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="digest")
    often = models.CharField(max_length=6, choices=Often.choices, default=Often.NEVER)
    looked_at = models.DateTimeField()  # what is older than this was told, or was seen to be nothing
    due_at = models.DateTimeField(null=True, blank=True)  # by when we look again; nobody waits with "never"

    objects = DigestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="digest_due")]
        constraints = [
            models.CheckConstraint(condition=models.Q(often__in=["never", "daily", "weekly"]), name="digest_often"),
            models.CheckConstraint(
                condition=models.Q(often="never", due_at__isnull=True)
                | (~models.Q(often="never") & models.Q(due_at__isnull=False)),
                name="digest_due_unless_never",
            ),
        ]

    def __str__(self) -> str:
        return f"digest {self.often}"

    def is_own(self, user: User) -> bool:
        """Tell whether this is the viewer's own wish (for the gate)."""
        return user.person_id is not None and self.person_id == user.person_id

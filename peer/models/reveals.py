"""Who looked up who somebody in a group is, why, and who checked it afterwards (safety B2, matrix rows 18 and 20)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.memberships import Membership
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

LASTS = dt.timedelta(minutes=15)
CHECKED_WITHIN = 2  # working days


class RevealQuerySet(models.QuerySet["Reveal"]):
    """Looks behind a name, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> RevealQuerySet:
        """Keep one's own; for those who check them all."""
        return self if user.may_in_service(Role.SAFEGUARDING_LEAD, Role.SERVICE_MANAGER) else self.filter(by=user)

    def open_now(self, membership: Membership, *, by: User) -> Reveal | None:
        """Find the look that still shows this person who somebody is."""
        return self.filter(membership=membership, by=by, until_at__gt=clock.now()).order_by("-pk").first()

    def lately(self, by: User, *, within: dt.timedelta) -> int:
        """Count how many of them one person opened a short while ago."""
        return self.filter(by=by, at__gt=clock.now() - within).count()

    def to_check(self) -> RevealQuerySet:
        """Keep those that nobody has checked yet, the oldest first."""
        rows = self.filter(state=Reveal.State.SHOWN).order_by("due_at", "pk")
        return rows.select_related("by", "membership__group")


class RevealState(models.TextChoices):
    """Shown at once; then checked by somebody else."""

    SHOWN = "shown", "Somebody must check it"
    CHECKED = "checked", "Checked"


class Reveal(Stateful, Owed):
    """One look behind one name: by whom, why, and until when it shows."""

    State = RevealState

    MOVES: ClassVar[dict[str, set[str]]] = {State.SHOWN: {State.CHECKED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="reveals")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    at = models.DateTimeField(default=clock.now)
    until_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.SHOWN)
    checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    objects = RevealQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "at"], name="reveal_by")]
        constraints = [
            one_of_states(RevealState, name="reveal_state"),
            owed_unless("checked", name="reveal_owed"),
            models.CheckConstraint(condition=Q(until_at__gt=F("at")), name="reveal_ends"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("by")), name="reveal_second_person"
            ),
        ]

    def __str__(self) -> str:
        return f"reveal {self.public_id}"

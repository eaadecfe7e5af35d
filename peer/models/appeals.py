"""Asking that a decision about one's place is looked at again, by somebody who did not take it (M5)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.endings import MembershipDecision
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

NEWS_LASTS = dt.timedelta(days=14)


class AppealQuerySet(models.QuerySet["Appeal"]):
    """Appeals, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> AppealQuerySet:
        """Keep one's own; for staff who decide appeals all, those with worrying words for clinicians alone."""
        mine = Q(decision__membership__user=user)
        if user.may_in_service(Role.CLINICIAN):
            return self
        if user.may_in_service(Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD):
            return self.filter(mine | Q(level=""))
        return self.filter(mine)

    def given_back(self, membership_id: int | None) -> AppealQuerySet:
        """Keep the appeals by which somebody got their place back in the last two weeks."""
        since = clock.now() - NEWS_LASTS
        rows = self.filter(decision__membership=membership_id, state=Appeal.State.OVERTURNED, decided_at__gte=since)
        return rows.order_by("-decided_at")

    def open(self) -> AppealQuerySet:
        """Keep what nobody has answered, worrying words first (U3)."""
        return self.filter(state=Appeal.State.OPEN).order_by("due_at", "pk")


class AppealState(models.TextChoices):
    """Open until somebody else has looked."""

    OPEN = "open", "To look at again"
    UPHELD = "upheld", "The decision stays"
    OVERTURNED = "overturned", "The decision is taken back"
    DROPPED = "dropped", "Not needed any more"


class Appeal(Stateful, Owed):
    """What somebody says about a decision on their place, and the answer they get."""

    State = AppealState

    MOVES: ClassVar[dict[str, set[str]]] = {State.OPEN: {State.UPHELD, State.OVERTURNED, State.DROPPED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    decision = models.OneToOneField(MembershipDecision, on_delete=models.PROTECT, related_name="appeal")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    words = EncryptedTextField()
    level = models.CharField(max_length=10, blank=True)
    sent_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(AppealState, name="appeal_state"),
            owed_unless("upheld", "overturned", "dropped", name="appeal_owed"),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "overturned"]) | (~Q(answer="") & Q(decided_by__isnull=False)),
                name="appeal_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page on which staff look at it."""
        return reverse("appeals-detail", args=[self.public_id])

    def is_own(self, user: User) -> bool:
        """Tell whether `user` appeals."""
        return self.decision.is_own(user)

"""A manager asks that somebody becomes a peer moderator: it counts when a second person agrees (matrix row 26)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import MembershipRole
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class ModeratorProposalQuerySet(models.QuerySet["ModeratorProposal"]):
    """Proposals, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> ModeratorProposalQuerySet:
        """Keep all for those who set groups up; for anybody else there are none."""
        return self if user.may_in_service(Role.SERVICE_MANAGER, Role.CLINICIAN) else self.none()

    def waiting(self) -> ModeratorProposalQuerySet:
        """Keep those that nobody has agreed to yet, the most pressing first."""
        return self.filter(state=ModeratorProposal.State.ASKED).order_by("due_at", "pk")

    def to_second(self, user: User) -> ModeratorProposalQuerySet:
        """Keep those that this person could agree to: a manager any, a clinician in their groups, nobody their own."""
        rows = self.waiting().exclude(asked_by=user).exclude(user=user)
        if user.may_in_service(Role.SERVICE_MANAGER):
            return rows
        held = MembershipRole.objects.inside().filter(role=Role.CLINICIAN, membership__user=user)
        return rows.filter(group__in=held.values("membership__group"))


class ModeratorProposalState(models.TextChoices):
    """Asked for by one; given, or not, by another."""

    ASKED = "asked", "A second person must agree"
    GIVEN = "given", "Given"
    DROPPED = "dropped", "The second person said no"


class ModeratorProposal(Stateful, Owed):
    """Somebody who is to check posts in one group, under the name people there will know them by."""

    State = ModeratorProposalState

    MOVES: ClassVar[dict[str, set[str]]] = {State.ASKED: {State.GIVEN, State.DROPPED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="moderator_proposals")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="moderator_proposals")
    name = models.CharField(max_length=30)
    until_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    second = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    second_at = models.DateTimeField(null=True, blank=True)

    objects = ModeratorProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(ModeratorProposalState, name="moderator_state"),
            owed_unless("given", "dropped", name="moderator_owed"),
            models.CheckConstraint(condition=Q(state="asked") | Q(second__isnull=False), name="moderator_second"),
            models.CheckConstraint(
                condition=Q(second__isnull=True) | (~Q(second=F("asked_by")) & ~Q(second=F("user"))),
                name="moderator_second_person",
            ),
            models.UniqueConstraint(fields=["group", "user"], condition=Q(state="asked"), name="moderator_one_asked"),
        ]

    def __str__(self) -> str:
        return f"moderator proposal {self.public_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

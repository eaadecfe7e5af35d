"""A member proposes a group: peers and a clinician hear of it, and it opens only when it is staffed (S118, S1)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership, MembershipRole
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

READERS = (Role.PEER_MODERATOR, Role.PEER_FACILITATOR, Role.CLINICIAN)


class GroupProposalQuerySet(models.QuerySet["GroupProposal"]):
    """Proposals, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> GroupProposalQuerySet:
        """Keep one's own; for those who run or look after groups all, worrying ones for clinicians alone (U5)."""
        if user.may_in_service(Role.CLINICIAN):
            return self
        calm = models.Q(level="")
        held = MembershipRole.objects.current().filter(role__in=READERS, membership__user=user)
        looks_after = held.filter(membership__state=Membership.State.ACTIVE).exists()
        if looks_after or user.may_in_service(Role.SERVICE_MANAGER):
            return self.filter(calm | models.Q(person__user=user))
        return self.filter(person__user=user)

    def waiting(self) -> GroupProposalQuerySet:
        """Keep what nobody has answered, worrying words first."""
        return self.filter(state=GroupProposal.State.PROPOSED).order_by("-level", "due_at", "id")


class ProposalState(models.TextChoices):
    """Proposed; then a group is being set up, or there are kind words."""

    PROPOSED = "proposed", "Somebody reads it"
    BEGUN = "begun", "We are setting it up"
    ANSWERED = "answered", "Not now, and why"


class GroupProposal(Stateful, Owed):
    """A group that somebody would like there to be."""

    State = ProposalState

    MOVES: ClassVar[dict[str, set[str]]] = {State.PROPOSED: {State.BEGUN, State.ANSWERED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="group_proposals")
    title = models.CharField(max_length=80)
    why = models.TextField()
    level = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    answer = models.TextField(blank=True)
    group = models.OneToOneField(
        SupportGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="proposal"
    )
    proposed_at = models.DateTimeField(default=clock.now)

    objects = GroupProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(ProposalState, name="proposal_state"),
            owed_unless("begun", "answered", name="proposal_owed"),
            models.CheckConstraint(
                condition=~models.Q(state="answered") | ~models.Q(answer=""), name="proposal_kind_words"
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give its page."""
        return reverse("proposals-detail", args=[self.public_id])

"""What people decided about somebody's place in a group: a pause, a removal, a ban (safety 2d, M5)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership, MembershipRole
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class MembershipDecisionQuerySet(models.QuerySet["MembershipDecision"]):
    """Decisions about places, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> MembershipDecisionQuerySet:
        """Keep what holds for oneself; for clinicians their groups, for managers and safeguarding leads all."""
        if user.may_in_service(Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD, Role.CLINICIAN):
            return self
        mine = Q(membership__user=user, state=MembershipDecision.State.HOLDS)
        held = MembershipRole.objects.current().filter(role=Role.CLINICIAN, membership__user=user)
        groups = held.filter(membership__state="active").values("membership__group")
        return self.filter(mine | Q(membership__group__in=groups))

    def in_force(self) -> MembershipDecisionQuerySet:
        """Keep those that hold now."""
        return self.filter(state=MembershipDecision.State.HOLDS)

    def open(self) -> MembershipDecisionQuerySet:
        """Keep those that somebody still has to do something about, the most pressing first."""
        states = [MembershipDecision.State.ASKED, MembershipDecision.State.HOLDS]
        return self.filter(state__in=states).order_by("due_at", "pk")

    def bans(self, person: Person) -> MembershipDecisionQuerySet:
        """Keep the ban of one person, where there is one now."""
        return self.in_force().filter(kind=MembershipDecision.Kind.BAN, membership__person=person)

    def about(self, membership: Membership) -> MembershipDecisionQuerySet:
        """Keep what holds for one place: its own pause or removal, or the ban from every group."""
        ban = Q(kind=MembershipDecision.Kind.BAN, membership__person=membership.person_id)
        return self.in_force().filter(Q(membership=membership) | ban).order_by("-pk")


class DecisionState(models.TextChoices):
    """A pause holds at once; a removal or a ban only when a second person agrees (H22)."""

    ASKED = "asked", "A second person must agree"
    HOLDS = "holds", "In force"
    DROPPED = "dropped", "The second person said no"
    OVER = "over", "Over"
    OVERTURNED = "overturned", "Taken back after an appeal"


class MembershipDecision(Stateful, Owed):
    """One decision about one place: what, why in kind words, by whom, and when a person looks at it again."""

    State = DecisionState

    class Kind(models.TextChoices):
        """How far it goes."""

        PAUSE = "pause", _("Pause")
        REMOVE = "remove", _("Not in this group any more")
        BAN = "ban", _("Not in any group")

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.ASKED: {State.HOLDS, State.DROPPED},
        State.HOLDS: {State.OVER, State.OVERTURNED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.TextField("why, in kind words that they read")
    note = EncryptedTextField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    agreed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipDecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(DecisionState, name="decision_state"),
            owed_unless("dropped", "over", "overturned", name="decision_owed"),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_kind_words"),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")), name="decision_second_person"
            ),
            models.CheckConstraint(
                condition=Q(kind="pause") | ~Q(state="holds") | Q(agreed_by__isnull=False), name="decision_agreed"
            ),
            models.CheckConstraint(condition=~Q(kind="pause") | Q(until_on__isnull=False), name="decision_pause_ends"),
            models.UniqueConstraint(fields=["membership"], condition=Q(state="holds"), name="decision_one_in_force"),
            models.UniqueConstraint(fields=["membership"], condition=Q(state="asked"), name="decision_one_asked"),
        ]

    def __str__(self) -> str:
        return f"decision {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page of staff about this place."""
        return reverse("memberships-detail", args=[self.membership.public_id])

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.membership.group

    def is_own(self, user: User) -> bool:
        """Tell whether it is about `user`'s own place."""
        return self.membership.is_own(user)

    def was_taken_by(self, user: User) -> bool:
        """Tell whether `user` asked for it or agreed to it."""
        return user.pk in {self.asked_by_id, self.agreed_by_id}

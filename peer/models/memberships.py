"""Who is in which group, under which name, and as what, for which span of time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _

from peer import clock
from peer.lookalikes import fold
from peer.models.dated import DatedQuerySet, public_id
from peer.models.moderators import may_check
from peer.models.people import Person, ServiceRole, User
from peer.roles import Role
from peer.states import Stateful

if TYPE_CHECKING:
    from peer.models.groups import SupportGroup


NOBODY = 0  # no membership has this key


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, as far as the viewer may know of them."""

    def with_roles_now(self) -> MembershipQuerySet:
        """Bring along, in one more query, what each person is there now."""
        return self.prefetch_related(models.Prefetch("roles", MembershipRole.objects.current()))

    def active(self) -> MembershipQuerySet:
        """Keep the people who are in now."""
        return self.filter(state=Membership.State.ACTIVE)

    def joining(self, user: User) -> MembershipQuerySet:
        """Keep the groups this person said yes to and is not in yet."""
        on_the_way = [Membership.State.ACCEPTED, Membership.State.CONFIRMED]
        return self.filter(user=user, state__in=on_the_way).select_related("group", "person", "hello_call", "cohort")

    def not_inside(self, user: User) -> MembershipQuerySet:
        """Keep the groups this person is on the way into or not in any more, in one query, the newest goodbye first."""
        rows = self.filter(user=user).exclude(state=Membership.State.ACTIVE)
        rows = rows.select_related("group", "person", "hello_call", "cohort")
        return rows.order_by("-ended_at", "id")

    def with_first_weeks(self) -> MembershipQuerySet:
        """Bring along, in the same query, who says hello and which question about the first weeks was asked last."""
        return self.select_related("welcome__greeter").annotate(asked=models.Max("loneliness__moment"))  # type: ignore[no-redef]

    def to_leave(self, user: User) -> MembershipQuerySet:
        """Keep the groups this person is in or on the way into."""
        states = [Membership.State.ACCEPTED, Membership.State.CONFIRMED, Membership.State.ACTIVE]
        return self.filter(user=user, state__in=states).select_related("group")

    def left(self, user: User) -> MembershipQuerySet:
        """Keep the groups this person left, newest first: an honest line, not a page that never was (U12)."""
        return self.filter(user=user, state=Membership.State.LEFT).select_related("group").order_by("-ended_at")

    def outside(self, user: User) -> MembershipQuerySet:
        """Keep the groups this person was in and is not in now, for the page that says so (U12)."""
        states = [Membership.State.SUSPENDED, *Membership.OVER]
        return self.filter(user=user, state__in=states).select_related("group", "person")

    def visible_to(self, user: User) -> MembershipQuerySet:
        """Keep one's own; for clinicians, co-ordinators and managers all (there is no list for members, M6)."""
        if user.may_in_service(Role.CLINICIAN, Role.CO_ORDINATOR, Role.SERVICE_MANAGER):
            return self
        return self.filter(user=user)

    def called(self, name: str) -> MembershipQuerySet:
        """Keep who has just this name in a group: one is found by it, and never listed (matrix row 17)."""
        return self.filter(skeleton=fold(name)).exclude(skeleton="")


class Membership(Stateful):
    """One person in one group: from the yes to an invitation until they leave."""

    class State(models.TextChoices):
        """The way in and the ways out (safety 2d)."""

        ACCEPTED = "accepted", "Said yes, waits for the hello call"
        CONFIRMED = "confirmed", "Hello call done, has not chosen a name yet"
        ACTIVE = "active", "In the group"
        SUSPENDED = "suspended", "Not in the group for now"
        LEFT = "left", "Left"
        REMOVED = "removed", "Removed"
        BANNED = "banned", "Not in any group"

    asked: int | None  # what `with_first_weeks` adds
    writes_as: str | None  # and what `peer.actions.talk` adds to whoever writes: their role, if it is shown
    may_write: bool | None  # their last answer about writing; None where they were never asked

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.ACCEPTED: {State.CONFIRMED, State.LEFT},
        State.CONFIRMED: {State.ACTIVE, State.LEFT},
        State.ACTIVE: {State.SUSPENDED, State.LEFT, State.REMOVED, State.BANNED},
        State.SUSPENDED: {State.ACTIVE, State.LEFT, State.REMOVED, State.BANNED},
        State.REMOVED: {State.ACTIVE, State.LEFT, State.BANNED},
        State.BANNED: {State.ACTIVE, State.LEFT},
    }
    OVER: ClassVar[tuple[str, ...]] = (State.LEFT, State.REMOVED, State.BANNED)

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey("peer.SupportGroup", on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    pseudonym = models.CharField(max_length=30, blank=True)
    skeleton = models.CharField(max_length=60, blank=True)
    colour = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)
    posts_approved = models.PositiveIntegerField(default=0)
    cohort = models.ForeignKey(
        "peer.Cohort", null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships"
    )
    ready_at = models.DateTimeField(null=True, blank=True)  # name and yes are there; the day of the cohort is not
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "group"], name="membership_of_account")]
        constraints = [
            models.UniqueConstraint(fields=["group", "person"], name="membership_once"),
            models.UniqueConstraint(
                fields=["group", "skeleton"], condition=~models.Q(skeleton=""), name="membership_name_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | ~models.Q(pseudonym=""), name="membership_active_has_name"
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym or f"membership {self.pk}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

    def is_own(self, user: User) -> bool:
        """Tell whether this is the membership of `user`."""
        return self.user_id is not None and self.user_id == user.pk

    def is_joining(self) -> bool:
        """Tell whether the person said yes and is not in yet."""
        return self.state in {self.State.ACCEPTED, self.State.CONFIRMED}

    def clinician_name(self) -> str:
        """Name who will ring to say hello: the group's clinician."""
        held = MembershipRole.objects.in_group(self.group).filter(role=Role.CLINICIAN).order_by("id")
        name = held.values_list("membership__pseudonym", flat=True).first()
        return name or _("a clinician")

    def is_current(self) -> bool:
        """Tell whether the person is in the group now."""
        return self.state == self.State.ACTIVE


class MembershipRoleQuerySet(DatedQuerySet["MembershipRole"]):
    """Dated roles in groups."""

    def inside(self) -> MembershipRoleQuerySet:
        """Keep the roles that people who are in their group hold now."""
        return self.current().filter(membership__state=Membership.State.ACTIVE)

    def in_group(self, group: SupportGroup) -> MembershipRoleQuerySet:
        """Keep the roles that people who are in the group hold now."""
        return self.inside().filter(membership__group=group)

    def covering(self, group: Any, **span: dt.datetime) -> models.QuerySet[Any]:
        """Keep the clinicians' roles in a group that have a duty of that span there, with when it begins and ends.

        A role that ends by day takes its cover with it.
        """
        wanted = {f"membership__user__duties__{name}": moment for name, moment in span.items()}
        roles = self.inside().filter(
            role=Role.CLINICIAN, membership__group=group, membership__user__duties__group=group, **wanted
        )
        begins, until = (models.F(f"membership__user__duties__{name}") for name in ("from_at", "until_at"))
        covers: models.QuerySet[Any] = roles.annotate(
            begins_at=begins, ends_at=Least(until, Coalesce("until_at", until))
        )
        return covers.filter(ends_at__gt=models.F("begins_at"))

    def covering_now(self, group: Any) -> models.QuerySet[Any]:
        """Keep the clinicians' roles that cover a group now, who stays longest first."""
        now = clock.now()
        return self.covering(group, from_at__lte=now, until_at__gt=now).order_by("-ends_at")

    def peers_who_check(self) -> MembershipRoleQuerySet:
        """Keep who may check posts and is no clinician, here or anywhere: a clinician never hosts alone (S90, U14)."""
        here = MembershipRole.objects.current().filter(membership=models.OuterRef("membership"), role=Role.CLINICIAN)
        anywhere = ServiceRole.objects.current().filter(user=models.OuterRef("membership__user"), role=Role.CLINICIAN)
        peers = self.inside().filter(
            may_check("membership__user__", "membership__user__checking__"), role=Role.PEER_MODERATOR
        )
        return peers.exclude(models.Exists(here) | models.Exists(anywhere)).longest_first()

    def longest_first(self) -> MembershipRoleQuerySet:
        """Begin with what lasts longest: a role without an end does."""
        return self.order_by(models.F("until_at").desc(nulls_first=True))


class MembershipRole(models.Model):
    """A dated role of one person in one group; nobody chooses their own (safety M2)."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="roles", db_index=False)
    role = models.CharField(max_length=40, choices=[(role.value, role.value) for role in Role])
    from_at = models.DateTimeField(default=clock.now)
    until_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipRoleQuerySet.as_manager()

    class Meta:
        # All that is asked of a role, so that it is read from the index alone.
        indexes = [models.Index(fields=["membership", "role", "from_at", "until_at"], name="role_held")]

    def __str__(self) -> str:
        return f"{self.role} of membership {self.membership_id}"

"""Support groups, who is in them as what, how we treat each other, and who covers them now."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from guardian.models import UserObjectPermissionBase

from peer import clock
from peer.models.dated import DatedQuerySet, public_id
from peer.models.people import Person, User
from peer.roles import Role, Scope, rules
from peer.states import AppendOnly, AppendOnlyQuerySet, Stateful

STAFF = (Role.SERVICE_MANAGER, Role.CLINICIAN, Role.CO_ORDINATOR)
LOOK_AFTER = (Role.PEER_FACILITATOR, Role.PEER_MODERATOR, Role.CLINICIAN)
NEEDED = {
    Role.PEER_MODERATOR: lazy("A peer moderator: a young person who checks posts."),
    Role.CLINICIAN: lazy("A clinician who can be called."),
}


def _roles_here(user: User) -> models.QuerySet[MembershipRole]:
    held = MembershipRole.objects.current().filter(membership__group=models.OuterRef("pk"), membership__user=user)
    return held.filter(membership__state=Membership.State.ACTIVE)


def _roles_of(role: Role) -> models.QuerySet[MembershipRole]:
    held = MembershipRole.objects.current().filter(membership__group=models.OuterRef("pk"), role=role)
    return held.filter(membership__state=Membership.State.ACTIVE)


class SupportGroupQuerySet(models.QuerySet["SupportGroup"]):
    """Groups, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups this person is in now; for staff who set up or offer groups all (matrix row 2)."""
        return self if user.may_in_service(*STAFF) else self.joined_by(user)

    def joined_by(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups this person is in now."""
        return self.filter(models.Exists(_roles_here(user)))

    def readable_by(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups whose talk this person may read now: a pause hides it (P10), a shift's end too (row 3)."""
        here, clinician = _roles_here(user), models.Q(role=Role.CLINICIAN)
        covers = Duty.objects.current().filter(group=models.OuterRef("pk"), user=user)
        as_member = models.Exists(here.exclude(clinician)) & ~models.Q(state=SupportGroup.State.FROZEN)
        return self.filter(as_member | (models.Exists(here.filter(clinician)) & models.Exists(covers)))

    def open_to_offer(self) -> SupportGroupQuerySet:
        """Keep the groups that staff can offer to somebody."""
        return self.filter(state=SupportGroup.State.OPEN).order_by("title")

    def for_age(self, age: int) -> SupportGroupQuerySet:
        """Keep the groups of young people that an age fits."""
        return self.filter(audience=SupportGroup.Audience.YOUNG_PEOPLE, age_from__lte=age, age_to__gte=age)

    def with_standing(self, user: User) -> SupportGroupQuerySet:
        """Add, in the same query, all that decides whether `user` may write here now (`peer.posting` reads it)."""
        now = clock.now()
        mine = Membership.objects.active().filter(group=models.OuterRef("pk"), user=user)
        protocol = GroupProtocol.objects.filter(group=models.OuterRef("pk"), published_at__lte=now).order_by("-version")
        accepted = ProtocolAcceptance.objects.filter(protocol=models.OuterRef("protocol_id"), user=user)
        duties = Duty.objects.filter(group=models.OuterRef("pk"))
        cover = duties.filter(from_at__lte=now, until_at__gt=now).order_by("-until_at")
        name = Membership.objects.filter(group=models.OuterRef("group"), user=models.OuterRef("user"))
        return self.annotate(  # type: ignore[no-redef]
            membership_id=models.Subquery(mine.values("pk")[:1]),
            protocol_id=models.Subquery(protocol.values("pk")[:1]),
            protocol_accepted=models.Exists(accepted),
            cover_until=models.Subquery(cover.values("until_at")[:1]),
            cover_name=models.Subquery(cover.annotate(name=name.values("pseudonym")[:1]).values("name")[:1]),
            next_cover=models.Subquery(duties.filter(from_at__gt=now).order_by("from_at").values("from_at")[:1]),
            has_moderator=models.Exists(_roles_of(Role.PEER_MODERATOR)),
        )


class SupportGroup(Stateful):
    """A peer-led, clinician-assisted group; it never runs unsafely (promise 1)."""

    # What `with_standing` adds.
    membership_id: int | None
    protocol_id: int | None
    protocol_accepted: bool
    cover_until: dt.datetime | None
    cover_name: str | None
    next_cover: dt.datetime | None
    has_moderator: bool

    class State(models.TextChoices):
        """Where a group is in its life; whether posting is open is computed, never stored."""

        DRAFT = "draft", "Being set up"
        OPEN = "open", "Open"
        FROZEN = "frozen", "Paused"
        CLOSED = "closed", "Closed"

    class Audience(models.TextChoices):
        """Young people's and parents' worlds never touch (promise 4)."""

        YOUNG_PEOPLE = "young_people", "Young people"
        PARENTS = "parents", "Parents and carers"

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.DRAFT: {State.OPEN, State.CLOSED},
        State.OPEN: {State.FROZEN, State.CLOSED},
        State.FROZEN: {State.OPEN, State.CLOSED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    title = models.CharField(max_length=80)
    about = models.TextField(blank=True)
    audience = models.CharField(max_length=20, choices=Audience.choices, default=Audience.YOUNG_PEOPLE)
    age_from = models.PositiveSmallIntegerField(default=14)
    age_to = models.PositiveSmallIntegerField(default=15)
    opens = models.TimeField(default=dt.time(7, 0))
    closes = models.TimeField(default=dt.time(22, 0))
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    listed = models.BooleanField(default=False)
    hello = models.TextField("a few words from who leads the group", blank=True)
    next_up = models.CharField("what is next, and when", max_length=200, blank=True)
    thread_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    objects = SupportGroupQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        permissions = [(rule.perm.value, rule.words) for rule in rules().values() if rule.scope is Scope.GROUP]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "open", "frozen", "closed"]), name="group_state"
            ),
            models.CheckConstraint(condition=models.Q(opens__lt=models.F("closes")), name="group_hours"),
            models.CheckConstraint(condition=models.Q(age_from__lte=models.F("age_to")), name="group_ages"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Give the group's own page."""
        return reverse("groups-detail", args=[self.public_id])

    def looked_after_by(self) -> models.QuerySet[MembershipRole]:
        """List who looks after the group now; a clinician only with the end of the cover, who has none is not here."""
        cover = (
            Duty.objects.current().filter(group=self, user=models.OuterRef("membership__user")).order_by("-until_at")
        )
        people = MembershipRole.objects.in_group(self).filter(role__in=LOOK_AFTER).select_related("membership")
        covered = people.annotate(cover_until=models.Subquery(cover.values("until_at")[:1]))
        return covered.exclude(role=Role.CLINICIAN, cover_until=None).order_by("id")

    def given_roles(self) -> models.QuerySet[MembershipRole]:
        """List the roles that were given by hand and are held now."""
        return MembershipRole.objects.in_group(self).filter(role__in=LOOK_AFTER).select_related("membership")

    def lacks(self) -> list[str]:
        """Name in words what a group still needs before it may open (S1)."""
        held = set(MembershipRole.objects.in_group(self).values_list("role", flat=True))
        missing = [str(words) for role, words in NEEDED.items() if role not in held]
        return missing if self.protocol() else [*missing, _("How we treat each other, with its three headings.")]

    def protocol(self) -> GroupProtocol | None:
        """Find the current version of how we treat each other."""
        return self.protocols.filter(published_at__isnull=False).order_by("-version").first()


class SupportGroupUserPermission(UserObjectPermissionBase):
    """One right of one person in one group; written only by `grants`, gone with the group (decision 11)."""

    content_object = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="user_permissions")


class GroupProtocol(models.Model):
    """How we treat each other: three headings, versioned, accepted by everyone, staff too (S45)."""

    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="protocols")
    version = models.PositiveIntegerField()
    treated = models.TextField("How I am treated")
    listened = models.TextField("How I am listened to")
    accepted = models.TextField("How my views are accepted")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "version"], name="protocol_version"),
            models.CheckConstraint(
                condition=~models.Q(treated="") & ~models.Q(listened="") & ~models.Q(accepted=""),
                name="protocol_three_headings",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group


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
        return self.filter(user=user, state__in=on_the_way).select_related("group", "person", "hello_call")

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
        """Keep one's own; for clinicians and co-ordinators all (there is no member list for members, M6)."""
        if user.may_in_service(Role.CLINICIAN, Role.CO_ORDINATOR):
            return self
        return self.filter(user=user)


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
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="memberships")
    pseudonym = models.CharField(max_length=30, blank=True)
    skeleton = models.CharField(max_length=60, blank=True)
    colour = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACCEPTED)
    posts_approved = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
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

    def in_group(self, group: SupportGroup) -> MembershipRoleQuerySet:
        """Keep the roles that people who are in the group hold now."""
        return self.current().filter(membership__group=group, membership__state=Membership.State.ACTIVE)


class MembershipRole(models.Model):
    """A dated role of one person in one group; nobody chooses their own (safety M2)."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=40, choices=[(role.value, role.value) for role in Role])
    from_at = models.DateTimeField(default=clock.now)
    until_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipRoleQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.role} of membership {self.membership_id}"


class ProtocolAcceptance(AppendOnly):
    """One person's yes to one version of how we treat each other."""

    protocol = models.ForeignKey(GroupProtocol, on_delete=models.CASCADE, related_name="acceptances")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["protocol", "user"], name="acceptance_once")]

    def __str__(self) -> str:
        return f"acceptance {self.pk}"


class Duty(models.Model):
    """A clinician covers a group for a span; written from the rota, read by the gate to the second."""

    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="duties")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duties")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()

    objects = DatedQuerySet["Duty"].as_manager()

    class Meta:
        verbose_name_plural = "duties"
        indexes = [models.Index(fields=["group", "until_at"], name="duty_now")]
        constraints = [models.CheckConstraint(condition=models.Q(until_at__gt=models.F("from_at")), name="duty_span")]

    def __str__(self) -> str:
        return f"duty {self.pk}"

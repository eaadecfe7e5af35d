"""Support groups, who is in them as what, how we treat each other, and who covers them now."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Coalesce, Least
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from guardian.models import UserObjectPermissionBase

from peer import clock
from peer.models.dated import DatedQuerySet, public_id
from peer.models.people import Person, ServiceRole, User
from peer.roles import Role, Scope, rules
from peer.states import AppendOnly, AppendOnlyQuerySet, Stateful

STAFF = (Role.SERVICE_MANAGER, Role.CLINICIAN, Role.CO_ORDINATOR)
LOOK_AFTER = (Role.PEER_FACILITATOR, Role.PEER_MODERATOR, Role.CLINICIAN)
GIVEN = (*LOOK_AFTER, Role.GROUP_ADMINISTRATOR)  # by hand, by a manager
NEEDED = {
    Role.PEER_MODERATOR: lazy("A peer moderator who is no clinician: somebody like those who come, to check posts."),
    Role.CLINICIAN: lazy("A clinician who can be called."),
}


def _held_here(user: User) -> models.QuerySet[MembershipRole]:
    held = MembershipRole.objects.current().filter(membership__group=models.OuterRef("pk"), membership__user=user)
    return held.filter(membership__state=Membership.State.ACTIVE)


def _roles_here(user: User) -> models.QuerySet[MembershipRole]:
    """Keep the roles that bring somebody into the group; who only administers it is never in it (S115)."""
    return _held_here(user).exclude(role=Role.GROUP_ADMINISTRATOR)


def _longest_first() -> models.OrderBy:
    return models.F("until_at").desc(nulls_first=True)  # a role without an end lasts longest


def _peers_who_check() -> models.QuerySet[MembershipRole]:
    """Keep who checks posts and is no clinician, here or anywhere: a clinician never hosts alone (S90)."""
    held = MembershipRole.objects.current().filter(role=Role.PEER_MODERATOR, membership__state=Membership.State.ACTIVE)
    here = MembershipRole.objects.current().filter(membership=models.OuterRef("membership"), role=Role.CLINICIAN)
    anywhere = ServiceRole.objects.current().filter(user=models.OuterRef("membership__user"), role=Role.CLINICIAN)
    return held.exclude(models.Exists(here) | models.Exists(anywhere)).order_by(_longest_first())


def _covers() -> models.QuerySet[Any]:
    """Keep the duties of clinicians who still hold their role here: one that ends by day takes its cover with it."""
    held = MembershipRole.objects.current().filter(role=Role.CLINICIAN, membership__state=Membership.State.ACTIVE)
    here = held.filter(membership__group=models.OuterRef("group"), membership__user=models.OuterRef("user"))
    until = models.Subquery(here.order_by(_longest_first()).values("until_at")[:1])
    ends = Least("until_at", Coalesce(until, "until_at"))
    duties: models.QuerySet[Any] = Duty.objects.filter(models.Exists(here)).annotate(ends_at=ends)
    return duties.filter(ends_at__gt=models.F("from_at"))


class SupportGroupQuerySet(models.QuerySet["SupportGroup"]):
    """Groups, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups this person is in now; for staff who set up or offer groups all (matrix row 2)."""
        return self if user.may_in_service(*STAFF) else self.joined_by(user)

    def joined_by(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups this person is in now."""
        return self.filter(models.Exists(_roles_here(user)))

    def administered_by(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups this person administers now, and is not in for that (S115)."""
        return self.filter(models.Exists(_held_here(user).filter(role=Role.GROUP_ADMINISTRATOR)))

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
        duties = _covers().filter(group=models.OuterRef("pk"))
        cover = duties.filter(from_at__lte=now, ends_at__gt=now).order_by("-ends_at")
        checks = _peers_who_check().filter(membership__group=models.OuterRef("pk"))
        name = Membership.objects.filter(group=models.OuterRef("group"), user=models.OuterRef("user"))
        return self.annotate(  # type: ignore[no-redef]
            membership_id=models.Subquery(mine.values("pk")[:1]),
            protocol_id=models.Subquery(protocol.values("pk")[:1]),
            protocol_accepted=models.Exists(accepted),
            cover_until=models.Subquery(cover.values("ends_at")[:1]),
            cover_name=models.Subquery(cover.annotate(name=name.values("pseudonym")[:1]).values("name")[:1]),
            next_cover=models.Subquery(duties.filter(from_at__gt=now).order_by("from_at").values("from_at")[:1]),
            has_moderator=models.Exists(checks),
            moderator_until=models.Subquery(checks.values("until_at")[:1]),
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
    moderator_until: dt.datetime | None

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
        MIXED = "mixed", "Young people and parents together"

    class Eligibility(models.TextChoices):
        """What must be so before somebody may be offered a place, group by group (U19)."""

        WAITING = "waiting", "They wait for help here: a request on our list"
        PARTNER = "partner", "A partner sent them to us"
        ASKED = "asked", "They asked; a clinician says hello first, as always"

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
    eligibility = models.CharField(max_length=10, choices=Eligibility.choices, default=Eligibility.WAITING)
    made_like = models.CharField("the template it began as", max_length=20, blank=True)
    data_controller = models.CharField("who answers for what is kept here", max_length=120, blank=True)
    lead_professional = models.CharField("lead professional, with registration", max_length=120, blank=True)
    cover_partner = models.CharField("who covers for the lead", max_length=120, blank=True)
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
            models.CheckConstraint(
                condition=models.Q(eligibility__in=["waiting", "partner", "asked"]), name="group_eligibility"
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=["young_people", "parents", "mixed"]), name="group_audience"
            ),
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

    def to_meet(self) -> models.QuerySet[MembershipRole]:
        """List who looks after the group, on call now or not: whom somebody meets who joins."""
        return self.given_roles().filter(role__in=LOOK_AFTER)

    def given_roles(self) -> models.QuerySet[MembershipRole]:
        """List the roles that were given by hand and are held now."""
        return MembershipRole.objects.in_group(self).filter(role__in=GIVEN).select_related("membership")

    def leader(self) -> str:
        """Name the peer who leads the group, or nothing."""
        held = MembershipRole.objects.in_group(self).filter(role=Role.PEER_FACILITATOR).order_by("id")
        return held.values_list("membership__pseudonym", flat=True).first() or ""

    def lacks(self) -> list[str]:
        """Name in words what a group still needs before it may open (S1)."""
        clinicians = MembershipRole.objects.in_group(self).filter(role=Role.CLINICIAN)
        asked = [
            (NEEDED[Role.PEER_MODERATOR], _peers_who_check().filter(membership__group=self).exists()),
            (NEEDED[Role.CLINICIAN], clinicians.exists()),
            (_("How we treat each other, with its three headings."), self.protocol() is not None),
            (
                _("Who answers for what is kept here, and a lead professional with somebody to cover."),
                self.is_answered_for(),
            ),
        ]
        return [str(words) for words, is_there in asked if not is_there]

    def is_answered_for(self) -> bool:
        """Tell whether a group that is not of the waiting list names who answers for it (U19)."""
        named = all((self.data_controller, self.lead_professional, self.cover_partner))
        return named or self.eligibility == self.Eligibility.WAITING

    def is_mixed(self) -> bool:
        """Tell whether parents and young people are here together, each by their own choice."""
        return self.audience == self.Audience.MIXED

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

    asked: int | None  # what `with_first_weeks` adds

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
    cohort = models.ForeignKey(
        "peer.Cohort", null=True, blank=True, on_delete=models.SET_NULL, related_name="memberships"
    )
    ready_at = models.DateTimeField(null=True, blank=True)  # name and yes are there; the day of the cohort is not
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

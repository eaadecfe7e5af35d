"""Support groups: who may know of them, and what decides whether somebody may write there now."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from guardian.models import UserObjectPermissionBase

from peer import clock
from peer.models.dated import public_id
from peer.models.duties import Duty
from peer.models.memberships import Membership, MembershipRole
from peer.models.people import User
from peer.models.protocols import GroupProtocol, ProtocolAcceptance
from peer.roles import Role, Scope, rules
from peer.states import Stateful

STAFF = (Role.SERVICE_MANAGER, Role.CLINICIAN, Role.CO_ORDINATOR)
LOOK_AFTER = (Role.PEER_FACILITATOR, Role.PEER_MODERATOR, Role.CLINICIAN)
FOREVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
GIVEN = (*LOOK_AFTER, Role.GROUP_ADMINISTRATOR)  # by hand, by a manager
NEEDED = {
    Role.PEER_MODERATOR: lazy(
        "A peer moderator who is no clinician: somebody like those who come, to check posts. They are 16 or over, "
        "trained, looked after by somebody of staff, and have done the practice posts."
    ),
    Role.CLINICIAN: lazy("A clinician who can be called."),
}


def _held_here(user: User) -> models.QuerySet[MembershipRole]:
    return MembershipRole.objects.inside().filter(membership__group=models.OuterRef("pk"), membership__user=user)


def _roles_here(user: User) -> models.QuerySet[MembershipRole]:
    """Keep the roles that bring somebody into the group; who only administers it is never in it (S115)."""
    return _held_here(user).exclude(role=Role.GROUP_ADMINISTRATOR)


class SupportGroupQuerySet(models.QuerySet["SupportGroup"]):
    """Groups, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups this person is in now; for staff who set up or offer groups all (matrix row 2)."""
        return self.known_to(user, is_staff=user.may_in_service(*STAFF))

    def known_to(self, user: User, *, is_staff: bool) -> SupportGroupQuerySet:
        """Keep what `visible_to` does, where it was asked before whether somebody is of that staff."""
        return self if is_staff else self.joined_by(user)

    def joined_by(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups this person is in now."""
        return self.filter(models.Exists(_roles_here(user)))

    def administered_by(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups this person administers now, and is not in for that (S115)."""
        return self.filter(models.Exists(_held_here(user).filter(role=Role.GROUP_ADMINISTRATOR)))

    def readable_by(self, user: User) -> SupportGroupQuerySet:
        """Keep the groups whose talk this person may read now."""
        return self.filter(self.may_read(user))

    @staticmethod
    def may_read(user: User) -> models.Q:
        """Say when somebody may read a group's talk: a pause hides it (P10), the end of a shift too (row 3)."""
        here, clinician = _roles_here(user), models.Q(role=Role.CLINICIAN)
        covers = Duty.objects.current().filter(group=models.OuterRef("pk"), user=user)
        as_member = models.Exists(here.exclude(clinician)) & ~models.Q(state=SupportGroup.State.FROZEN)
        return as_member | (models.Exists(here.filter(clinician)) & models.Exists(covers))

    def open_to_offer(self) -> SupportGroupQuerySet:
        """Keep the groups that staff can offer to somebody."""
        return self.filter(state=SupportGroup.State.OPEN).order_by("title")

    def to_find(self) -> SupportGroupQuerySet:
        """Keep the groups that people may find by themselves, if they fit."""
        return self.open_to_offer().filter(listed=True)

    def for_age(self, age: int) -> SupportGroupQuerySet:
        """Keep the groups of young people that an age fits."""
        return self.filter(audience=SupportGroup.Audience.YOUNG_PEOPLE, age_from__lte=age, age_to__gte=age)

    def with_standing(self, user: User) -> SupportGroupQuerySet:
        """Add, in the same query, all that decides whether `user` may write here now (`peer.posting` reads it)."""
        now = clock.now()
        mine = Membership.objects.active().filter(group=models.OuterRef("pk"), user=user)
        protocol = GroupProtocol.objects.filter(group=models.OuterRef("pk"), published_at__lte=now).order_by("-version")
        accepted = ProtocolAcceptance.objects.filter(protocol=models.OuterRef("pk"), user=user)
        cover = MembershipRole.objects.covering_now(models.OuterRef("pk"))
        following = MembershipRole.objects.covering(models.OuterRef("pk"), from_at__gt=now).order_by("begins_at")
        checks = MembershipRole.objects.peers_who_check().filter(membership__group=models.OuterRef("pk"))
        return self.annotate(  # type: ignore[no-redef]
            membership_id=models.Subquery(mine.values("pk")[:1]),
            protocol_id=models.Subquery(protocol.values("pk")[:1]),
            protocol_accepted=models.Subquery(protocol.annotate(yes=models.Exists(accepted)).values("yes")[:1]),
            cover_until=models.Subquery(cover.values("ends_at")[:1]),
            next_cover=models.Subquery(following.values("begins_at")[:1]),
            moderator_until=models.Subquery(checks.values(ends_at=Coalesce("until_at", models.Value(FOREVER)))[:1]),
        )


class SupportGroup(Stateful):
    """A peer-led, clinician-assisted group; it never runs unsafely (promise 1)."""

    # What `with_standing` adds.
    membership_id: int | None
    protocol_id: int | None
    protocol_accepted: bool
    cover_until: dt.datetime | None
    next_cover: dt.datetime | None
    moderator_until: dt.datetime | None  # FOREVER where a role has no end, None where nobody checks posts

    # What `peer.page_rows.my_groups` adds.
    new: int
    has_others: bool
    has_wishes: bool
    has_listed: bool

    # What `peer.quiet` adds.
    next_name: str | None
    has_unfinished: bool
    meets_at: dt.datetime | None
    meets_as: str | None
    meets_key: str | None

    class State(models.TextChoices):
        """Where a group is in its life; whether posting is open is computed, never stored."""

        DRAFT = "draft", "Being set up"
        OPEN = "open", "Open"
        FROZEN = "frozen", "Paused"
        READING = "reading", "Open to read, not yet to write"
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
        State.FROZEN: {State.READING, State.CLOSED},
        State.READING: {State.OPEN, State.FROZEN, State.CLOSED},
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
                condition=models.Q(state__in=["draft", "open", "frozen", "reading", "closed"]), name="group_state"
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
            (
                NEEDED[Role.PEER_MODERATOR],
                MembershipRole.objects.peers_who_check().filter(membership__group=self).exists(),
            ),
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

    def clinician_now(self) -> str:
        """Name who covers the group now, the longest first, or nothing."""
        names = MembershipRole.objects.covering_now(self).values_list("membership__pseudonym", flat=True)
        return names.first() or ""

    def protocol(self) -> GroupProtocol | None:
        """Find the current version of how we treat each other."""
        return self.protocols.filter(published_at__isnull=False).order_by("-version").first()


class SupportGroupUserPermission(UserObjectPermissionBase):
    """One right of one person in one group; written only by `grants`, gone with the group (decision 11)."""

    content_object = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="user_permissions")

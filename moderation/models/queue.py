"""The two lanes of waiting posts, as reads of their own, and who has taken which post to read."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from moderation.models.checking import AvoidedTopic
from moderation.models.decisions import ModerationDecision
from peer import clock
from peer.models import ContentNote, Duty, GroupSession, MembershipRole, Post, SupportGroup, User
from peer.models.moderators import may_check
from peer.models.talk import PostQuerySet
from peer.roles import Role
from peer.written import written

GROWN_UP = 18


def reading(user: User) -> models.QuerySet[MembershipRole]:
    """Find the roles by which this person reads a standard lane now: moderators who may, and clinicians on duty."""
    on_duty = Duty.objects.current().filter(user=user, group=OuterRef("membership__group"))
    mine = MembershipRole.objects.current().filter(membership__user=user, membership__state="active")
    reads = Q(may_check("membership__user__", "membership__user__checking__"), role=Role.PEER_MODERATOR) | Q(
        Exists(on_duty), role=Role.CLINICIAN
    )
    return mine.filter(reads, membership__group__state=SupportGroup.State.OPEN)


def on_call(user: User) -> models.QuerySet[Duty]:
    """Find the duties by which this person reads a risk lane now: a clinician of the group, on duty to the second."""
    roles = MembershipRole.objects.current().filter(
        role=Role.CLINICIAN, membership__state="active", membership__user=user, membership__group=OuterRef("group")
    )
    return Duty.objects.current().filter(Exists(roles), user=user)


def is_grown_up(user: User) -> bool:
    """Tell whether a reader is known to be 18 or over: an unknown age counts as the youngest (safety W1)."""
    age = user.person.age() if user.person else None
    return age is not None and age >= GROWN_UP


def talks_of_avoided(user: User, *, post: str) -> Exists:
    """Find out whether a post talks about something that this reader stays away from (U14)."""
    avoided = AvoidedTopic.objects.filter(user=user).values("topic")
    return Exists(ContentNote.objects.filter(post=OuterRef(post), topic__in=avoided))


PAGE = 20
AFTER_THE_END = dt.timedelta(hours=4)  # so long the last posts of a room may still wait


class QueuedPostQuerySet(PostQuerySet):
    """The standard lane, one reader's view of it."""

    def as_met(self) -> models.QuerySet[Any, QueuedPost]:
        """Keep one page and one more, the oldest first, with who is reading each and what was said of it last."""
        live = ModerationClaim.objects.live().filter(post=OuterRef("pk"))
        kinds = ModerationDecision.objects.filter(post=OuterRef("pk"), content_hash=OuterRef("content_hash"))
        rooms = GroupSession.objects.filter(thread__isnull=False, ends_at__gt=clock.now() - AFTER_THE_END)
        rows: QueuedPostQuerySet = self.annotate(
            reader=Subquery(live.values("by__display_name")[:1]),
            reader_id=Subquery(live.values("by_id")[:1]),
            last_kind=Subquery(kinds.order_by("-pk").values("kind")[:1]),
            room_is_on=Exists(rooms),
        )
        return cast("models.QuerySet[Any, QueuedPost]", rows.with_group().order_by("pk")[: PAGE + 1])

    def with_group(self) -> QueuedPostQuerySet:
        """Read thread, group and author along."""
        return self.select_related("thread__group", "author")

    def visible_to(self, user: User) -> QueuedPostQuerySet:
        """Keep waiting posts of the reader's groups, never their own, nor what they handed on or stay away from (U14).

        The groups are fetched first and passed as a list: with the partial index `post_waiting` this stays quick.
        """
        return self.waiting_in(groups_read(user), user, is_grown_up=is_grown_up(user))

    def waiting_in(self, groups: tuple[int, ...], user: User, *, is_grown_up: bool) -> QueuedPostQuerySet:
        """Keep what `visible_to` does, where it was asked before which groups somebody reads and how old they are."""
        waiting = self.filter(state=Post.State.PENDING, thread__group_id__in=groups)
        if not is_grown_up:
            waiting = waiting.filter(adults_only=False)
        mine = ModerationDecision.objects.filter(by=user, post=OuterRef("pk"), content_hash=OuterRef("content_hash"))
        return waiting.exclude(author__user=user).filter(~Exists(mine), ~talks_of_avoided(user, post="pk"))


def groups_read(user: User) -> tuple[int, ...]:
    """Name the groups in whose standard lane this person reads now."""
    return tuple(sorted({group for (group,) in _groups_read(user=user.pk)}))


@written
def _groups_read(*, user: int) -> models.QuerySet[MembershipRole, tuple[int]]:
    return reading(User(pk=user)).values_list("membership__group_id")


def next_page(user: User, *, group: SupportGroup | None, after: int) -> tuple[list[QueuedPost], int | None]:
    """Give the oldest waiting posts behind a key, all or of one group, and the key behind which more wait.

    One query however many wait. Posts of text rooms come before all others, for people wait in there (U11); they are
    asked for once more only where a room is on and more than a page waits.
    """
    groups = tuple(key for key in groups_read(user) if group is None or key == group.pk)
    if not groups:
        return [], None
    is_adult = is_grown_up(user)
    rows = _waiting(user=user.pk, groups=groups, is_grown_up=is_adult, after=after)
    page, has_more = rows[:PAGE], len(rows) > PAGE
    older = page[-1].pk if has_more else None
    if has_more and rows[0].room_is_on:
        seen = {post.pk for post in page}
        rooms = _waiting_in_rooms(user=user.pk, groups=groups, is_grown_up=is_adult)
        page += [post for post in rooms[:PAGE] if post.pk not in seen]
    return sorted(page, key=lambda post: not post.thread.is_room), older


@written
def _waiting(*, user: int, groups: tuple[int, ...], is_grown_up: bool, after: int) -> models.QuerySet[Any, QueuedPost]:
    mine = QueuedPost.objects.waiting_in(groups, User(pk=user), is_grown_up=is_grown_up)
    return mine.filter(pk__gt=after).as_met()


@written
def _waiting_in_rooms(*, user: int, groups: tuple[int, ...], is_grown_up: bool) -> models.QuerySet[Any, QueuedPost]:
    mine = QueuedPost.objects.waiting_in(groups, User(pk=user), is_grown_up=is_grown_up)
    return mine.filter(thread__is_room=True).as_met()


class QueuedPost(Post):
    """A post in the standard lane, as a moderator of its group meets it (matrix row 6)."""

    reader: str | None
    reader_id: int | None
    last_kind: str | None
    room_is_on: bool

    objects = QueuedPostQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        proxy = True
        default_permissions = ()


class RiskPostQuerySet(PostQuerySet):
    """The risk lane, one clinician's view of it."""

    def with_group(self) -> RiskPostQuerySet:
        """Read thread, group and author along."""
        return self.select_related("thread__group", "author")

    def visible_to(self, user: User) -> RiskPostQuerySet:
        """Keep held and hidden posts of the groups this clinician covers at this second (matrix rows 7 and 11)."""
        states = [Post.State.HELD_RISK, Post.State.HIDDEN]
        return self.filter(state__in=states, thread__group__in=on_call(user).values("group"))


class RiskPost(Post):
    """A post that may mean harm: for clinicians on duty alone."""

    objects = RiskPostQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        proxy = True
        default_permissions = ()


class ModerationClaimQuerySet(models.QuerySet["ModerationClaim"]):
    """Claims on posts."""

    def visible_to(self, user: User) -> ModerationClaimQuerySet:
        """Keep one's own."""
        return self.filter(by=user)

    def live(self) -> ModerationClaimQuerySet:
        """Keep the claims that hold now, by the database's clock."""
        return self.filter(released_at__isnull=True, expires_at__gt=clock.Now())


class ModerationClaim(models.Model):
    """One person reads one post for a time; the time ends by itself, so nothing is owed for ever."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="claims")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="moderation_claims")
    claimed_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    objects = ModerationClaimQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["post"], condition=Q(released_at__isnull=True), name="claim_once"),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"


class WatchedGroupQuerySet(models.QuerySet["WatchedGroup"]):
    """Groups, as those who may pause them see them."""

    def visible_to(self, user: User) -> WatchedGroupQuerySet:
        """Keep the groups one moderates or is a clinician of, paused ones too; for managers all (matrix row 12)."""
        if user.may_in_service(Role.SERVICE_MANAGER):
            return self.exclude(state=SupportGroup.State.CLOSED)
        held = MembershipRole.objects.current().filter(
            role__in=[Role.PEER_MODERATOR, Role.CLINICIAN], membership__user=user, membership__state="active"
        )
        return self.filter(pk__in=held.values("membership__group"))


class WatchedGroup(SupportGroup):
    """A group as its moderators, clinicians and managers know it."""

    objects = WatchedGroupQuerySet.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        proxy = True
        default_permissions = ()

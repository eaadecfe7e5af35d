"""The two lanes of waiting posts, as reads of their own, and who has taken which post to read."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q

from peer import clock
from peer.models import Duty, MembershipRole, Post, SupportGroup, User
from peer.models.talk import PostQuerySet
from peer.roles import Role

GROWN_UP = 18


def groups_read_by(user: User) -> list[int]:
    """List the groups whose standard lane this person reads now: moderators, and clinicians on duty."""
    on_duty = Duty.objects.current().filter(user=user, group=OuterRef("membership__group"))
    mine = MembershipRole.objects.current().filter(membership__user=user, membership__state="active")
    reads = Q(role=Role.PEER_MODERATOR) | Q(Exists(on_duty), role=Role.CLINICIAN)
    open_now = mine.filter(reads, membership__group__state=SupportGroup.State.OPEN)
    return sorted(set(open_now.values_list("membership__group_id", flat=True)))


def groups_on_call(user: User) -> list[int]:
    """List the groups whose risk lane this person reads now: clinicians on duty there, to the second."""
    duties = Duty.objects.current().filter(user=user, group__memberships__user=user)
    roles = MembershipRole.objects.current().filter(role=Role.CLINICIAN, membership__state="active")
    return list(duties.filter(group__memberships__roles__in=roles).values_list("group_id", flat=True).distinct())


def may_read_risk(user: User) -> bool:
    """Tell whether a reader is known to be 18 or over: an unknown age counts as the youngest (safety W1)."""
    age = user.person.age() if user.person else None
    return age is not None and age >= GROWN_UP


class QueuedPostQuerySet(PostQuerySet):
    """The standard lane, one reader's view of it."""

    def visible_to(self, user: User) -> QueuedPostQuerySet:
        """Keep waiting posts of the reader's groups, never their own, nor what they handed on (P4, U14).

        The groups are fetched first and passed as a list: with the partial index `post_waiting` this stays quick.
        """
        waiting = self.filter(state=Post.State.PENDING, thread__group_id__in=groups_read_by(user))
        if not may_read_risk(user):
            waiting = waiting.filter(adults_only=False)
        mine = user.moderation_decisions.filter(post=OuterRef("pk"), content_hash=OuterRef("content_hash"))
        return waiting.exclude(author__user=user).filter(~Exists(mine))


class QueuedPost(Post):
    """A post in the standard lane, as a moderator of its group meets it (matrix row 6)."""

    objects = QueuedPostQuerySet.as_manager()

    class Meta:
        proxy = True
        default_permissions = ()


class RiskPostQuerySet(PostQuerySet):
    """The risk lane, one clinician's view of it."""

    def visible_to(self, user: User) -> RiskPostQuerySet:
        """Keep held posts of the groups this clinician covers at this second (matrix row 7)."""
        return self.filter(state=Post.State.HELD_RISK, thread__group_id__in=groups_on_call(user))


class RiskPost(Post):
    """A post that may mean harm: for clinicians on duty alone."""

    objects = RiskPostQuerySet.as_manager()

    class Meta:
        proxy = True
        default_permissions = ()


class ModerationClaimQuerySet(models.QuerySet["ModerationClaim"]):
    """Claims on posts."""

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

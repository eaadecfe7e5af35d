"""Worries about posts and people: who raised them is for clinicians alone (safety H23, matrix rows 13 and 14)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from moderation.models.queue import on_call, reading, talks_of_avoided
from peer import clock
from peer.models import Post, SupportGroup, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import AppendOnly, AppendOnlyQuerySet, Owed, Stateful, one_of_states, owed_unless
from peer.written import written


@dataclass(frozen=True)
class Reported:
    """What a moderator learns of a report: which post and why, never who."""

    public_id: str
    reason: str
    due_at: dt.datetime | None
    post: Post


class PostReportQuerySet(models.QuerySet["PostReport"]):
    """Reports, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> PostReportQuerySet:
        """Keep one's own, for clinicians on duty those of their groups, for moderators what is no worry about somebody.

        Who reported is for clinicians alone: `for_moderators` never reads it (matrix row 14).
        """
        read = models.Q(
            ~talks_of_avoided(user, post="post"),
            post__thread__group__in=reading(user).values("membership__group"),
            owner_role=Role.PEER_MODERATOR,
        )
        return self.filter(models.Q(by=user) | models.Q(post__thread__group__in=on_call(user).values("group")) | read)

    def for_clinicians(self, user: User) -> PostReportQuerySet:
        """Keep open reports of the groups this clinician covers, the most pressing first."""
        rows = self.filter(state=ReportState.OPEN, post__thread__group__in=on_call(user).values("group"))
        return rows.select_related("post__thread__group", "post__author", "by").order_by("due_at")

    def read_by(self, user: User) -> PostReportQuerySet:
        """Keep what moderators look into, not what they said themselves or what is said of their own posts."""
        rows = self.filter(state=ReportState.OPEN, owner_role=Role.PEER_MODERATOR).exclude(by=user)
        shown = rows.exclude(post__author__user=user).filter(post__state=Post.State.APPROVED)
        return shown.select_related("post__thread__group", "post__author").order_by("due_at")[:20]


def for_moderators(user: User) -> list[Reported]:
    """Give the posts that somebody found unkind or too private, without who said so (H23)."""
    rows = _for_moderators(user=user.pk)
    return [Reported(row.public_id, row.get_reason_display(), row.due_at, row.post) for row in rows]


@written
def _for_moderators(*, user: int) -> models.QuerySet[PostReport]:
    return PostReport.objects.visible_to(User(pk=user)).read_by(User(pk=user))


class ReportState(models.TextChoices):
    """From the telling to the answer."""

    OPEN = "open", "Waiting to be read"
    CLAIMED = "claimed", "Somebody is looking at it"
    DECIDED = "decided", "Answered"


class PostReport(Stateful, Owed):
    """Somebody told us that a post worries them; they hear back."""

    State = ReportState

    class Reason(models.TextChoices):
        """What worries them; the first choice is the one that matters most."""

        WORRIED = "worried_about_someone", "I’m worried about someone"
        UNKIND = "unkind", "It’s unkind"
        PRIVATE = "private", "It says who somebody is, or how to reach them"
        UPSETTING = "upsetting", "It’s hard to read"
        OTHER = "other", "Something else"

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.OPEN: {State.CLAIMED, State.DECIDED},
        State.CLAIMED: {State.OPEN, State.DECIDED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reports")
    reason = models.CharField(max_length=24, choices=Reason.choices)
    is_urgent = models.BooleanField(default=False)
    words = EncryptedTextField(null=True, blank=True)
    level = models.CharField(max_length=10, blank=True)
    answer_words = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    reported_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PostReportQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(ReportState, name="report_state"),
            owed_unless("decided", name="report_waits_with_owner"),
            models.UniqueConstraint(
                fields=["post", "by"], condition=~models.Q(state="decided"), name="report_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.public_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.post.thread.group

    def is_own(self, user: User) -> bool:
        """Tell whether `user` made this report."""
        return self.by_id == user.pk


class RiskFlag(AppendOnly):
    """A concern for safety about a post, by a person or by screening (no person), with its level."""

    class Level(models.TextChoices):
        """Red pages at once; amber is due to the clinician on shift (U5)."""

        RED = "red", "Red: somebody is paged at once"
        AMBER = "amber", "Amber: due to the clinician on shift"

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="risk_flags")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=5, choices=Level.choices)
    at = models.DateTimeField(default=clock.now)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.level} flag {self.pk}"

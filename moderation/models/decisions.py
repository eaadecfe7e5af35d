"""What people decided about posts: one row each, written once (safety P3, P8, P11)."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from peer import clock
from peer.models import Post, SupportGroup, User
from peer.states import AppendOnly, AppendOnlyQuerySet


class Rule(models.TextChoices):
    """What a decision may cite: the three headings everybody accepted, and the two rules of every group."""

    TREATED = "treated", "How we treat each other"
    LISTENED = "listened", "How we listen to each other"
    ACCEPTED = "accepted", "How we take each other’s views"
    PRIVATE = "private", "We keep names, numbers and places out"
    SAFE = "safe", "We don’t write about ways people get hurt"


class ModerationDecisionQuerySet(AppendOnlyQuerySet):
    """Decisions about posts."""

    def visible_to(self, user: User) -> ModerationDecisionQuerySet:
        """Keep one's own."""
        return self.filter(by=user)


class ModerationDecision(AppendOnly):
    """One person's decision about exactly these words.

    `shadowed`: one of their first, so it counts once a second person says the same (U14).
    """

    class Kind(models.TextChoices):
        """What can be decided; the keys, the two of a beginner and the last three leave a post waiting."""

        APPROVE = "approve", "Approved"
        FIRST_KEY = "first_key", "Approved, one more person to read it"
        RETURN = "return", "Asked for a change"
        REJECT = "reject", "Declined"
        WOULD_RETURN = "would_return", "Would ask for a change"
        WOULD_REJECT = "would_reject", "Would decline"
        MOVE_UP = "move_up", "Sent to the clinician"
        MOVE_DOWN = "move_down", "Sent back from the clinician"
        HIDE = "hide", "Taken out of sight"
        RESTORE = "restore", "Shown again"
        REMOVE = "remove", "Removed"
        NOT_SURE = "not_sure", "Asked a second person"
        MIGHT_KNOW = "might_know", "Handed on: might know them"
        SAFE_TO_READ = "safe_to_read", "A clinician read it; others may"

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="decisions")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="moderation_decisions")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    content_hash = models.CharField(max_length=64)
    kind_words = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    rule = models.CharField(max_length=10, choices=Rule.choices, blank=True)
    cleared = models.JSONField(default=list, blank=True)
    shadowed = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)

    objects = ModerationDecisionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["post", "by"], name="decision_of_post")]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "by", "content_hash"],
                condition=models.Q(kind__in=["first_key", "would_return", "would_reject"]),
                name="decision_one_key_each",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["return", "reject", "would_return", "would_reject"])
                | ~models.Q(kind_words=""),
                name="decision_has_kind_words",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["would_return", "would_reject"]) | models.Q(shadowed=True),
                name="decision_would_is_shadowed",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["reject", "would_reject"]) | ~models.Q(rule=""),
                name="decision_decline_cites_a_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of post {self.post_id}"

    def get_absolute_url(self) -> str:
        """Give the page that says what it did, also when the same form comes again (decision 25)."""
        return reverse("queue-done", args=[self.post.public_id])

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.post.thread.group

"""What somebody who checks posts asks the clinician on call about one of them, and the answer (S35)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from moderation.models.queue import on_call
from peer import clock
from peer.models import Post, SupportGroup, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class QuestionState(models.TextChoices):
    """Asked, then answered."""

    OPEN = "open", "Waiting for an answer"
    ANSWERED = "answered", "Answered"


class ModeratorQuestionQuerySet(models.QuerySet["ModeratorQuestion"]):
    """Questions, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> ModeratorQuestionQuerySet:
        """Keep one's own, and for clinicians on duty those of their groups."""
        duties = on_call(user).values("group")
        return self.filter(models.Q(by=user) | models.Q(post__thread__group__in=duties))

    def for_clinicians(self, user: User) -> ModeratorQuestionQuerySet:
        """Keep what waits for an answer in the groups this clinician covers, the most pressing first."""
        rows = self.filter(state=QuestionState.OPEN, post__thread__group__in=on_call(user).values("group"))
        return rows.select_related("post__thread__group", "by").order_by("due_at", "pk")

    def late(self) -> ModeratorQuestionQuerySet:
        """Keep what no clinician answered in time, the longest overdue first."""
        rows = self.filter(state=QuestionState.OPEN, owner_role=Role.CLINICIAN, due_at__lte=clock.Now())
        return rows.order_by("due_at", "pk")

    def asked_by(self, user: User) -> ModeratorQuestionQuerySet:
        """Keep one's own that wait, and those that were answered and not yet read."""
        rows = self.filter(by=user, read_at__isnull=True).select_related("post__thread__group", "answered_by")
        return rows.order_by("pk")


class ModeratorQuestion(Stateful, Owed):
    """One question about one post; the post waits in the queue as before, and others may decide it meanwhile."""

    State = QuestionState

    MOVES: ClassVar[dict[str, set[str]]] = {State.OPEN: {State.ANSWERED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="questions")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    words = EncryptedTextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(default=clock.now)
    answer = EncryptedTextField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = ModeratorQuestionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(QuestionState, name="question_state"),
            owed_unless("answered", name="question_waits_with_owner"),
            models.UniqueConstraint(
                fields=["post", "by"], condition=~models.Q(state="answered"), name="question_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.public_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.post.thread.group

    def is_own(self, user: User) -> bool:
        """Tell whether `user` asked this."""
        return self.by_id == user.pk

"""Threads and posts: nothing is shown that a person did not approve, byte for byte (safety 2a)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.safestring import SafeString

from peer import clock, content_notes
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import User
from peer.sanitise import as_cleaned
from peer.states import Owed, Stateful


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Threads, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> ThreadQuerySet:
        """Keep threads of one's groups that have an approved post or are a session's room, and those one began."""
        groups = SupportGroup.objects.readable_by(user).values("pk")
        there = models.Q(post_count__gt=0) | models.Q(is_room=True) | models.Q(started_by__user=user)
        return self.filter(there, group__in=groups)

    def shown(self) -> ThreadQuerySet:
        """Keep threads in which others can read something, the newest words first."""
        return self.filter(post_count__gt=0).order_by("-last_post_at", "-id")

    def older_than(self, at: dt.datetime, pk: int) -> ThreadQuerySet:
        """Keep what comes after that place of the list (keyset, performance 7.2)."""
        return self.filter(models.Q(last_post_at__lt=at) | models.Q(last_post_at=at, pk__lt=pk))


class Thread(models.Model):
    """A subject in a group, with its posts."""

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="threads")
    title = models.CharField(max_length=120)
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    post_count = models.PositiveIntegerField(default=0)
    is_room = models.BooleanField("the text room of a session", default=False)
    started_at = models.DateTimeField(default=clock.now)
    last_post_at = models.DateTimeField(default=clock.now)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["group", "-last_post_at", "-id"], name="thread_newest")]

    def __str__(self) -> str:
        return f"thread {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the thread's own page."""
        return reverse("talk-detail", args=[self.public_id])

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

    def count_shown(self, step: int, *, at: dt.datetime) -> None:
        """Count one post more or fewer that members can see; a thread shows from its first approved post."""
        moved = {"last_post_at": Greatest("last_post_at", models.Value(at))} if step > 0 else {}
        rows = Thread.objects.filter(pk=self.pk)
        rows.update(post_count=models.F("post_count") + step, **moved)
        if rows.filter(post_count=max(step, 0)).exists():
            SupportGroup.objects.filter(pk=self.group_id).update(thread_count=models.F("thread_count") + step)


class PostQuerySet(models.QuerySet["Post"]):
    """Posts, as far as the viewer may know of them."""

    def approved(self) -> PostQuerySet:
        """Keep what a person approved."""
        return self.filter(state=Post.State.APPROVED)

    def seen_by(self, membership_id: int | None) -> PostQuerySet:
        """Keep, of a thread one may read, what is shown and one's own that is not given up."""
        given_up = [Post.State.WITHDRAWN, Post.State.REMOVED]
        mine = models.Q(author_id=membership_id) & ~models.Q(state__in=given_up)
        return self.filter(models.Q(state=Post.State.APPROVED) | mine).select_related("author").order_by("id")

    def unfinished(self) -> PostQuerySet:
        """Keep what its writer still waits for, or has to do something about."""
        states = [Post.State.DRAFT, Post.State.PENDING, Post.State.HELD_RISK, Post.State.RETURNED, Post.State.HIDDEN]
        return self.filter(state__in=states).select_related("thread").order_by("-id")

    def visible_to(self, user: User) -> PostQuerySet:
        """Keep approved posts of one's groups, and one's own whatever their state (safety P1)."""
        groups = SupportGroup.objects.readable_by(user).values("pk")
        mine = models.Q(author__user=user)
        shown = models.Q(state=Post.State.APPROVED, thread__group__in=groups)
        return self.filter(mine | shown)


class Post(Stateful, Owed):
    """Somebody's words, waiting for a person or approved by one."""

    is_new: bool = False  # whether the viewer of a thread has not seen it before: `peer.reading` says so

    class State(models.TextChoices):
        """The states of safety 2a; `submitted` never outlives its transaction, so it is not stored."""

        DRAFT = "draft", "Not sent yet"
        PENDING = "pending", "Waiting to be read"
        HELD_RISK = "held_risk", "Waiting for a clinician"
        APPROVED = "approved", "Shown"
        RETURNED = "returned", "Could you change one thing?"
        REJECTED = "rejected", "We can't share this"
        WITHDRAWN = "withdrawn", "Taken back"
        HIDDEN = "hidden", "Out of sight"
        REMOVED = "removed", "Removed"

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.DRAFT: {State.PENDING, State.HELD_RISK, State.WITHDRAWN},
        State.PENDING: {
            State.APPROVED,
            State.RETURNED,
            State.REJECTED,
            State.HELD_RISK,
            State.WITHDRAWN,
            State.DRAFT,
        },
        State.HELD_RISK: {State.APPROVED, State.RETURNED, State.REJECTED, State.PENDING, State.WITHDRAWN},
        State.RETURNED: {State.PENDING, State.HELD_RISK, State.WITHDRAWN},
        State.APPROVED: {State.HIDDEN, State.PENDING, State.HELD_RISK, State.WITHDRAWN},
        State.HIDDEN: {State.APPROVED, State.REMOVED},
    }

    SHOWN_ONCE: ClassVar[tuple[str, ...]] = (State.APPROVED, State.HIDDEN)

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="posts", db_index=False
    )  # post_in_order serves it; with an index of its own that of new posts is passed over
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="posts")
    body = models.TextField()
    html = models.TextField(blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True)
    findings = models.JSONField(default=list, blank=True)
    level = models.CharField(max_length=10, blank=True)
    author_role = models.CharField(max_length=40, blank=True)
    note_to_author = models.TextField(blank=True)
    adults_only = models.BooleanField(default=False)  # a clinician read it as risk: never for under-18s (safety W1, U5)
    keys_needed = models.PositiveSmallIntegerField(default=1)
    content_note = models.CharField("what it talks about, said before it is read", max_length=20, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["thread", "id"], name="post_in_order"),
            models.Index(fields=["thread", "decided_at"], condition=models.Q(state="approved"), name="post_new"),
            models.Index(fields=["id"], condition=models.Q(state="pending"), name="post_waiting"),
            models.Index(fields=["id"], condition=models.Q(state="held_risk"), name="post_risk"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["pending", "held_risk"])
                | (models.Q(due_at__isnull=False) & ~models.Q(owner_role="")),
                name="post_waits_with_owner",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(approved_hash=models.F("content_hash")),
                name="post_shown_as_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the place of this post in its thread."""
        return f"{self.thread.get_absolute_url()}#post-{self.public_id}"

    @property
    def place(self) -> str:
        """Give the page of the thread that begins with this post."""
        return f"{self.thread.get_absolute_url()}?after={self.pk - 1}#post-{self.public_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.thread.group

    def opens_thread(self) -> bool:
        """Tell whether this is the first post of its thread, which carries the title."""
        return not Post.objects.filter(thread_id=self.thread_id, pk__lt=self.pk).exists()

    def may_retitle(self) -> bool:
        """Tell whether the title can still change: while nobody else has seen the thread (P3)."""
        return self.opens_thread() and not Post.objects.approved().filter(thread_id=self.thread_id).exists()

    @property
    def talks_about(self) -> str:
        """Say what a reader should know before they open it, or nothing."""
        return content_notes.words_of(self.content_note)

    @property
    def shown(self) -> SafeString:
        """Give the stored HTML, ready for a page."""
        return as_cleaned(self.html)

    def move_to(self, state: str, *, holding: dict[str, object] | None = None, **changes: object) -> None:
        """Move, and keep the counters of thread, group and author true to what is shown (performance 7.5)."""
        step = (state == self.State.APPROVED) - (self.state == self.State.APPROVED)
        if self.state in self.SHOWN_ONCE and state not in self.SHOWN_ONCE:
            self.felt_by.all().delete()  # it was said of words that are gone
        super().move_to(state, holding=holding, **changes)
        if step:
            self.thread.count_shown(step, at=self.decided_at or clock.now())
            Membership.objects.filter(pk=self.author_id).update(posts_approved=models.F("posts_approved") + step)

    def is_own(self, user: User) -> bool:
        """Tell whether `user` wrote this."""
        return self.author.user_id == user.pk


class ContentNote(models.Model):
    """What a post speaks of, found by its words: for those who choose not to read of it (B9)."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="content_notes")
    topic = models.CharField(max_length=20)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["post", "topic"], name="content_note_once")]

    def __str__(self) -> str:
        return f"{self.topic} in post {self.post_id}"

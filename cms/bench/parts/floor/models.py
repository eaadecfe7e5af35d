"""The tables it reads and writes: the product's own, as plain rows."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class User(AbstractBaseUser):
    """An account."""

    handle = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "handle"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = BaseUserManager()

    class Meta:
        app_label, managed, db_table = "floor", False, "peer_user"


class Group(models.Model):
    """A group."""

    public_id = models.CharField(max_length=24)
    title = models.CharField(max_length=80)
    about = models.TextField()

    objects: ClassVar[models.Manager[Group]] = models.Manager()

    class Meta:
        app_label, managed, db_table = "floor", False, "peer_supportgroup"


class Member(models.Model):
    """Somebody in a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    pseudonym = models.CharField(max_length=30)
    state = models.CharField(max_length=10)

    objects: ClassVar[models.Manager[Member]] = models.Manager()

    class Meta:
        app_label, managed, db_table = "floor", False, "peer_membership"


class Thread(models.Model):
    """A subject in a group."""

    public_id = models.CharField(max_length=24)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="threads")
    title = models.CharField(max_length=120)
    started_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    post_count = models.PositiveIntegerField()
    last_post_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Thread]] = models.Manager()

    class Meta:
        app_label, managed, db_table = "floor", False, "peer_thread"


class Post(models.Model):
    """A post in a thread."""

    public_id = models.CharField(max_length=24)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    html = models.TextField()
    content_hash = models.CharField(max_length=64)
    approved_hash = models.CharField(max_length=64, default="")
    findings = models.JSONField(default=list)
    level = models.CharField(max_length=10, default="")
    author_role = models.CharField(max_length=40, default="young_person")
    note_to_author = models.TextField(default="")
    adults_only = models.BooleanField(default=False)
    keys_needed = models.PositiveSmallIntegerField(default=1)
    content_note = models.CharField(max_length=20, default="")
    state = models.CharField(max_length=12)
    owner_role = models.CharField(max_length=40, default="peer_moderator")
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Post]] = models.Manager()

    class Meta:
        app_label, managed, db_table = "floor", False, "peer_post"


class Trail(models.Model):
    """Who wrote what when: one row for each reply."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Trail]] = models.Manager()

    class Meta:
        app_label, db_table = "floor", "floor_trail"


class Outgoing(models.Model):
    """Something to tell somebody: one row for each reply."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Outgoing]] = models.Manager()

    class Meta:
        app_label, db_table = "floor", "floor_outgoing"

"""What somebody did with a post besides writing: how far they have read, and that they have felt this too."""

from __future__ import annotations

from django.db import models

from peer import clock
from peer.models.memberships import Membership
from peer.models.talk import Post, Thread


class ReadMark(models.Model):
    """How far one member has read in one thread: known to nobody else, so that no receipt comes of it (safety M6)."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="read_marks", db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="read_marks")
    seen_at = models.DateTimeField()  # the newest approval that a page has shown them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["membership", "thread"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"read mark {self.pk}"


class FeltToo(models.Model):
    """One member has felt this too; never counted out loud, gone with the words it was about."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="felt_by")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="felt")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "felt too"
        constraints = [models.UniqueConstraint(fields=["post", "membership"], name="felt_too_once")]

    def __str__(self) -> str:
        return f"felt too {self.pk}"

"""Waiting list files that came in: what each brought, what was wrong with it, and which rows changed (U10)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    """Files, for those who load them."""

    def visible_to(self, user: User) -> ImportRunQuerySet:
        """Keep all for co-ordinators."""
        return self if user.may_in_service(Role.CO_ORDINATOR) else self.none()


class ImportRun(models.Model):
    """One file that was loaded, with its counts."""

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    file_name = models.CharField(max_length=120)
    file_hash = models.CharField(max_length=64)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    headings = models.TextField(blank=True)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    added = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    objects = ImportRunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.file_name} on {self.started_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Give the report of this file."""
        return reverse("imports-detail", args=[self.public_id])


class ImportFault(models.Model):
    """One row that was left out, with the reason in plain words and the row itself, to be mended and sent again."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="faults")
    line = models.PositiveIntegerField()
    reasons = models.TextField()
    cells = EncryptedTextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "line"], name="fault_line")]

    def __str__(self) -> str:
        return f"line {self.line}"

    @property
    def why(self) -> list[str]:
        """Give the reasons one by one."""
        return self.reasons.splitlines()


class ImportChangeQuerySet(models.QuerySet["ImportChange"]):
    """Changed rows, for those who decide on them."""

    def visible_to(self, user: User) -> ImportChangeQuerySet:
        """Keep all for co-ordinators."""
        return self if user.may_in_service(Role.CO_ORDINATOR) else self.none()

    def waiting(self) -> ImportChangeQuerySet:
        """Keep those nobody has decided on."""
        return self.filter(state=ImportChange.State.WAITING)


class ChangeState(models.TextChoices):
    """Taken or not; a newer file may bring another version first."""

    WAITING = "waiting", "Waits for a decision"
    TAKEN = "taken", "Taken over"
    KEPT = "kept", "Ours was kept"
    REPLACED = "replaced", "A newer file says something else"


class ImportChange(Stateful, Owed):
    """A row that differs from what we hold; a person decides, never the file (U10)."""

    State = ChangeState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.WAITING: {State.TAKEN, State.KEPT, State.REPLACED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="changes")
    referral = models.ForeignKey("peer.Referral", on_delete=models.PROTECT, related_name="changes")
    row = EncryptedTextField()
    row_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)

    objects = ImportChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(ChangeState, name="change_state"),
            owed_unless(ChangeState.TAKEN, ChangeState.KEPT, ChangeState.REPLACED, name="change_owed"),
            models.UniqueConstraint(fields=["referral"], condition=models.Q(state="waiting"), name="change_waits_once"),
        ]

    def __str__(self) -> str:
        return f"change {self.public_id}"

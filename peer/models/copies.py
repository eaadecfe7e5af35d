"""Somebody asked for a copy of what we hold; a person reads the request, nothing leaves by itself (C8)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class CopyRequestQuerySet(models.QuerySet["CopyRequest"]):
    """Requests, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> CopyRequestQuerySet:
        """Keep one's own; for those who review them all. The young person it is about hears of it from a person."""
        if user.may_in_service(Role.CLINICIAN):
            return self
        return self.filter(asked_by=user.person_id, asked_by__isnull=False)

    def waiting(self) -> CopyRequestQuerySet:
        """Keep what nobody has answered, the most pressing first."""
        return self.filter(state=CopyRequest.State.ASKED).order_by("due_at", "pk")


class CopyRequestState(models.TextChoices):
    """Asked, then answered by a person."""

    ASKED = "asked", "A person reads it"
    ANSWERED = "answered", "Answered"


class CopyRequest(Stateful, Owed):
    """One request for a copy of what is held about one person, by themselves or by an adult of theirs."""

    State = CopyRequestState
    MOVES: ClassVar[dict[str, set[str]]] = {State.ASKED: {State.ANSWERED}}

    class Outcome(models.TextChoices):
        """What a clinician decided."""

        ALL = "all", "They may have it"
        PART = "part", "They may have a part of it"
        NONE = "none", "They may not have it"

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    asked_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="copies_asked")
    about = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="copies_asked_of")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason = EncryptedTextField(null=True, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CopyRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(CopyRequestState, name="copy_request_state"),
            owed_unless("answered", name="copy_request_owed"),
            models.UniqueConstraint(
                fields=["asked_by", "about"], condition=models.Q(state="asked"), name="copy_request_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(state="asked") | models.Q(answered_by__isnull=False), name="copy_request_by_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"request for a copy {self.public_id}"

    def is_by_an_adult(self) -> bool:
        """Tell whether somebody else than the person themselves asked."""
        return self.asked_by_id != self.about_id

"""Letters: the last resort, made ready here and posted by a person."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from notifications.models.outbox import Notification
from peer import clock
from peer.models import Person, User
from peer.models.dated import public_id
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class LetterState(models.TextChoices):
    """Where the letter is."""

    TO_PRINT = "to_print", "To print"
    PRINTED = "printed", "Printed, to post"
    POSTED = "posted", "Posted"
    CANCELLED = "cancelled", "Not needed"


class LetterQuerySet(models.QuerySet["Letter"]):
    """Letters, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> Self:
        """Keep all for those who keep contacts, nothing for anybody else."""
        return self if user.may_in_service(Role.CO_ORDINATOR) else self.none()

    def waiting(self) -> Self:
        """Keep what is still to be printed or posted, the most pressing first."""
        return self.filter(state__in=[LetterState.TO_PRINT, LetterState.PRINTED]).order_by("due_at", "pk")


class Letter(Stateful, Owed):
    """One letter to one person; its words and its address were fixed when it was made ready."""

    State = LetterState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.TO_PRINT: {State.PRINTED, State.CANCELLED},
        State.PRINTED: {State.TO_PRINT, State.POSTED, State.CANCELLED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    notification = models.OneToOneField(Notification, on_delete=models.CASCADE, related_name="paper")
    recipient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="letters")
    address = EncryptedTextField()
    body = EncryptedTextField()
    language = models.CharField(max_length=12, default="en")
    is_large_print = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_PRINT)
    created_at = models.DateTimeField(default=clock.now)
    printed_at = models.DateTimeField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(LetterState, name="letter_state"),
            owed_unless("posted", "cancelled", name="letter_owed"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["to_print", "printed"]), name="letter_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"letter {self.public_id} ({self.state})"

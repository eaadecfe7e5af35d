"""A way back into one's account: asked for with what only its owner has, announced, and done a day later (H29, B5)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models

from peer import clock
from peer.models.cards import keyed_hash
from peer.models.dated import public_id
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

WAITS = dt.timedelta(hours=24)
THEN_OPEN = dt.timedelta(days=7)


class AccountRecoveryQuerySet(models.QuerySet["AccountRecovery"]):
    """Ways back, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> AccountRecoveryQuerySet:
        """Keep all for staff who may vouch for somebody, else one's own."""
        return self if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN) else self.filter(person__user=user)

    def open(self) -> AccountRecoveryQuerySet:
        """Keep those that are still to come to something."""
        return self.filter(state=AccountRecovery.State.ASKED)

    def ready(self) -> AccountRecoveryQuerySet:
        """Keep those whose day of waiting is over."""
        return self.open().filter(ready_at__lte=clock.now(), due_at__gt=clock.now(), person__deceased_at=None)

    def too_late(self) -> AccountRecoveryQuerySet:
        """Keep those that nobody came back for."""
        return self.open().filter(due_at__lte=clock.now())

    def of_number(self, number: str) -> AccountRecovery | None:
        """Find the ready one that a number was shown for; wrong, early, stopped and used are all None."""
        return self.ready().filter(secret_hash=keyed_hash("recovery", number)).select_related("person").first()


class AccountRecoveryState(models.TextChoices):
    """Asked for, then used, stopped by its owner, or left lying."""

    ASKED = "asked", "Asked for"
    DONE = "done", "Back in"
    STOPPED = "stopped", "Stopped"
    LAPSED = "lapsed", "Nobody came back"


class AccountRecovery(Stateful, Owed):
    """Somebody asks for a new way into an account; a day passes, in which its owner can stop it."""

    State = AccountRecoveryState

    class How(models.TextChoices):
        """By what it was asked for; a parent's number or word is never among them."""

        WORDS = "words", "Their own words"
        CODE = "code", "The code they kept"
        STAFF = "staff", "Somebody of staff who knows them"

    MOVES: ClassVar[dict[str, set[str]]] = {State.ASKED: {State.DONE, State.STOPPED, State.LAPSED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recoveries")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    how = models.CharField(max_length=6, choices=How.choices)
    secret_hash = models.CharField(max_length=64, blank=True)
    vouched_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    ready_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AccountRecoveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "account recoveries"
        constraints = [
            one_of_states(AccountRecoveryState, name="recovery_state"),
            owed_unless("done", "stopped", "lapsed", name="recovery_owed"),
            models.UniqueConstraint(fields=["person"], condition=models.Q(state="asked"), name="recovery_one_open"),
            models.CheckConstraint(
                condition=models.Q(how="staff", vouched_by__isnull=False) | ~models.Q(how="staff", secret_hash=""),
                name="recovery_by_something",
            ),
        ]

    def __str__(self) -> str:
        return f"way back {self.public_id}"

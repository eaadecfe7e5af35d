"""An account that does what a thief would do: who looks into it, by when, and what came of it (B3, H15)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from peer import clock
from peer.models.dated import public_id
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class BreachAlarmQuerySet(models.QuerySet["BreachAlarm"]):
    """Alarms, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> BreachAlarmQuerySet:
        """Keep all for those who look into them, but never one about oneself; for anybody else none."""
        staff = user.may_in_service(Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD)
        return self.exclude(about=user) if staff else self.none()

    def waiting(self) -> BreachAlarmQuerySet:
        """Keep what nobody has looked into, the most pressing first."""
        return self.filter(state=BreachAlarm.State.OPEN).order_by("due_at", "pk")


class BreachAlarmState(models.TextChoices):
    """Open until a person has asked the owner of the account."""

    OPEN = "open", "To look into"
    IN_ORDER = "in_order", "It was in order"
    BREACH = "breach", "It was a breach"


class BreachAlarm(Stateful, Owed):
    """One alarm about one account: what kind and how many, and nothing of whose records they were."""

    State = BreachAlarmState
    MOVES: ClassVar[dict[str, set[str]]] = {State.OPEN: {State.IN_ORDER, State.BREACH}}

    class Kind(models.TextChoices):
        """What was too much."""

        MANY_PEOPLE = "many_people", "Opened the records of many people"
        MANY_RECORDS = "many_records", "Opened many records"
        MANY_COPIES = "many_copies", "Made many copies of records"
        NEW_DEVICE = "new_device", "Signed in on a device not used before"
        WRONG_PINS = "wrong_pins", "Somebody typed wrong PINs by phone"

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    about = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    seen = models.PositiveIntegerField()
    since_at = models.DateTimeField(default=clock.now)
    found = models.CharField(max_length=500, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = BreachAlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(BreachAlarmState, name="breach_alarm_state"),
            owed_unless("in_order", "breach", name="breach_alarm_owed"),
            models.UniqueConstraint(
                fields=["about", "kind"], condition=models.Q(state="open"), name="breach_alarm_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"alarm {self.public_id}"


class KnownDevice(models.Model):
    """A kind of browser and machine that a member of staff has signed in with; no address, no place."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    device = models.CharField(max_length=80)
    first_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "device"], name="known_device_once")]

    def __str__(self) -> str:
        return self.device

"""Appointments: here alone somebody "was not brought" or "did not attend", and somebody follows it up (S55)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.dated import public_id
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

OWN_FROM = 16  # the age from which somebody comes by themselves; younger, or of unknown age, they are brought


class AppointmentState(models.TextChoices):
    """Where it stands; whatever happens to it, nobody leaves the list by it."""

    PLANNED = "planned", "Planned"
    CAME = "came", "They came"
    MISSED = "missed", "Missed: somebody follows it up"
    FOLLOWED_UP = "followed_up", "Missed, and followed up"
    CANCELLED = "cancelled", "Cancelled"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> AppointmentQuerySet:
        """Keep all for those who look after the list, one's own for the person; nobody else learns of one."""
        if user.may_in_service(Role.CO_ORDINATOR, Role.CLINICIAN, Role.SERVICE_MANAGER):
            return self
        return self.filter(person__user=user)

    def to_come(self, user: User) -> AppointmentQuerySet:
        """Keep one's own that are planned and not over, the next first."""
        rows = self.filter(person__user=user, state=AppointmentState.PLANNED, starts_at__gt=clock.now())
        return rows.order_by("starts_at", "pk")

    def owed(self) -> AppointmentQuerySet:
        """Keep what somebody owes something now: a missed one, or one of which nobody wrote down how it went."""
        late = Q(state=AppointmentState.PLANNED, starts_at__lte=clock.now())
        rows = self.filter(Q(state=AppointmentState.MISSED) | late)
        return rows.select_related("person", "owner").order_by("due_at", "pk")


class Appointment(Stateful, Owed):
    """One person is to be seen at a time; a missed one is a task for us, and no fault of theirs."""

    State = AppointmentState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.PLANNED: {State.CAME, State.MISSED, State.CANCELLED},
        State.MISSED: {State.FOLLOWED_UP},
    }

    class Outcome(models.TextChoices):
        """What is written down where somebody was not there."""

        WAS_NOT_BROUGHT = "was_not_brought", "Was not brought"
        DID_NOT_ATTEND = "did_not_attend", "Did not attend"

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    note = EncryptedTextField("what came of following it up", null=True, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(AppointmentState, name="appointment_state"),
            owed_unless("came", "followed_up", "cancelled", name="appointment_owed"),
            models.CheckConstraint(
                condition=Q(state__in=["missed", "followed_up"], outcome__in=["was_not_brought", "did_not_attend"])
                | (~Q(state__in=["missed", "followed_up"]) & Q(outcome="")),
                name="appointment_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"appointment {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page of this appointment."""
        return reverse("appointments-detail", args=[self.public_id])

    def missed_is(self) -> str:
        """Say what missing it is called: a child is brought, or is not (S55); an unknown age is a child's (U9)."""
        age = self.person.age()
        is_child = age is None or age < OWN_FROM
        return self.Outcome.WAS_NOT_BROUGHT if is_child else self.Outcome.DID_NOT_ATTEND

"""The hello call: between a yes and a place in the group stands a person who rings (U8)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class HelloCallQuerySet(models.QuerySet["HelloCall"]):
    """Hello calls, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> HelloCallQuerySet:
        """Keep all for clinicians, who ring; for anybody else none."""
        return self if user.may_in_service(Role.CLINICIAN) else self.none()

    def open_for(self, membership: Membership) -> HelloCallQuerySet:
        """Keep the call that is still to be made to one person."""
        return self.filter(membership=membership, state__in=[HelloCall.State.DUE, HelloCall.State.NOT_NOW])

    def to_make(self) -> HelloCallQuerySet:
        """Keep the calls that somebody owes, the most pressing first."""
        open_states = [HelloCall.State.DUE, HelloCall.State.NOT_NOW, HelloCall.State.UNSUITABLE]
        return self.filter(state__in=open_states).order_by("due_at", "id")


class HelloCallState(models.TextChoices):
    """What came of the call; "not now" comes back to the list, "unsuitable" until somebody else has taken over."""

    DUE = "due", "To ring"
    NOT_NOW = "not_now", "Not now, ask again later"
    CONFIRMED = "confirmed", "Confirmed"
    UNSUITABLE = "unsuitable", "Not this group, somebody else takes over"
    HANDED_OVER = "handed_over", "Somebody else took over"
    ENDED = "ended", "They changed their mind"


class HelloCall(Stateful, Owed):
    """A clinician rings to say hello, and writes down what came of it."""

    State = HelloCallState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.DUE: {State.CONFIRMED, State.NOT_NOW, State.UNSUITABLE, State.ENDED},
        State.NOT_NOW: {State.CONFIRMED, State.DUE, State.UNSUITABLE, State.ENDED},
        State.UNSUITABLE: {State.HANDED_OVER},
    }

    class Basis(models.TextChoices):
        """On what the yes rests (safety 2e)."""

        SIXTEEN = "sixteen", "16 or over, decides for themselves"
        COMPETENT = "competent", "Under 16, understands this decision and can make it"
        PARENT = "parent", "A parent or carer said yes too, by phone or on paper"

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="hello_call")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DUE)
    basis = models.CharField(max_length=12, choices=Basis.choices, blank=True)
    born_on_confirmed = models.DateField(null=True, blank=True)
    safe_ways = models.TextField(blank=True)
    helps = models.TextField(blank=True)
    handover = models.TextField(blank=True)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True, blank=True)

    objects = HelloCallQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(HelloCallState, name="hello_call_state"),
            owed_unless("confirmed", "handed_over", "ended", name="hello_call_owed"),
        ]

    def __str__(self) -> str:
        return f"hello call {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the clinician's page of this call."""
        return reverse("hello-calls-detail", args=[self.public_id])


class KeptApartQuerySet(models.QuerySet["KeptApart"]):
    """Pairs of people who must not meet in a group; only clinicians ever see one."""

    def visible_to(self, user: User) -> KeptApartQuerySet:
        """Keep all for clinicians, else none."""
        return self if user.may_in_service(Role.CLINICIAN) else self.none()

    def of(self, person: Person) -> KeptApartQuerySet:
        """Keep the pairs this person is half of."""
        return self.filter(models.Q(one=person) | models.Q(other=person))

    def stands_between(self, person: Person, group: SupportGroup) -> bool:
        """Tell whether somebody who is, or is about to be, in the group must be kept apart from `person`."""
        inside = group.memberships.exclude(state__in=Membership.OVER)
        people = inside.values("person")
        return self.filter(models.Q(one=person, other__in=people) | models.Q(other=person, one__in=people)).exists()


class KeptApart(models.Model):
    """Two people who are never in one group, and why."""

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    why = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = KeptApartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="kept_apart_once"),
            models.CheckConstraint(condition=~models.Q(one=models.F("other")), name="kept_apart_two"),
        ]

    def __str__(self) -> str:
        return f"kept apart {self.pk}"

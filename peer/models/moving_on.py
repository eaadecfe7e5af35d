"""Moving on: some weeks in which one still reads, writes and says goodbye, when the wait has ended (U12)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import User
from peer.models.talk import Post
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class MovingOnQuerySet(models.QuerySet["MovingOn"]):
    """People who move on, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> MovingOnQuerySet:
        """Keep one's own; for clinicians and co-ordinators all."""
        staff = user.may_in_service(Role.CLINICIAN, Role.CO_ORDINATOR)
        return self if staff else self.filter(membership__user=user)

    def under_way(self) -> MovingOnQuerySet:
        """Keep those whose weeks are running, the nearest end first."""
        return self.filter(state__in=[MovingOn.State.BEGUN, MovingOn.State.NEARLY]).order_by("ends_at", "pk")


class MovingOnState(models.TextChoices):
    """Told at the beginning, told again a week before the end, then out."""

    BEGUN = "begun", "Moving on"
    NEARLY = "nearly", "Nearly gone"
    GONE = "gone", "Has moved on"
    CALLED_OFF = "called_off", "Stays after all"


class MovingOn(Stateful, Owed):
    """The last weeks of one person in one group."""

    State = MovingOnState

    class Cause(models.TextChoices):
        """Why somebody moves on; each has its own number of days in endings.toml."""

        STARTED = "started", _("Help has started")
        NOT_ACCEPTED = "not_accepted", _("Other help")
        EIGHTEEN = "eighteen", _("Turned 18")
        NEXT_BAND = "next_band", _("In the next group")
        STAFF = "staff", _("Begun by staff")
        OWN = "own", _("Begun by themselves")

    class Words(models.TextChoices):
        """What becomes of the words one leaves behind."""

        STAY = "stay", _("They stay, under my name here")
        TAKE = "take", _("Take them away")

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.BEGUN: {State.NEARLY, State.GONE, State.CALLED_OFF},
        State.NEARLY: {State.BEGUN, State.GONE, State.CALLED_OFF},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="moving_on")
    cause = models.CharField(max_length=12, choices=Cause.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BEGUN)
    begun_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    words = models.CharField(max_length=4, choices=Words.choices, default=Words.STAY)
    goodbye = models.ForeignKey(Post, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    next_group = models.ForeignKey(SupportGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = MovingOnQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "moving on"
        constraints = [
            one_of_states(MovingOnState, name="moving_on_state"),
            owed_unless("gone", "called_off", name="moving_on_owed"),
            models.UniqueConstraint(
                fields=["membership"], condition=models.Q(state__in=["begun", "nearly"]), name="moving_on_once"
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("begun_at")), name="moving_on_span"),
        ]

    def __str__(self) -> str:
        return f"moving on {self.public_id}"

    def is_own(self, user: User) -> bool:
        """Tell whether it is `user` who moves on."""
        return self.membership.is_own(user)

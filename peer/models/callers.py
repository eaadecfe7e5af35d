"""Coming to a session by telephone: a code for each booking, and the calls of this moment, no number (S19)."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import User
from peer.models.sessions import GroupSession
from peer.states import Owed, Stateful, one_of_states, owed_unless

CODE_KEYS = 6


def fresh_code() -> str:
    """Draw a code to type on a telephone; without a nought in front, so that nobody drops it."""
    return str(secrets.randbelow(9 * 10 ** (CODE_KEYS - 1)) + 10 ** (CODE_KEYS - 1))


class PhonePlaceQuerySet(models.QuerySet["PhonePlace"]):
    """How people come by telephone, as far as the viewer may know of it."""

    def visible_to(self, user: User) -> PhonePlaceQuerySet:
        """Keep one's own: a code is nobody else's business, not even a host's."""
        return self.filter(membership__user=user)


class PhonePlace(models.Model):
    """One person of one session comes by telephone: they ring in with a code, or are rung when it starts."""

    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="phone_places")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="phone_places")
    code = models.CharField(max_length=CODE_KEYS, unique=True, default=fresh_code)
    is_rung = models.BooleanField("would rather be rung", default=False)
    rung_at = models.DateTimeField(null=True, blank=True)
    barred_at = models.DateTimeField("when a host ended it for them", null=True, blank=True)

    objects = PhonePlaceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["session", "membership"], name="phone_place_once")]

    def __str__(self) -> str:
        return f"phone place {self.pk}"


class CallerState(models.TextChoices):
    """Where a call stands; only a host moves somebody in."""

    WAITING = "waiting", "Waits to be let in"
    IN = "in", "On the line"
    NOT_NOW = "not_now", "Asked to ring later"
    ENDED = "ended", "Ended by a host"
    GONE = "gone", "Gone"


class SessionCallerQuerySet(models.QuerySet["SessionCaller"]):
    """Calls, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> SessionCallerQuerySet:
        """Keep those of the sessions one hosts: nobody else learns who rings (M6)."""
        return self.filter(
            session__hosts__membership__user=user,
            session__hosts__dropped_at=None,
            session__hosts__membership__state=Membership.State.ACTIVE,
        )

    def live(self) -> SessionCallerQuerySet:
        """Keep who waits or is on the line, the longest first."""
        return self.filter(state__in=[CallerState.WAITING, CallerState.IN]).order_by("at", "pk")

    def hosting(self) -> SessionCallerQuerySet:
        """Keep hosts who are on the line."""
        return self.filter(state=CallerState.IN, is_host=True)

    def to_hang_up(self) -> SessionCallerQuerySet:
        """Keep those whom a host ended while they were on the line: the network must cut that call."""
        return self.filter(state=CallerState.ENDED, let_in_at__isnull=False).order_by("pk")


class SessionCaller(Stateful, Owed):
    """One call to a session, by the network's own name for the call: it waits until a host lets it in (B12)."""

    State = CallerState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.WAITING: {State.IN, State.NOT_NOW, State.ENDED, State.GONE},
        State.IN: {State.ENDED, State.GONE},
        State.NOT_NOW: {State.GONE},
        State.ENDED: {State.GONE},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    sid = models.CharField("the network's name of the call", max_length=40, unique=True)
    session = models.ForeignKey(GroupSession, on_delete=models.CASCADE, related_name="callers")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="calls")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    is_host = models.BooleanField(default=False)
    only_listens = models.BooleanField(default=False)
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField("when the network last asked what comes next", default=clock.now)
    let_in_at = models.DateTimeField(null=True, blank=True)
    let_in_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = SessionCallerQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(CallerState, name="caller_state"),
            owed_unless("gone", name="caller_owed"),
            models.UniqueConstraint(
                fields=["session", "membership"], condition=Q(state__in=["waiting", "in"]), name="caller_once"
            ),
        ]

    def __str__(self) -> str:
        return f"caller {self.public_id}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.session.group

    def is_own(self, user: User) -> bool:
        """Tell whether `user` hosts the session."""
        return self.session.is_own(user)

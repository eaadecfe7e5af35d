"""The welcome: whoever comes in is greeted by a peer with a name, within two days (S2)."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import ClassVar

from django.db import models
from django.urls import reverse

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership, MembershipRole
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

WITHIN = dt.timedelta(days=2)
GREETERS = (Role.PEER_FACILITATOR, Role.PEER_MODERATOR)
TABLE = Path(__file__).parent.with_name("hellos.toml")


@cache
def hellos() -> dict[str, str]:
    """Read the cards that a peer can choose from: fixed words, because nobody writes in private here (H11)."""
    return tomllib.loads(TABLE.read_text())["cards"]  # type: ignore[no-any-return]


class WelcomeQuerySet(models.QuerySet["Welcome"]):
    """Welcomes, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> WelcomeQuerySet:
        """Keep one's own; for peers the ones of the groups that they look after now."""
        held = MembershipRole.objects.current().filter(role__in=GREETERS, membership__user=user)
        groups = held.filter(membership__state=Membership.State.ACTIVE).values("membership__group")
        return self.filter(models.Q(membership__user=user) | models.Q(membership__group__in=groups))

    def to_give(self, user: User) -> WelcomeQuerySet:
        """Keep what is still to be said, by anybody but oneself, one's own tasks and the soonest due first."""
        mine = models.Case(models.When(owner=user, then=0), default=1)
        rows = self.filter(state=Welcome.State.DUE).exclude(membership__user=user)
        return rows.select_related("membership__group", "owner").order_by(mine, "due_at", "id")


class WelcomeState(models.TextChoices):
    """Due, said, or not needed any more."""

    DUE = "due", "To say hello"
    DONE = "done", "Said hello"
    ENDED = "ended", "They left before"


class Welcome(Stateful, Owed):
    """A peer says hello to somebody who is new."""

    State = WelcomeState

    MOVES: ClassVar[dict[str, set[str]]] = {State.DUE: {State.DONE, State.ENDED}}

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="welcome")
    greeter = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="greetings")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    card = models.CharField(max_length=20, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = WelcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(WelcomeState, name="welcome_state"),
            owed_unless("done", "ended", name="welcome_owed"),
        ]

    def __str__(self) -> str:
        return f"welcome {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page where a peer says hello."""
        return reverse("welcomes-detail", args=[self.public_id])

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.membership.group

    @property
    def words(self) -> str:
        """Give the card that was chosen, or nothing."""
        return hellos().get(self.card, "")

    def is_late(self) -> bool:
        """Tell whether the two days are over."""
        return self.is_overdue(clock.now())

"""Time polls: two to six times for a next session, and one vote for each person and time, whatever their role (S20)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse

from peer import clock
from peer.models.dated import public_id
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import User
from peer.models.sessions import GroupSession, Way
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

FEWEST, MOST = 2, 6


class PollState(models.TextChoices):
    """Open until the time it says; then a person chooses."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed: somebody chooses now"
    CHOSEN = "chosen", "A time has been chosen"
    DROPPED = "dropped", "Nothing came of it"


class TimePollQuerySet(models.QuerySet["TimePoll"]):
    """Time polls, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> TimePollQuerySet:
        """Keep those of the groups one may know of, as their sessions are."""
        return self.filter(group__in=SupportGroup.objects.visible_to(user).values("pk"))

    def with_options(self) -> TimePollQuerySet:
        """Read along the times, each with how many can and how many cannot."""
        in_group = Q(votes__membership__state=Membership.State.ACTIVE)
        can = Count("votes", filter=Q(votes__can=True) & in_group)
        cannot = Count("votes", filter=Q(votes__can=False) & in_group)
        options = TimeOption.objects.order_by("number").annotate(can_count=can, cannot_count=cannot)  # type: ignore[no-redef]
        rows = self.select_related("group", "session")
        return rows.prefetch_related(models.Prefetch("options", options))

    def owed_by(self, user: User) -> TimePollQuerySet:
        """Keep those that this person is to choose among, or the service manager where nobody did in time."""
        climbed = Q(owner_role=Role.SERVICE_MANAGER) if user.may_in_service(Role.SERVICE_MANAGER) else Q(pk=None)
        return self.to_choose().filter(Q(owner=user) | climbed).select_related("group")

    def to_choose(self) -> TimePollQuerySet:
        """Keep those that are closed and want a person's choice, the most pressing first."""
        return self.filter(state=PollState.CLOSED).order_by("due_at", "pk")


class TimePoll(Stateful, Owed):
    """Some times for a next session, asked of a whole group; counting chooses nothing, a person does."""

    State = PollState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.OPEN: {State.CLOSED},
        State.CLOSED: {State.CHOSEN, State.DROPPED},
    }

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="time_polls")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.TEXT)
    minutes = models.PositiveSmallIntegerField(default=60)
    asked_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    session = models.OneToOneField(
        GroupSession, null=True, blank=True, on_delete=models.SET_NULL, related_name="time_poll"
    )

    objects = TimePollQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(PollState, name="poll_state"),
            owed_unless("chosen", "dropped", name="poll_owed"),
            models.CheckConstraint(condition=Q(minutes__gte=15, minutes__lte=240), name="poll_minutes"),
            models.UniqueConstraint(fields=["group"], condition=Q(state="open"), name="poll_one_open"),
        ]

    def __str__(self) -> str:
        return f"time poll {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page of the poll."""
        return reverse("time-polls-detail", args=[self.public_id])

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group

    def people(self) -> int:
        """Count who has said which times suit them."""
        votes = TimeVote.objects.filter(option__poll=self, membership__state=Membership.State.ACTIVE)
        return votes.values("membership").distinct().count()

    def is_open(self) -> bool:
        """Tell whether one may still vote."""
        return self.state == self.State.OPEN and self.closes_at > clock.now()


class TimeOptionQuerySet(models.QuerySet["TimeOption"]):
    """Offered times, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> TimeOptionQuerySet:
        """Keep those of the polls one may know of."""
        return self.filter(poll__in=TimePoll.objects.visible_to(user).values("pk"))


class TimeOption(models.Model):
    """One offered time, with the number by which a text names it."""

    can_count: int  # what `with_options` adds
    cannot_count: int

    poll = models.ForeignKey(TimePoll, on_delete=models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()

    objects = TimeOptionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="option_number"),
            models.UniqueConstraint(fields=["poll", "starts_at"], name="option_time"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=MOST), name="option_of_six"),
        ]

    def __str__(self) -> str:
        return f"time {self.number} of poll {self.poll_id}"

    def ends_at(self) -> dt.datetime:
        """Give the end, were it chosen."""
        return self.starts_at + dt.timedelta(minutes=self.poll.minutes)


class TimeVoteQuerySet(models.QuerySet["TimeVote"]):
    """Votes, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> TimeVoteQuerySet:
        """Keep one's own: who can when is nobody else's business, only how many can."""
        return self.filter(membership__user=user)


class TimeVote(models.Model):
    """What one person says to one time; once more replaces it."""

    option = models.ForeignKey(TimeOption, on_delete=models.CASCADE, related_name="votes")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="time_votes")
    can = models.BooleanField()
    at = models.DateTimeField(default=clock.now)

    objects = TimeVoteQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["option", "membership"], name="vote_once")]

    def __str__(self) -> str:
        return f"vote {self.pk}"

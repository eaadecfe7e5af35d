"""Who checks posts: what came before their first real one, and who looks after them (U14, W4)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse

from peer import clock
from peer.models.dated import public_id
from peer.models.people import User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

LOOK_AFTER = (Role.CLINICIAN, Role.SERVICE_MANAGER)


def may_check(user: str = "user__", checking: str = "") -> models.Q:
    """Give the condition that somebody may read real posts: 16 or over, trained, looked after, practised (U14).

    `user` and `checking` lead to the account and to what is written down of it.
    """
    asked = {
        f"{user}person__born_on__lte": clock.sixteen_years_ago(),
        f"{checking}trained_on__lte": clock.today(),
        f"{checking}supervisor__is_active": True,
        f"{checking}practised_at__isnull": False,
    }
    return models.Q(**asked)


class PeerModeratorQuerySet(models.QuerySet["PeerModerator"]):
    """What is written down of those who check posts."""

    def visible_to(self, user: User) -> PeerModeratorQuerySet:
        """Keep one's own; for those who look after moderators all (matrix row 32)."""
        return self if user.may_in_service(*LOOK_AFTER) else self.filter(user=user)

    def ready(self) -> PeerModeratorQuerySet:
        """Keep those who may read real posts now."""
        return self.filter(may_check())


class PeerModerator(models.Model):
    """What came before somebody's first real post, and how many of their first decisions a second person confirmed."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="checking")
    trained_on = models.DateField(null=True, blank=True)
    supervisor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="looks_after")
    practised_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.PositiveSmallIntegerField(default=0)

    objects = PeerModeratorQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"moderator {self.pk}"

    def is_old_enough(self) -> bool:
        """Tell whether this is somebody of 16 or over; an unknown age counts as the youngest."""
        born_on = self.user.person.born_on if self.user.person else None
        return born_on is not None and born_on <= clock.sixteen_years_ago()

    def is_trained(self) -> bool:
        """Tell whether the day of the training has come."""
        return self.trained_on is not None and self.trained_on <= clock.today()

    def is_looked_after(self) -> bool:
        """Tell whether there is somebody of staff for them."""
        return self.supervisor is not None and self.supervisor.is_active


class SupervisorTaskQuerySet(models.QuerySet["SupervisorTask"]):
    """Talks that are owed to those who check posts."""

    def visible_to(self, user: User) -> SupervisorTaskQuerySet:
        """Keep those one may hold; nobody else learns who asked."""
        return self if user.may_in_service(*LOOK_AFTER) else self.none()

    def open(self) -> SupervisorTaskQuerySet:
        """Keep what is still to be held, the soonest due first."""
        return self.filter(state=SupervisorTaskState.OPEN).select_related("moderator", "owner").order_by("due_at", "pk")

    def for_desk(self, user: User) -> SupervisorTaskQuerySet:
        """Keep what rests with this person or with nobody by name, and what is late: that anybody may hold."""
        late = models.Q(due_at__lte=clock.now())
        return self.open().filter(models.Q(owner=user) | models.Q(owner=None) | late)


class SupervisorTaskState(models.TextChoices):
    """Owed until two people have spoken."""

    OPEN = "open", "To talk"
    DONE = "done", "Talked"


class SupervisorTask(Stateful, Owed):
    """Somebody of staff talks with somebody who checks posts, by a time."""

    State = SupervisorTaskState

    MOVES: ClassVar[dict[str, set[str]]] = {State.OPEN: {State.DONE}}

    class Why(models.TextChoices):
        """What it is about; never which post."""

        TALK = "talk", "Asked for somebody to talk to"
        CHECK_IN = "check_in", "Met a worrying post"
        SILENT = "silent", "Has not said how a session was"

    public_id = models.CharField(max_length=24, unique=True, default=public_id)
    moderator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="talks_owed")
    why = models.CharField(max_length=8, choices=Why.choices)
    state = models.CharField(max_length=4, choices=State.choices, default=State.OPEN)
    asked_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = SupervisorTaskQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of_states(SupervisorTaskState, name="supervisor_task_state"),
            owed_unless("done", name="supervisor_task_owed"),
        ]

    def __str__(self) -> str:
        return f"talk {self.public_id}"

    def get_absolute_url(self) -> str:
        """Give the page on which it stands."""
        return reverse("moderators-index")

    def is_late(self) -> bool:
        """Tell whether it should have been held by now."""
        return self.is_overdue(clock.now())

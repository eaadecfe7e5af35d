"""What a clinician owes a young person about their own say: a talk about a no, and their own yes at 16 (C5, C7)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from peer import clock
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless


class OwnSayQuerySet(models.QuerySet["OwnSay"]):
    """Talks that are owed, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> OwnSayQuerySet:
        """Keep all for clinicians, who have these talks; for anybody else none (matrix row 23)."""
        return self if user.may_in_service(Role.CLINICIAN) else self.none()

    def waiting(self) -> OwnSayQuerySet:
        """Keep what is still owed, the most pressing first."""
        return self.filter(state=OwnSay.State.OPEN).order_by("due_at", "pk")


class OwnSayState(models.TextChoices):
    """Owed until somebody has talked with them, or until it is not needed any more."""

    OPEN = "open", "To talk about"
    DONE = "done", "Talked about"


class OwnSay(Stateful, Owed):
    """A talk that a clinician owes one young person about one decision of theirs."""

    State = OwnSayState
    MOVES: ClassVar[dict[str, set[str]]] = {State.OPEN: {State.DONE}}

    class About(models.TextChoices):
        """Why the talk is owed."""

        PARENT_NEWS = "parent_news", "Does not want a parent to hear news: can they decide this?"
        SIXTEEN = "sixteen", "Turns 16: tell them that their own yes is asked"
        OWN_YES = "own_yes", "Is 16: was asked for their own yes"

    class Answer(models.TextChoices):
        """What they said, where they were asked."""

        YES = "yes", "Yes"
        NO = "no", "No: talk with them"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="own_says")
    about = models.CharField(max_length=20, choices=About.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=3, choices=Answer.choices, blank=True)
    since_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = OwnSayQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(OwnSayState, name="own_say_state"),
            owed_unless("done", name="own_say_owed"),
            models.UniqueConstraint(
                fields=["person", "about"], condition=models.Q(state="open"), name="own_say_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"talk {self.pk}"

    def end(self) -> None:
        """Write down that it was talked about."""
        self.move_to(self.State.DONE, due_at=None, done_at=clock.now())

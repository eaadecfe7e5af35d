"""Whether somebody under 16 can make one decision themselves, who found so and how, and when to ask again (C6)."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from encrypted_fields.fields import EncryptedTextField

from peer import clock
from peer.models.people import Person, User
from peer.roles import Role
from peer.states import Owed, Stateful, one_of_states, owed_unless

DECIDES_FROM = 16
LONGEST_REVIEW = dt.timedelta(days=366)  # nobody's understanding is settled for longer than a year
REVIEW_AFTER = dt.timedelta(days=183)


def under_sixteen(prefix: str = "") -> models.Q:
    """Give the condition that somebody is under 16, or of unknown age (U7, U9)."""
    return models.Q(**{f"{prefix}born_on__gt": clock.sixteen_years_ago()}) | models.Q(
        **{f"{prefix}born_on__isnull": True}
    )


def adults_are_told(prefix: str = "") -> models.Q:
    """Give the condition that adults hear of somebody's wait: under 16, and not found able to decide it (U7, C5)."""
    themselves = CompetenceAssessment.objects.deciding(CompetenceAssessment.Decision.PARENT_NEWS).values("person")
    return under_sixteen(prefix) & ~models.Q(**{f"{prefix}pk__in": themselves})


class CompetenceQuerySet(models.QuerySet["CompetenceAssessment"]):
    """Assessments, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> CompetenceQuerySet:
        """Keep all for clinicians, who make them; for anybody else none (matrix row 22)."""
        return self if user.may_in_service(Role.CLINICIAN) else self.none()

    def current(self) -> CompetenceQuerySet:
        """Keep the newest word on each decision, also where it is time to ask again."""
        return self.filter(state__in=[CompetenceState.HOLDS, CompetenceState.LAPSED])

    def deciding(self, decision: str) -> CompetenceQuerySet:
        """Keep those that let somebody decide; one that is due for review still protects what they decided (C6)."""
        return self.current().filter(decision=decision, outcome=CompetenceAssessment.Outcome.CAN)

    def to_review(self) -> CompetenceQuerySet:
        """Keep those whose review day has come, the longest overdue first."""
        return self.filter(state=CompetenceState.LAPSED).order_by("due_at", "pk")


class CompetenceState(models.TextChoices):
    """It holds until its review day, then somebody owes a new one; at 16 nobody needs it any more (C6, C7)."""

    HOLDS = "holds", "Holds"
    LAPSED = "lapsed", "To be asked again"
    REPLACED = "replaced", "A newer one holds"
    ENDED = "ended", "Over: 16 now"


class CompetenceAssessment(Stateful, Owed):
    """One clinician's finding about one decision of one young person; never a mark on the person (C6)."""

    State = CompetenceState

    MOVES: ClassVar[dict[str, set[str]]] = {
        State.HOLDS: {State.LAPSED, State.REPLACED, State.ENDED},
        State.LAPSED: {State.REPLACED, State.ENDED},
    }

    class Decision(models.TextChoices):
        """What it is about; each is asked apart, as the consents are."""

        JOIN = "join", "To join a group"
        PARENT_NEWS = "parent_news", "Whether a parent hears news of the wait"

    class Outcome(models.TextChoices):
        """What the clinician found."""

        CAN = "can", "Understands this and can decide it"
        NOT_YET = "not_yet", "Not yet: a parent’s yes is needed too"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="assessments")
    decision = models.CharField(max_length=20, choices=Decision.choices)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    explained = EncryptedTextField()
    understood = EncryptedTextField()
    assessed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    assessed_at = models.DateTimeField(default=clock.now)
    review_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.HOLDS)

    objects = CompetenceQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of_states(CompetenceState, name="competence_state"),
            owed_unless("replaced", "ended", name="competence_owed"),
            models.UniqueConstraint(
                fields=["person", "decision"],
                condition=models.Q(state__in=["holds", "lapsed"]),
                name="competence_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"assessment {self.pk}"

    def is_can(self) -> bool:
        """Tell whether it lets the young person decide."""
        return self.outcome == self.Outcome.CAN

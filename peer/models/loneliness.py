"""One question on loneliness, at joining and at six and twelve weeks; skipping is always fine (S2).

The wording is the single direct item that the Office for National Statistics recommends for adults and for children
from 10 to 15: "How often do you feel lonely?" with its five answers ("Measuring loneliness: guidance for use of the
national indicators on surveys", ONS, December 2018; harmonised standard of the Government Statistical Service, 2020).
One question asks less of somebody who has just come in than the three of the UCLA scale for children.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from peer import clock
from peer.figures import FEW, protect
from peer.models.groups import SupportGroup
from peer.models.memberships import Membership
from peer.models.people import User
from peer.states import AppendOnly, AppendOnlyQuerySet

Row = tuple[int | None, ...]  # often or some of the time, less often, all


class Moment(models.IntegerChoices):
    """When the question is asked: in weeks after joining."""

    JOINING = 0, _("When they joined")
    SIX_WEEKS = 6, _("After six weeks")
    TWELVE_WEEKS = 12, _("After twelve weeks")


class Often(models.IntegerChoices):
    """The five answers of the national question, in its own words."""

    NEVER = 1, _("Never")
    HARDLY = 2, _("Hardly ever")
    NOW_AND_THEN = 3, _("Occasionally")
    SOME = 4, _("Some of the time")
    OFTEN = 5, _("Often or always")


def due_moment(joined_at: dt.datetime | None, asked: int | None) -> Moment | None:
    """Give the moment whose question has come and was neither answered nor skipped; an older one is not made up for."""
    if joined_at is None:
        return None
    weeks = (clock.now() - joined_at) / dt.timedelta(weeks=1)
    last = [moment for moment in Moment if moment <= max(weeks, 0)][-1]
    return last if asked is None or last > asked else None


class LonelinessQuerySet(AppendOnlyQuerySet):
    """Answers: each is its writer's alone; whoever looks after a group sees counts of many."""

    def visible_to(self, user: User) -> LonelinessQuerySet:
        """Keep one's own, for staff too."""
        return self.filter(membership__user=user)

    def last_asked(self, membership: Membership) -> int | None:
        """Give the moment that was answered or skipped last."""
        moments = self.filter(membership=membership).order_by("-moment").values_list("moment", flat=True)
        return moments.first()

    def figures(self, group: SupportGroup) -> tuple[Row, Row] | None:
        """Count first and latest answers of a group, often and less often: nothing under five, new ones five at a time.

        Counting five at a time keeps the difference between today's page and last week's from naming one person.
        """
        given = list(
            self.filter(membership__group=group, often__isnull=False).order_by("id").values_list("membership", "often")
        )
        given = given[: len(given) - len(given) % FEW]
        if not given:
            return None
        first, latest = dict(reversed(given)), dict(given)
        return _row(first.values()), _row(latest.values())


def _row(answers: Iterable[int]) -> Row:
    """Give how many said often, how many less often, and how many there are."""
    said = list(answers)
    often = sum(answer >= Often.SOME for answer in said)
    return protect([[often, len(said) - often]]).rows[0]


class LonelinessAnswer(AppendOnly):
    """One answer of one member, or that they skipped it (`often` empty); never beside what they write."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="loneliness")
    moment = models.PositiveSmallIntegerField(choices=Moment.choices)
    often = models.PositiveSmallIntegerField(choices=Often.choices, null=True, blank=True)
    at = models.DateTimeField(default=clock.now)

    objects = LonelinessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership", "moment"], name="loneliness_once"),
            models.CheckConstraint(condition=models.Q(moment__in=Moment.values), name="loneliness_moment"),
            models.CheckConstraint(
                condition=models.Q(often__isnull=True) | models.Q(often__in=Often.values), name="loneliness_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"loneliness answer {self.pk}"

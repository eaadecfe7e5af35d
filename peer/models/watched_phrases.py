"""Words that a group's clinicians watch for, beside those of every group; who wrote down what, and when, stays (U5)."""

from __future__ import annotations

from typing import Any

from django.db import models

from peer import clock
from peer.models.duties import Duty
from peer.models.groups import SupportGroup
from peer.models.people import User
from peer.screening import Level
from peer.states import AppendOnly, AppendOnlyQuerySet
from peer.written import written


class WatchedPhraseQuerySet(AppendOnlyQuerySet):
    """What was written down about phrases; the newest line about a phrase counts."""

    def visible_to(self, user: User) -> WatchedPhraseQuerySet:
        """Keep those of the groups that a clinician covers now."""
        return self.filter(group__in=Duty.objects.current().filter(user=user).values("group"))

    def of(self, group: SupportGroup) -> list[WatchedPhrase]:
        """List every line about one group's phrases, the newest first."""
        return list(self.filter(group=group).select_related("by").order_by("-pk"))

    def watched(self, group: SupportGroup) -> dict[str, Level]:
        """Give the phrases that are watched for in one group now, and how soon each must be read."""
        return {phrase: Level(level) for phrase, level in dict(_said(group=group.pk)).items() if level}


class WatchedPhrase(AppendOnly):
    """One line: from now on a phrase is watched for at a level, or at none any more."""

    group = models.ForeignKey(SupportGroup, on_delete=models.CASCADE, related_name="watched_phrases")
    phrase = models.CharField(max_length=60)
    level = models.CharField(max_length=5, blank=True, choices=[(Level.RED.value, "Red"), (Level.AMBER.value, "Amber")])
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects = WatchedPhraseQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["group", "id"], name="watched_phrase_of_group")]

    def __str__(self) -> str:
        return f"watched phrase {self.pk}"

    @property
    def support_group(self) -> SupportGroup:
        """Name the group for the gate."""
        return self.group


@written
def _said(*, group: int) -> models.QuerySet[Any, tuple[str, str]]:
    return WatchedPhrase.objects.filter(group=group).order_by("pk").values_list("phrase", "level")

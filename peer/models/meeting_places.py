"""Where a group meets in person: how one gets there and in, and how to take part from afar (S63)."""

from __future__ import annotations

from django.db import models

from peer.models.groups import SupportGroup
from peer.models.people import User


class MeetingPlaceQuerySet(models.QuerySet["MeetingPlace"]):
    """Places, as far as the viewer may know of them."""

    def visible_to(self, user: User) -> MeetingPlaceQuerySet:
        """Keep those of the groups one may know of."""
        return self.filter(group__in=SupportGroup.objects.visible_to(user).values("pk"))


class MeetingPlace(models.Model):
    """The place of one group, all of it said: without one no session meets in person."""

    group = models.OneToOneField(SupportGroup, on_delete=models.CASCADE, related_name="meeting_place")
    where = models.TextField()
    getting_there = models.TextField()
    access = models.TextField("steps, lifts, toilets, noise")
    from_afar = models.TextField("how to take part from afar, or why that does not work")

    objects = MeetingPlaceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~(
                    models.Q(where="") | models.Q(getting_there="") | models.Q(access="") | models.Q(from_afar="")
                ),
                name="meeting_place_whole",
            )
        ]

    def __str__(self) -> str:
        return f"meeting place {self.pk}"

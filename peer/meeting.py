"""Whether a group can meet in a way: in person only where people know how to get there, or what else there is (S63)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer.models import MeetingPlace, SupportGroup
from peer.models.sessions import Way
from peer.states import RuleBroken


def check(group: SupportGroup, way: str) -> None:
    """Refuse to ask people to a place that nobody has described."""
    if way == Way.IN_PERSON and not MeetingPlace.objects.filter(group=group).exists():
        raise RuleBroken(
            _("Say first where the group meets in person, how to get there, and how to take part from afar.")
        )

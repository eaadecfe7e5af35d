"""What speaks of a place in a group waits while the group is paused, and goes once it is back (P10)."""

from __future__ import annotations

from notifications.models import Notification
from peer.models import Invitation, Membership, SupportGroup

PAUSED = (SupportGroup.State.READING, SupportGroup.State.FROZEN)


def of_place(told: Notification) -> bool:
    """Tell whether the group of the place that a message is about is paused."""
    return Membership.objects.filter(pk=_key(told), group__state__in=PAUSED).exists()


def of_offer(told: Notification) -> bool:
    """Tell whether the group that a message offers is paused."""
    return Invitation.objects.filter(pk=_key(told), group__state__in=PAUSED).exists()


def _key(told: Notification) -> int:
    return int(told.event_key.split(":")[1])

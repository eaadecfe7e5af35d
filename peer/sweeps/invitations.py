"""Offers of a place that are over, and those that nobody has said a word to."""

from __future__ import annotations

from peer.actions import invitations, renewals
from peer.models import Invitation
from peer.sweeps.each import each

BATCH = 100


def look_after_invitations() -> int:
    """Close what is over and bring up what waits."""
    return close_late_invitations() + bring_up_unanswered()


def close_late_invitations() -> int:
    """Close the offers whose thirty days are over, and count them."""
    late = Invitation.objects.out_of_date().order_by("expires_at", "pk")
    return each(late, invitations.expire, by=invitations.CLOCK)


def bring_up_unanswered() -> int:
    """Bring each offer up once more that nobody has said a word to for eight days, and count them (U13)."""
    late = Invitation.objects.to_remind().select_related("person", "group").order_by("offered_at", "pk")
    return len([renewals.remind(invitation, by=invitations.CLOCK) for invitation in late[:BATCH]])

"""What the clock process does for this package, again and again; two sweepers do no harm to each other."""

from __future__ import annotations

from peer.actions import invitations
from peer.models import Invitation
from peer.states import StaleMove


def close_late_invitations() -> int:
    """Close the offers whose thirty days are over, and count them."""
    done = 0
    for invitation in Invitation.objects.out_of_date().order_by("expires_at", "pk"):
        try:
            invitations.expire(invitation, by=invitations.CLOCK)
        except StaleMove:
            continue  # somebody answered, or another sweeper was quicker
        done += 1
    return done

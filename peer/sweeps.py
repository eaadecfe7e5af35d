"""What the clock process does for this package, again and again; two sweepers do no harm to each other."""

from __future__ import annotations

from peer.actions import invitations, recoveries
from peer.models import AccountRecovery, Invitation
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


def close_late_recoveries() -> int:
    """Close the ways back that nobody came back for in a week, and count them."""
    done = 0
    for recovery in AccountRecovery.objects.too_late().order_by("due_at", "pk"):
        try:
            recoveries.lapse(recovery, by=recoveries.CLOCK)
        except StaleMove:
            continue  # they came back, or another sweeper was quicker
        done += 1
    return done

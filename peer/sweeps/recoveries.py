"""Ways back into an account that nobody came back for."""

from __future__ import annotations

from peer.actions import recoveries
from peer.models import AccountRecovery
from peer.sweeps.each import each


def close_late_recoveries() -> int:
    """Close the ways back that nobody came back for in a week, and count them."""
    return each(AccountRecovery.objects.too_late().order_by("due_at", "pk"), recoveries.lapse, by=recoveries.CLOCK)

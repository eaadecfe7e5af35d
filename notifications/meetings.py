"""Cuts the calls of whoever a host has ended the session for: the row first, the network after it (B12)."""

from __future__ import annotations

from notifications.providers import twilio_call
from peer.actions import callers
from peer.actions.callers import PHONE
from peer.models import SessionCaller
from peer.sweeps.each import each


def hang_up() -> int:
    """Have the network cut each such call; one that it does not answer about is cut at the next turn."""
    cut = [caller for caller in SessionCaller.objects.to_hang_up() if twilio_call.hang_up(caller.sid)]
    return each(cut, callers.gone, by=PHONE)

"""Hints: they only make rows quick; every row is also found by the sweep (decision 4)."""

from __future__ import annotations

import logging
import threading

from django.db import transaction

log = logging.getLogger(__name__)

woken = threading.Event()  # the clock thread of this process, where there is one, looks at once


def hint() -> None:
    """Nudge the dispatcher after the commit; a broker that is down costs nothing but time (decision 4)."""
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    woken.set()

"""Hints: they only make rows quick; every row is also found by the sweep (decision 4)."""

from __future__ import annotations

import logging
import threading
import time

from celery import shared_task
from django.conf import settings
from django.db import transaction

from peer.crash import crash_point

log = logging.getLogger(__name__)

QUIET_AFTER_A_FAULT = 30.0  # seconds: a broker that is down must not slow every request

woken = threading.Event()  # the clock threads of this process, where there are any, look at once
_silent_until = 0.0


def hint() -> None:
    """Nudge the dispatcher after the commit; a broker that is down costs nothing but time (decision 4)."""
    transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    global _silent_until
    crash_point("C3_queued_committed")
    woken.set()
    if settings.CELERY_BROKER_URL.startswith("memory") or time.monotonic() < _silent_until:
        return
    try:
        deliver.apply_async(retry=False, ignore_result=True, expires=60)
    except Exception:
        _silent_until = time.monotonic() + QUIET_AFTER_A_FAULT
        log.exception("no hint: the broker does not answer")
    crash_point("C4_nudged")


@shared_task(name="notifications.deliver")
def deliver() -> int:
    """Send what is due now; the clock process would find it a moment later."""
    from notifications.dispatcher import Dispatcher  # noqa: PLC0415 - the web needs no connections of its own
    from notifications.models import Duty  # noqa: PLC0415

    dispatcher = Dispatcher(duties=tuple(Duty))
    try:
        return dispatcher.turn()
    finally:
        dispatcher.close()

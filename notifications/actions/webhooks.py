"""What the network tells us of our messages, written down before it is thanked; its signature is its right (N18)."""

from __future__ import annotations

import logging

from django.db import transaction

from notifications import receipts
from notifications.models import DeliveryAttempt, DeliveryReceipt
from peer import clock
from peer.crash import crash_point

log = logging.getLogger(__name__)


def take_status(token: str, *, sid: str, status: str, code: str = "", answered_by: str = "") -> None:
    """Write down a status and apply it; an unknown token changes nothing and is thanked the same."""
    attempt = DeliveryAttempt.objects.filter(token=token).first()
    if attempt is None or not sid or not status:
        return
    with transaction.atomic():
        receipt, is_new = DeliveryReceipt.objects.get_or_create(
            attempt=attempt,
            sid=sid[:40],
            status=status[:20],
            defaults={"code": code[:20], "answered_by": answered_by[:30], "at": clock.now()},
        )
        crash_point("C12_callback")
    if is_new or receipt.applied_at is None:
        _apply(receipt)
    crash_point("C13_callback_committed")


def _apply(receipt: DeliveryReceipt) -> None:
    """Apply now if we can; what fails here is applied by the sweep, and the row is already safe (decision 17)."""
    try:
        with transaction.atomic():
            receipts.apply(receipt)
    except Exception:
        log.exception("receipt %s waits for the sweep", receipt.pk)

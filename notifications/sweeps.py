"""The guarantee: whatever a lost hint, a dead worker or a silent network left behind is found here and carried on."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from notifications import consequences, outbox, receipts
from notifications.models import Delivery, DeliveryAttempt, DeliveryReceipt, Duty, Notification
from notifications.providers.port import Failure, Seen
from notifications.waits import PAGE_TRIES, wait
from peer import clock
from peer.crash import crash_point

log = logging.getLogger(__name__)

State = Delivery.State
BATCH = 200
LISTED = (Delivery.Channel.SMS, Delivery.Channel.CALL)  # what the network lists when asked
SKEW = dt.timedelta(seconds=5)  # the network's clock against ours


def sweep() -> None:
    """Carry on everything that rests too long; each step stands alone, so that one fault stops no other."""
    for step in STEPS:
        try:
            with transaction.atomic():
                step()
        except Exception:
            log.exception("sweep: %s", step.__name__)


def free_leases() -> None:
    """Let go of what a dead worker held: not begun goes back, begun is ambiguous (N5)."""
    over = Delivery.objects.filter(lease_until_at__lt=clock.Now())
    free = {"lease_token": "", "lease_until_at": None, "changed_at": clock.now()}
    over.filter(state=State.CLAIMED).update(state=State.PENDING, **free)
    crash_point("C14_requeue")
    over.filter(state=State.SENDING).update(state=State.AMBIGUOUS, reason="worker lost", **free)


def carry_on_pages() -> None:
    """Send an unanswered page again at once: a second copy is better than none (decision 18)."""
    pages = Delivery.objects.filter(state=State.AMBIGUOUS, duty=Duty.PAGE)
    pages.filter(tries__lt=PAGE_TRIES).update(state=State.PENDING, not_before_at=clock.now(), changed_at=clock.now())
    pages.filter(tries__gte=PAGE_TRIES).update(state=State.UNKNOWN, changed_at=clock.now())


def forget_unlisted() -> None:
    """Leave alone what no list can settle: a code is sent again only on request, an e-mail never twice."""
    old = Delivery.objects.filter(state=State.AMBIGUOUS, changed_at__lt=clock.now() - wait("callback"))
    nobody_knows = old.filter(Q(duty=Duty.CODE) | Q(channel=Delivery.Channel.EMAIL)).exclude(duty=Duty.PAGE)
    _each(nobody_knows, lambda row: _end(row, State.UNKNOWN, reason="no answer"))


def expire() -> None:
    """End what is too late to send (N13); news becomes a call by a person."""
    late = Delivery.objects.filter(state__in=[State.PENDING, State.HELD], expires_at__lte=clock.now())
    _each(late, _expire)


def _expire(row: Delivery) -> None:
    _end(row, State.EXPIRED, reason="too late", body=None)


def give_up_on_receipts() -> None:
    """Call it unknown when the network has said nothing for three days, and go on to the next way, once (N7)."""
    silent = Delivery.objects.filter(
        state__in=[State.ACCEPTED, State.SENT], changed_at__lt=clock.now() - wait("no_receipt")
    )
    _each(silent, _give_up)


def _give_up(row: Delivery) -> None:
    _end(row, State.UNKNOWN)


def _end(row: Delivery, state: str, **changes: Any) -> None:
    row.move_to(state, changed_at=clock.now(), **changes)
    outbox.go_on(row)


def climb() -> None:
    """Try the next way of news that nothing has shown to be received in its time (U2); a person comes last."""
    late = Notification.objects.unanswered().filter(due_at__lte=clock.now()).order_by("due_at")
    rows = late.select_related("recipient", "subject").select_for_update(of=("self",), skip_locked=True)
    for notification in rows[:BATCH]:
        try:
            with transaction.atomic():
                consequences.climb(notification)
        except Exception:
            log.exception("sweep: %s", notification)


def apply_receipts() -> None:
    """Apply receipts that were written down and not applied; one that fails does not hold the others."""
    waiting = DeliveryReceipt.objects.filter(applied_at=None).order_by("pk").select_related("attempt__delivery")
    for receipt in waiting[:BATCH]:
        try:
            with transaction.atomic():
                receipts.apply(receipt)
        except Exception:
            log.exception("receipt %s", receipt.pk)


def show_stuck() -> None:
    """Put on the board what has neither gone nor ended by its time; a person settles it (N1)."""
    now = clock.now()
    waiting = Q(state__in=[State.PENDING, State.CLAIMED], due_at__lt=now)
    unsure = Q(state=State.AMBIGUOUS, changed_at__lt=now - wait("list"))
    Delivery.objects.filter(waiting | unsure, stuck_at=None).update(stuck_at=now)


def _each(rows: QuerySet[Delivery], act: Callable[[Delivery], None]) -> None:
    """Do one act to each row under its lock, each in a savepoint; one that fails never holds the others."""
    found = rows.select_related("contact", "notification__recipient", "notification__subject").order_by("pk")
    for row in found.select_for_update(of=("self",), skip_locked=True)[:BATCH]:
        try:
            with transaction.atomic():
                act(row)
        except Exception:
            log.exception("sweep: %s", row)


STEPS = (
    free_leases,
    carry_on_pages,
    forget_unlisted,
    expire,
    give_up_on_receipts,
    apply_receipts,
    climb,
    show_stuck,
)


def unsure() -> list[tuple[Delivery, DeliveryAttempt]]:
    """Find news whose try was not answered and whose callback has had its minute (decision 19)."""
    rows = Delivery.objects.filter(
        state=State.AMBIGUOUS, duty=Duty.FAMILY, channel__in=LISTED, changed_at__lt=clock.now() - wait("callback")
    ).select_related("contact")
    pairs = [(row, row.attempts.order_by("pk").last()) for row in rows.order_by("changed_at")[:BATCH]]
    return [(row, attempt) for row, attempt in pairs if attempt is not None]


def since(attempt: DeliveryAttempt) -> dt.datetime:
    """Give the moment from which the network's list may show this try."""
    return attempt.begun_at - SKEW


def _rivals(row: Delivery, attempt: DeliveryAttempt) -> list[dt.datetime]:
    """Find when other tries began that the network's list cannot tell from this one, and that have no id yet."""
    tries = DeliveryAttempt.objects.filter(
        sid="",
        outcome__in=[DeliveryAttempt.Outcome.OPEN, DeliveryAttempt.Outcome.UNANSWERED],
        delivery__channel=row.channel,
        delivery__contact__where_hash=row.contact.where_hash,
        begun_at__gte=since(attempt) - wait("answer"),
    ).exclude(delivery=row)
    is_text = row.channel == Delivery.Channel.SMS
    known = tries.select_related("delivery")
    return [one.begun_at for one in known if not is_text or one.delivery.body in {row.body, None}]


def ours(row: Delivery, seen: Iterable[Seen]) -> list[Seen]:
    """Keep of the network's list what can be this row: its words, under an id that belongs to no other try."""
    listed = list(seen)
    known = set(DeliveryAttempt.objects.filter(sid__in=[one.sid for one in listed]).values_list("sid", flat=True))
    return [one for one in listed if one.sid not in known and one.body in {row.body or "", ""}]


def resolve(row: Delivery, attempt: DeliveryAttempt, seen: Iterable[Seen] | Failure) -> None:
    """Settle one unsure try by what the network's list shows: found is taken; not there for ten minutes, sent again.

    Messages that cannot be told apart are counted: of fewer in the list than tries, none is taken before all have had
    their ten minutes (decision 19).
    """
    if isinstance(seen, Failure):
        return  # the list cannot be had: the row stays unsure and comes to the board, never to a second text
    with transaction.atomic():
        list(DeliveryAttempt.objects.filter(pk=attempt.pk).select_for_update())  # in the order in which receipts lock
        found = ours(row, seen)
        rivals = _rivals(row, attempt) if found else []
        is_early = max([attempt.begun_at, *rivals]) >= clock.now() - wait("list")
        if found and len(found) <= len(rivals) and is_early:
            pass  # it may be another try's: that one's answer or callback will tell
        elif found:
            if outbox.accepted([row], sid=found[0].sid):
                DeliveryAttempt.objects.filter(pk=attempt.pk).update(
                    outcome=DeliveryAttempt.Outcome.ACCEPTED, sid=found[0].sid, answered_at=clock.now()
                )
        elif not is_early:
            same = Delivery.objects.filter(pk=row.pk, state=State.AMBIGUOUS, tries=row.tries)  # not a later try's doubt
            same.update(
                state=State.PENDING,
                reason="not taken",
                stuck_at=None,
                not_before_at=clock.now(),
                changed_at=clock.now(),
            )
        crash_point("C15_list_commit")

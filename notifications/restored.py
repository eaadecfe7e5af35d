"""After a restore: a mark outside the database tells that it is older, the network tells what went (H27, F19)."""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, QuerySet

from notifications import consequences, outbox, sweeps
from notifications.actions import holds, texts
from notifications.models import Delivery, DeliveryAttempt, Duty, InboundText, SendingHold
from notifications.providers.port import Failure, Heard, Seen
from peer import clock
from peer.gate import SERVICE

log = logging.getLogger(__name__)

State = Delivery.State
BATCH = 50
FORGOTTEN = dt.timedelta(days=30)  # so far back we read where the database knows nothing at all
OPEN = (State.PENDING, State.HELD)
WHY = "The database is older than what was sent: it looks like a backup."


# ── The mark ────────────────────────────────────────────────────────────────────────────────────────────────────────
def keep_mark() -> int:
    """Write down, outside the database, which try was the newest; while a hold lasts the old mark stays."""
    newest = DeliveryAttempt.objects.order_by("-pk").values("token", "begun_at").first()
    if settings.OUTBOX_MARK and newest is not None and not SendingHold.objects.current().exists():
        mark = {"database": _database(), "token": newest["token"], "begun_at": newest["begun_at"].isoformat()}
        file = Path(settings.OUTBOX_MARK)
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(mark))
        beside.replace(file)
    return 0


def check() -> None:
    """Begin a hold where the mark knows a try that the database does not; nothing may be sent before this."""
    begun_at = _unknown_try()
    if begun_at is None or SendingHold.objects.filter(ended_at__gt=begun_at).exists():
        return
    log.critical("the database is older than the outbox mark of %s: messages are on hold", begun_at)
    if not SendingHold.objects.current().exists():
        holds.begin(SERVICE, by=holds.CLOCK, reason=WHY)


def _unknown_try() -> dt.datetime | None:
    """Give when the marked try began, if this very database has lost it."""
    if not settings.OUTBOX_MARK or not Path(settings.OUTBOX_MARK).exists():
        return None
    try:
        mark = json.loads(Path(settings.OUTBOX_MARK).read_text())
        database, token, begun_at = mark["database"], mark["token"], dt.datetime.fromisoformat(mark["begun_at"])
    except (ValueError, KeyError, TypeError):
        log.exception("the outbox mark cannot be read")
        return None
    if database != _database() or DeliveryAttempt.objects.filter(token=token).exists():
        return None
    return begun_at


def _database() -> str:
    """Name this database by when it was made: a backup of it keeps that, another one has its own."""
    first = MigrationRecorder(connection).migration_qs.order_by("id").values_list("applied", flat=True).first()
    return first.isoformat() if first else ""


# ── Comparing ───────────────────────────────────────────────────────────────────────────────────────────────────────
def asked() -> SendingHold | None:
    """Find the hold that somebody wants compared."""
    return SendingHold.objects.current().filter(asked_at__isnull=False, reconciled_at=None).first()


def held(hold: SendingHold) -> list[Delivery]:
    """Give the next rows of before the hold that the network may have taken without our knowing."""
    rows = _before(hold).filter(channel__in=sweeps.LISTED, pk__gt=hold.compared_pk)
    return list(rows.select_related("contact", "notification").order_by("pk")[:BATCH])


def _before(hold: SendingHold) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(state__in=OPEN, notification__created_at__lte=hold.since_at)
    return rows.exclude(duty=Duty.PAGE)


def since(row: Delivery) -> dt.datetime:
    """Give the moment from which the network's list may show this row: nothing goes before it is queued."""
    return row.notification.created_at - sweeps.SKEW


def settle(hold: SendingHold, found: Iterable[tuple[Delivery, list[Seen] | Failure]]) -> int:
    """Mark as gone what the list shows; a list that cannot be had is asked for again, and nothing goes meanwhile."""
    done = 0
    for row, seen in found:
        if isinstance(seen, Failure):
            return not_had(hold, seen)
        with transaction.atomic():
            hold.found += _settle_one(row, seen)
            SendingHold.objects.filter(pk=hold.pk).update(compared_pk=row.pk, found=hold.found, trouble="")
        done += 1
    return done


def _settle_one(row: Delivery, seen: list[Seen]) -> bool:
    ours = sweeps.ours(row, seen)
    if not ours:
        return False
    Delivery.objects.filter(pk=row.pk, state=State.HELD).update(state=State.PENDING, changed_at=clock.now())
    if not outbox.accepted([row], sid=ours[0].sid):
        return False
    DeliveryAttempt.objects.create(
        token=secrets.token_hex(16),
        delivery=row,
        outcome=DeliveryAttempt.Outcome.ACCEPTED,
        begun_at=ours[0].at,
        answered_at=clock.now(),
        sid=ours[0].sid,
    )
    return True


def heard_since(hold: SendingHold) -> dt.datetime:
    """Give the moment from which we may have lost what people texted us: the newest thing we know, less a day."""
    said = InboundText.objects.filter(received_at__lt=hold.since_at).aggregate(at=Max("received_at"))["at"]
    tries = DeliveryAttempt.objects.filter(begun_at__lt=hold.since_at).aggregate(at=Max("begun_at"))["at"]
    known = max(filter(None, (said, tries)), default=hold.since_at - FORGOTTEN)
    return known - dt.timedelta(days=1)


def read_back(heard: Iterable[Heard]) -> None:
    """Take in again what people texted us after the backup, a STOP above all; what we still have changes nothing."""
    for one in heard:
        texts.take_text(one.sid, sender=one.sender, body=one.body)


def not_had(hold: SendingHold, failure: Failure) -> int:
    """Note that the network's list could not be had; it is asked for again."""
    SendingHold.objects.filter(pk=hold.pk).update(trouble=failure.code[:60])
    return 0


def finish(hold: SendingHold) -> None:
    """End the comparison; what no list tells, e-mails, is not sent a second time: the next way follows."""
    with transaction.atomic():
        for row in _before(hold).filter(channel=Delivery.Channel.EMAIL).select_related("notification", "contact"):
            Delivery.objects.filter(pk=row.pk).update(
                state=State.UNKNOWN, reason="before the restore", changed_at=clock.now()
            )
            consequences.ended(row)
        SendingHold.objects.filter(pk=hold.pk, reconciled_at=None).update(reconciled_at=clock.now(), trouble="")

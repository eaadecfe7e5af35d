"""Pages that are no content: is the process up, can the service work."""

from __future__ import annotations

import logging
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from cms.celery import app
from notifications.models import Delivery
from peer import clock
from peer.methods import require_safe

log = logging.getLogger(__name__)

LONGEST_WAIT = 300  # seconds a message may be due before the service calls itself not ready


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process is up, without asking anything of the database."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the service can work: database, migrations, broker and the oldest message that is due."""
    told: dict[str, object] = {"database": False, "migrations": False, "broker": _broker_answers()}
    try:
        told |= {"database": True, "migrations": _is_migrated(), "oldest_due_seconds": _oldest_due()}
    except DatabaseError:
        log.exception("readyz: the database does not answer")
    waited = told.get("oldest_due_seconds")
    is_ready = all(told[part] for part in ("database", "migrations", "broker"))
    is_ready = is_ready and isinstance(waited, int) and waited <= LONGEST_WAIT
    return JsonResponse({"ready": is_ready, **told}, status=200 if is_ready else 503)


@cache
def _wanted() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _is_migrated() -> bool:
    return _wanted() <= set(MigrationRecorder(connection).applied_migrations())


def _broker_answers() -> bool:
    try:
        with app.connection_for_write(connect_timeout=0.5) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
    except Exception:  # noqa: BLE001 - whichever broker it is, its own exceptions mean no
        return False
    return True


def _oldest_due() -> int:
    """Give how long the message that waits longest has been due, in seconds; 0 where none is."""
    due = Delivery.objects.filter(state=Delivery.State.PENDING, not_before_at__lte=clock.now())
    oldest = due.order_by("not_before_at").values_list("not_before_at", flat=True).first()
    return int((clock.now() - oldest).total_seconds()) if oldest else 0

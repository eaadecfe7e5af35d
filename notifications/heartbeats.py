"""Signs of life: whoever works beats, and what stands still for too long is noticed from outside (E13)."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from notifications import intents
from notifications.intents import Intent
from notifications.models import Duty, Heartbeat
from notifications.waits import wait
from peer import clock
from peer.models import Person, ServiceRole
from peer.roles import Role

log = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two beats
WATCHER = "watcher"
PARTS = {  # seconds without a beat after which the watcher pages; a turn of the senders may take sixteen
    "pages": 30.0,
    "ladder": 30.0,
    "sweep": 180.0,  # it asks the network about one message after another
}
SILENT = 60.0  # seconds without a beat of the watcher after which the clock tells a manager


class Pulse:
    """Writes down that one part works, however often it turns, every few seconds alone."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._next = 0.0

    def beat(self) -> None:
        """Say that this part has just done its work."""
        if time.monotonic() >= self._next:
            Heartbeat.objects.update_or_create(name=self._name, defaults={"at": clock.now()})
            self._next = time.monotonic() + EVERY / settings.TIME_SCALE


class Stillness:
    """Remembers how long each thing has been as it is, by this process's own seconds: no clock that jumps counts."""

    def __init__(self, limits: Mapping[str, float]) -> None:
        self._limits = {name: limit / settings.TIME_SCALE for name, limit in limits.items()}
        self._seen: dict[str, tuple[object, float]] = {name: (None, time.monotonic()) for name in limits}

    def note(self, name: str, value: object) -> None:
        """Take down how a thing is now; one of which there is nothing (None) does not stand still."""
        if name in self._limits and (value is None or value != self._seen[name][0]):
            self._seen[name] = (value, time.monotonic())

    def too_long(self) -> list[str]:
        """Name what has been the same for longer than its limit."""
        now = time.monotonic()
        return [name for name, (_value, since) in self._seen.items() if now - since > self._limits[name]]


def miss_watcher(still: Stillness) -> int:
    """Text the managers, once for each silence, where the watcher has stopped; a part of the clock asks this."""
    beat = Heartbeat.objects.filter(name=WATCHER).first()
    still.note(WATCHER, beat.at if beat else None)
    if beat is None or not still.too_long():
        return 0
    log.critical("the watcher does not beat any more")
    with transaction.atomic():
        told = [intents.queue(_silence(person, since=f"{beat.at:%Y-%m-%dT%H:%M:%S}")) for person in _managers()]
    return sum(one is not None for one in told)


def _managers() -> list[Person]:
    held = ServiceRole.objects.current().filter(role=Role.SERVICE_MANAGER, user__is_active=True)
    return list(Person.objects.filter(pk__in=held.values("user__person")).order_by("pk"))


def _silence(person: Person, *, since: str) -> Intent:
    return Intent(
        event_key=f"watcher:{since}",
        person=person,
        purpose="watcher_silent",
        duty=Duty.PAGE,
        words={"sms": "watcher_silent", "email": "watcher_silent"},
        lives=wait("page"),
    )

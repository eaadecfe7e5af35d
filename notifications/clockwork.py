"""The clock process: a plain loop a part, polling the database, needing no broker (decision 3)."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import connections
from django.urls import get_resolver

from moderation import sweeps as moderation_sweeps
from notifications import broadcasts, heartbeats, meetings, proofs, restored, sweeps, theirs
from notifications.actions import digests, rings
from notifications.dispatcher import Dispatcher
from notifications.heartbeats import Pulse, Stillness
from notifications.models import Digest, Duty, Ring
from notifications.tasks import woken
from peer.sweeps.appointments import look_after_appointments
from peer.sweeps.breaches import watch_for_breaches
from peer.sweeps.cohorts import start_cohorts
from peer.sweeps.competence import watch_competence
from peer.sweeps.copies import carry_on_copies
from peer.sweeps.each import each
from peer.sweeps.invitations import look_after_invitations
from peer.sweeps.places import look_after_places
from peer.sweeps.recoveries import close_late_recoveries
from peer.sweeps.sessions import look_after_sessions

log = logging.getLogger(__name__)

AFTER_A_FAULT = 1.0  # seconds; the database or the network may need a moment
DIGESTS = 200  # a turn
HANDS_OVER = 0.0005  # seconds; at Python's own 0.005 a sender whose query is answered waits longer than the query took


@dataclass(frozen=True)
class Part:
    """One thing the clock does: `make` gives the work, which says how much it did, and how to end it."""

    name: str
    every: float
    make: Callable[[], tuple[Callable[[], int], Callable[[], None]]]


def _sender(*duties: Duty) -> Callable[[], tuple[Callable[[], int], Callable[[], None]]]:
    def make() -> tuple[Callable[[], int], Callable[[], None]]:
        dispatcher = Dispatcher(duties=duties)
        return dispatcher.turn, dispatcher.close

    return make


def _looker() -> tuple[Callable[[], int], Callable[[], None]]:
    dispatcher = Dispatcher(duties=(Duty.FAMILY,), connections=2)

    def work() -> int:
        sweeps.sweep()
        dispatcher.look_up()
        return dispatcher.compare()

    return work, dispatcher.close


def _rings() -> tuple[Callable[[], int], Callable[[], None]]:
    return lambda: each(Ring.objects.due(), rings.give_up, by=rings.CLOCK), lambda: None


def _broadcasts() -> tuple[Callable[[], int], Callable[[], None]]:
    return broadcasts.expand, lambda: None


def _ladder() -> tuple[Callable[[], int], Callable[[], None]]:
    return moderation_sweeps.run_due_steps, lambda: None


def _cover() -> tuple[Callable[[], int], Callable[[], None]]:
    return moderation_sweeps.watch_cover, lambda: None


def _invitations() -> tuple[Callable[[], int], Callable[[], None]]:
    return look_after_invitations, lambda: None


def _recoveries() -> tuple[Callable[[], int], Callable[[], None]]:
    return close_late_recoveries, lambda: None


def _competence() -> tuple[Callable[[], int], Callable[[], None]]:
    return lambda: watch_competence() + theirs.watch(), lambda: None


def _breaches() -> tuple[Callable[[], int], Callable[[], None]]:
    return watch_for_breaches, lambda: None


def _cohorts() -> tuple[Callable[[], int], Callable[[], None]]:
    return start_cohorts, lambda: None


def _sessions() -> tuple[Callable[[], int], Callable[[], None]]:
    return look_after_sessions, lambda: None


def _hang_ups() -> tuple[Callable[[], int], Callable[[], None]]:
    return meetings.hang_up, lambda: None


def _appointments() -> tuple[Callable[[], int], Callable[[], None]]:
    return look_after_appointments, lambda: None


def _places() -> tuple[Callable[[], int], Callable[[], None]]:
    return look_after_places, lambda: None


def _copies() -> tuple[Callable[[], int], Callable[[], None]]:
    return carry_on_copies, lambda: None


def _digests() -> tuple[Callable[[], int], Callable[[], None]]:
    return lambda: each(Digest.objects.due()[:DIGESTS], digests.tell, by=digests.CLOCK), lambda: None


def _mark() -> tuple[Callable[[], int], Callable[[], None]]:
    return restored.keep_mark, lambda: None


def _proofs() -> tuple[Callable[[], int], Callable[[], None]]:
    return proofs.doubt_old, lambda: None


def _quarters() -> tuple[Callable[[], int], Callable[[], None]]:
    return moderation_sweeps.count_quarters, lambda: None


def _watcher() -> tuple[Callable[[], int], Callable[[], None]]:
    still = Stillness({heartbeats.WATCHER: heartbeats.SILENT})
    return lambda: heartbeats.miss_watcher(still), lambda: None


PARTS = [  # higher packages add their own
    Part("pages", 0.5, _sender(Duty.PAGE)),  # of its own, so that no broadcast is ever before a page
    Part("messages", 0.5, _sender(Duty.CODE, Duty.FAMILY)),
    Part("sweep", 2.0, _looker),
    Part("broadcasts", 2.0, _broadcasts),
    Part("ladder", 1.0, _ladder),
    Part("rings", 5.0, _rings),
    Part("cover", 20.0, _cover),
    Part("invitations", 60.0, _invitations),
    Part("recoveries", 300.0, _recoveries),
    Part("cohorts", 60.0, _cohorts),
    Part("sessions", 30.0, _sessions),
    Part("hang-ups", 1.0, _hang_ups),
    Part("appointments", 60.0, _appointments),
    Part("places", 60.0, _places),
    Part("copies", 5.0, _copies),
    Part("digests", 60.0, _digests),
    Part("proofs", 900.0, _proofs),
    Part("competence", 900.0, _competence),
    Part("breaches", 60.0, _breaches),
    Part("quarters", 900.0, _quarters),
    Part("mark", 60.0, _mark),
    Part("watcher", 5.0, _watcher),  # each of the two sees when the other stands still (E13)
]


def load() -> None:
    """Load every address now: otherwise the first page after a start waits two seconds, and its call is too late."""
    get_resolver().reverse_dict  # noqa: B018 - asking is what loads them


def run(stop: threading.Event) -> None:
    """Run every part in a thread of its own until `stop` is set; a part that fails starts anew, the others go on."""
    _check(stop)
    sys.setswitchinterval(HANDS_OVER)
    threads = [threading.Thread(target=_keep_going, args=(part, stop), name=part.name, daemon=True) for part in PARTS]
    for thread in threads:
        thread.start()
    stop.wait()
    woken.set()  # some parts sleep for a quarter of an hour
    for thread in threads:
        thread.join()


def _check(stop: threading.Event) -> None:
    """Ask first whether the database is a restored one: nothing may leave before that is known (H27)."""
    while not stop.is_set():
        try:
            restored.check()
            break
        except Exception:
            log.exception("clock: the outbox mark")
            stop.wait(AFTER_A_FAULT)
        finally:
            connections.close_all()


def _keep_going(part: Part, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            _work(part, stop)
        except Exception:
            log.exception("clock: %s", part.name)
            stop.wait(AFTER_A_FAULT)
        finally:
            connections.close_all()


def _work(part: Part, stop: threading.Event) -> None:
    work, close = part.make()
    pulse = Pulse(part.name) if part.name in heartbeats.PARTS else None
    try:
        while not stop.is_set():
            done = work()
            if pulse:
                pulse.beat()
            if not done and not stop.is_set():
                woken.wait(part.every / settings.TIME_SCALE)
                woken.clear()
    finally:
        close()

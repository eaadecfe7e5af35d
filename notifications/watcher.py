"""The dead-man's switch: a process of its own that sees when the clock stands still, and pages by its own path (E13).

It needs neither the clock, the broker, the web nor, once it has run for a moment, the database: whom to wake is kept
in a file, the words are read at its start, and who has it in hand is read from the network's own list of texts.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
import threading
import time
from typing import Any

import aiohttp
from django.conf import settings
from django.db import connection, connections
from django.db.models import Exists, OuterRef

from moderation import paging
from moderation import sweeps as ladder_sweeps
from notifications import heartbeats, messages, on_call, routing
from notifications.heartbeats import Pulse, Stillness
from notifications.models import Delivery, Duty, Heartbeat
from notifications.models.outbox import PRIORITY, WENT
from notifications.providers import vonage
from notifications.providers.http import Pool
from notifications.providers.port import Failure, Order, Provider
from notifications.providers.twilio_call import TwilioSpoken
from notifications.providers.twilio_sms import TwilioSms
from notifications.waits import wait
from peer import clock

log = logging.getLogger(__name__)

LOOKS = 2.0  # seconds between two looks
KEEPS = 30.0  # seconds between two readings of who is on call
TELLS = 30.0  # seconds between two signs of life to the place off the host
LATE = {"steps": 30.0, "rests": 30.0, "outbox": 30.0}  # seconds that what is due may stand first
CONNECTIONS = 5
MINE = "MINE"  # what somebody texts who looks after it
WORDS = "watch"
State = Delivery.State
GOING = ((State.PENDING,), (State.CLAIMED, State.SENDING), (State.AMBIGUOUS,))  # each has an index of its own


def run(stop: threading.Event) -> None:
    """Watch until `stop` is set; the database is read beside, so that one that hangs holds nothing up."""
    still = Stillness(heartbeats.PARTS | LATE)
    people = on_call.Kept(settings.STATE_DIR / "watcher" / "people")
    threading.Thread(target=_keep_reading, args=(still, people, stop), name="reader", daemon=True).start()
    pager = Pager(people, on_call.Kept(settings.STATE_DIR / "watcher" / "told"))
    outside = Outside(settings.HEARTBEAT_URL)
    try:
        while not stop.wait(LOOKS / settings.TIME_SCALE):
            wrong = still.too_long()
            try:
                pager.page(wrong) if wrong else pager.rest()
                outside.tell(pager.pool, all_is_well=not wrong)
            except Exception:
                log.exception("watcher")
    finally:
        pager.pool.close()


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _keep_reading(still: Stillness, people: on_call.Kept, stop: threading.Event) -> None:
    _be_impatient()
    pulse, kept_until = Pulse(heartbeats.WATCHER), 0.0
    while not stop.wait(LOOKS / settings.TIME_SCALE):
        try:
            for name, value in look().items():
                still.note(name, value)
            pulse.beat()
            if time.monotonic() > kept_until:
                on_call.keep(people)
                kept_until = time.monotonic() + KEEPS / settings.TIME_SCALE
        except Exception:
            log.exception("watcher: the database")
            connections.close_all()


def _be_impatient() -> None:
    """Let no server that has gone silent hold this thread for minutes: it must see the beat when it is back."""
    if connection.vendor == "postgresql":
        connection.settings_dict["OPTIONS"] = connection.settings_dict.get("OPTIONS", {}) | {
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
        }


def look() -> dict[str, object]:
    """Read every beat, and what stands first among what is due."""
    beats: dict[str, object] = dict(Heartbeat.objects.values_list("name", "at"))
    return beats | ladder_sweeps.first_due() | {"outbox": _first_page()}


def _first_page() -> int | None:
    """Find the oldest page of which no way has gone yet."""
    went = Delivery.objects.filter(notification=OuterRef("notification"), state__in=WENT)
    found: list[int] = []
    for states in GOING:
        rows = Delivery.objects.filter(state__in=states, priority=PRIORITY[Duty.PAGE], expires_at__gt=clock.Now())
        found += rows.exclude(Exists(went)).order_by("pk").values_list("pk", flat=True)[:1]
    return min(found, default=None)


# ── Paging ──────────────────────────────────────────────────────────────────────────────────────────────────────────
class Pager:
    """Texts and rings whoever is on call, each once in a while, until somebody has it or all is well again."""

    def __init__(self, people: on_call.Kept, told: on_call.Kept) -> None:
        self.pool = Pool(connections=CONNECTIONS)
        self._people, self._kept = people, told
        self._texts = TwilioSms(self.pool)
        self._words = {way: messages.fill(way, WORDS) for way in on_call.WAYS}
        first: dict[str, Provider] = {routing.SMS: self._texts, routing.CALL: TwilioSpoken(self.pool)}
        self._networks = [first, *([vonage.providers(self.pool)] if vonage.is_set_up() else [])]
        kept: dict[str, Any] = told.read() or {}
        self._told = {where: dt.datetime.fromisoformat(at) for where, at in kept.get("told", {}).items()}
        self._taken = dt.datetime.fromisoformat(kept["taken"]) if kept.get("taken") else None

    def page(self, wrong: list[str]) -> None:
        """Wake everyone on call who was not woken in the last minutes, unless somebody has just taken it (E4, E8)."""
        now = clock.now()
        phones = on_call.now_on(on_call.known(self._people), now)
        if not phones:
            log.critical("watcher: %s stand still, and nobody to wake is known", ", ".join(wrong))
        due = {where: ways for where, ways in phones.items() if not _is_within(self._told.get(where), "every", now)}
        if not due or _is_within(self._taken, "act_within", now):
            return
        if self._is_taken():
            self._taken = now
            log.warning("watcher: somebody has it")
        else:
            reached = self.pool.run(self._wake(due))
            self._told |= dict.fromkeys(reached, now)
            log.critical("watcher: %s stand still; %d of %d phones woken", ", ".join(wrong), len(reached), len(due))
        self._keep()

    def rest(self) -> None:
        """All is well: the next time it is not, nobody has it yet."""
        now = clock.now()
        lately = {where: at for where, at in self._told.items() if _is_within(at, "every", now)}
        if self._taken is not None or lately != self._told:
            self._taken, self._told = None, lately
            self._keep()

    def _keep(self) -> None:
        told = {where: at.isoformat() for where, at in self._told.items()}
        self._kept.write({"told": told, "taken": self._taken.isoformat() if self._taken else ""})

    def _is_taken(self) -> bool:
        """Read from the network's own list whether somebody has answered since they were woken (whole seconds)."""
        if not self._told:
            return False
        since = {where: max(filter(None, (at, self._taken))).replace(microsecond=0) for where, at in self._told.items()}
        try:
            heard = self.pool.run(self._texts.heard(since=min(since.values())))
        except Failure:
            return False
        mine = [one for one in heard if one.body.strip(" .!").upper() == MINE]
        return any(one.sender in since and one.at >= since[one.sender] for one in mine)

    async def _wake(self, phones: dict[str, tuple[str, ...]]) -> list[str]:
        """Send by every way at once; give the phones at which one way was taken, the others are tried at each look."""
        tries = [(where, way) for where, ways in phones.items() for way in ways]
        taken = await asyncio.gather(*(self._send(where, way) for where, way in tries))
        return sorted({where for (where, _way), yes in zip(tries, taken, strict=True) if yes})

    async def _send(self, where: str, way: str) -> bool:
        """Try one network after the other; tell whether one took it."""
        for network in self._networks:
            order = Order(
                attempt=secrets.token_hex(16),
                to=where,
                body=self._words[way],
                valid_for=int(wait("page").total_seconds()),
                deadline=time.monotonic() + wait("answer").total_seconds(),
            )
            try:
                await network[way].send(order)
            except Failure as failure:
                log.warning("watcher: %s was not taken: %s", way, failure.code)
            except Exception:  # the other phones are woken all the same
                log.exception("watcher: %s", way)
            else:
                return True
        return False


def _is_within(at: dt.datetime | None, span: str, now: dt.datetime) -> bool:
    """Tell whether a moment is within one of the times of the ladder; one from before the clock was moved is not."""
    return at is not None and abs(now - at) < paging.span(span)


# ── Outside ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class Outside:
    """A place off this host that rings when it hears nothing for a while: for when everything here is dead (U18)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._next = 0.0

    def tell(self, pool: Pool, *, all_is_well: bool) -> None:
        """Ask for the address, while all is well; its silence is the alarm."""
        if not self._url or not all_is_well or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TELLS / settings.TIME_SCALE
        try:
            pool.run(self._get())
        except (aiohttp.ClientError, TimeoutError) as problem:
            log.warning("watcher: nobody hears it outside: %s", type(problem).__name__)

    async def _get(self) -> None:
        timeout = aiohttp.ClientTimeout(total=wait("answer").total_seconds())
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(self._url, allow_redirects=False),
        ):
            pass

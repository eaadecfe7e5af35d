"""Joins the outbox to the network: claim, begin, send over one pool, settle; no transaction is open while talking."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future
from concurrent.futures import wait as wait_for

from django.conf import settings

from notifications import outbox, restored, sweeps
from notifications.models import Delivery, DeliveryAttempt, Duty, SendingHold
from notifications.outbox import Begun
from notifications.providers import vonage
from notifications.providers.http import Pool
from notifications.providers.port import Accepted, Failure, Listing, NotMade, Order, Provider, Seen
from notifications.providers.smtp import Smtp
from notifications.providers.twilio_call import TwilioCall
from notifications.providers.twilio_sms import TwilioSms
from notifications.waits import wait

log = logging.getLogger(__name__)

Answers = list[tuple[Begun, Accepted | Failure]]

TURN = 5.0  # seconds; then whoever runs the dispatcher may end it
LOOKS = 0.5  # seconds between two looks for more while answers are awaited


class Dispatcher:
    """One sender with its own connections; used by one thread, which made it.

    While one batch is on the wire the next one is begun, and takes over each connection as it falls free, so that the
    network never waits for the database. Begun without an answer are at most twice as many as there are connections.
    """

    def __init__(self, *, duties: Collection[Duty], connections: int | None = None) -> None:
        self._duties = duties
        self._most = connections or settings.TWILIO_CONNECTIONS
        self._pool = Pool(connections=self._most)
        self._free = asyncio.Semaphore(self._most)
        self._on_wire: dict[Future[Answers], int] = {}
        self._rests: dict[str, float] = {}
        self._texts = TwilioSms(self._pool)
        self._lists: dict[str, Listing] = {
            Delivery.Channel.SMS: self._texts,
            Delivery.Channel.CALL: TwilioCall(self._pool),
        }
        first: dict[str, Provider] = {**self._lists, Delivery.Channel.EMAIL: Smtp()}
        self._networks: dict[str, Mapping[str, Provider]] = {
            DeliveryAttempt.Network.FIRST: first,
            DeliveryAttempt.Network.SECOND: vonage.providers(self._pool) if vonage.is_set_up() else {},
        }

    def turn(self) -> int:
        """Send what is due until nothing is, or for a few seconds; give how many were claimed."""
        claimed, ends = 0, time.monotonic() + TURN
        answers: Answers = []
        while True:
            try:
                claimed += self._fill() if time.monotonic() < ends else 0
            finally:
                if answers:
                    outbox.settle(answers)  # after the wire was filled, which waits for nothing that is settled here
            if not self._on_wire and not answers:
                return claimed
            answered, _others = wait_for(self._on_wire, timeout=LOOKS, return_when=FIRST_COMPLETED)
            answers = [answer for batch in answered if self._on_wire.pop(batch) for answer in batch.result()]

    def _fill(self) -> int:
        """Begin one batch after another while there is room on the wire; give how many were claimed."""
        claimed = 0
        while room := self._most * 2 - sum(self._on_wire.values()):
            lease_ends = time.monotonic() + (wait("lease") - wait("answer") * 1.5).total_seconds()
            token = outbox.claim(duties=self._duties, most=min(room, self._most))
            begun = outbox.begin(token) if token else []
            claimed += max(1, len(begun)) if token else 0
            if not begun:
                break
            self._on_wire[self._pool.start(self._send_all(begun, lease_ends=lease_ends))] = len(begun)
        return claimed

    async def _send_all(self, begun: list[Begun], *, lease_ends: float) -> Answers:
        deadline = min(lease_ends, time.monotonic() + wait("moment").total_seconds())
        answers = await asyncio.gather(*(self._send_in_turn(one, deadline=deadline) for one in begun))
        return list(zip(begun, answers, strict=True))

    async def _send_in_turn(self, one: Begun, *, deadline: float) -> Accepted | Failure:
        """Wait for a free connection, and ask once more before the socket whether the time is still right."""
        async with self._free:
            if time.monotonic() > deadline:  # frozen, or kept waiting: perhaps lost, or stopped, by now (N5, N8)
                return NotMade("too late")
            if one.delivery.duty != Duty.PAGE and time.monotonic() < self._rests.get(one.delivery.channel, 0):
                return NotMade("resting")  # the network asked for it while this one waited (F7)
            return await self._send(one, deadline=deadline)

    async def _send(self, one: Begun, *, deadline: float) -> Accepted | Failure:
        order = Order(
            attempt=one.attempt.token,
            to=one.to,
            body=one.delivery.body or "",
            valid_for=one.valid_for,
            deadline=deadline,
        )
        try:
            return await self._networks[one.attempt.network][one.delivery.channel].send(order)
        except Failure as failure:
            if failure.retry_after and one.attempt.network == DeliveryAttempt.Network.FIRST:
                self._rests[one.delivery.channel] = time.monotonic() + failure.retry_after
            return failure

    def look_up(self) -> int:
        """Ask the network's list about tries that were not answered; give how many were asked about."""
        pairs = sweeps.unsure()
        for row, attempt in pairs:
            seen = self._pool.run(self._find(row, since=sweeps.since(attempt)))
            try:
                sweeps.resolve(row, attempt, seen)
            except Exception:  # the next one is looked up all the same
                log.exception("list: %s", row)
        return len(pairs)

    def compare(self) -> int:
        """After a restore, ask the network's list about what is held; give how many rows are settled."""
        hold = restored.asked()
        if hold is None:
            return 0
        rows = restored.held(hold)
        if not rows:
            return self._read_back(hold)
        return restored.settle(hold, zip(rows, self._pool.run(self._find_all(rows)), strict=True))

    def _read_back(self, hold: SendingHold) -> int:
        """Read back what people texted us since the backup, and end the comparison."""
        try:
            heard = self._pool.run(self._texts.heard(since=restored.heard_since(hold)))
        except Failure as failure:
            return restored.not_had(hold, failure)
        restored.read_back(heard)
        restored.finish(hold)
        return 0

    async def _find_all(self, rows: list[Delivery]) -> list[list[Seen] | Failure]:
        return await asyncio.gather(*(self._find(row, since=restored.since(row)) for row in rows))

    async def _find(self, row: Delivery, *, since: object) -> list[Seen] | Failure:
        try:
            return await self._lists[row.channel].find(row.contact.where, since=since)  # type: ignore[arg-type]
        except Failure as failure:
            return failure

    def close(self) -> None:
        """Hang up."""
        self._pool.close()

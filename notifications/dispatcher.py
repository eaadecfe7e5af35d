"""Joins the outbox to the network: claim, begin, send over one pool, settle; no transaction is open while talking."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from django.conf import settings

from notifications import outbox, restored, sweeps
from notifications.models import Delivery, Duty
from notifications.outbox import Begun
from notifications.providers.port import Accepted, Failure, Listing, NotMade, Order, Provider, Seen
from notifications.providers.smtp import Smtp
from notifications.providers.twilio_call import TwilioCall
from notifications.providers.twilio_http import Pool
from notifications.providers.twilio_sms import TwilioSms
from notifications.waits import wait


class Dispatcher:
    """One sender with its own connections; used by one thread, which made it."""

    def __init__(self, *, duties: Collection[Duty], connections: int | None = None) -> None:
        self._duties = duties
        self._most = connections or settings.TWILIO_CONNECTIONS
        self._pool = Pool(connections=self._most)
        self._lists: dict[str, Listing] = {
            Delivery.Channel.SMS: TwilioSms(self._pool),
            Delivery.Channel.CALL: TwilioCall(self._pool),
        }
        self._providers: dict[str, Provider] = {**self._lists, Delivery.Channel.EMAIL: Smtp()}

    def turn(self) -> int:
        """Send one batch of at most as many messages as there are connections; give how many were claimed."""
        token = outbox.claim(duties=self._duties, most=self._most)
        if not token:
            return 0
        deadline = self._pool.loop.time() + (wait("lease") - wait("answer") * 1.5).total_seconds()
        begun = outbox.begin(token)
        if begun:
            outbox.settle(self._pool.run(self._send_all(begun, deadline=deadline)))
        return max(1, len(begun))

    async def _send_all(self, begun: list[Begun], *, deadline: float) -> list[tuple[Begun, Accepted | Failure]]:
        answers = await asyncio.gather(*(self._send(one, deadline=deadline) for one in begun))
        return list(zip(begun, answers, strict=True))

    async def _send(self, one: Begun, *, deadline: float) -> Accepted | Failure:
        order = Order(
            attempt=one.attempt.token,
            to=one.to,
            body=one.delivery.body or "",
            valid_for=one.valid_for,
            deadline=deadline,
        )
        if self._pool.loop.time() > deadline:  # a worker that was frozen must not speak for a row it lost (N5)
            return NotMade("lease over")
        try:
            return await self._providers[one.delivery.channel].send(order)
        except Failure as failure:
            return failure

    def look_up(self) -> int:
        """Ask the network's list about tries that were not answered; give how many were asked about."""
        pairs = sweeps.unsure()
        for row, attempt in pairs:
            sweeps.resolve(row, attempt, self._pool.run(self._find(row, since=sweeps.since(attempt))))
        return len(pairs)

    def compare(self) -> int:
        """After a restore, ask the network's list about what is held; give how many rows are settled."""
        hold = restored.asked()
        if hold is None:
            return 0
        rows = restored.held(hold)
        if not rows:
            restored.finish(hold)
            return 0
        return restored.settle(hold, zip(rows, self._pool.run(self._find_all(rows)), strict=True))

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

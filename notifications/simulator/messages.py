"""Texts: from the service to a handset and back, with the statuses in between."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from .callbacks import is_near
from .errors import Refused
from .faults import OUTCOMES, Rule
from .ledger import Entry, Kind
from .message import FINAL, Message, new_sid
from .numbers import text_from_fault, text_to_fault
from .replies import hand_on
from .segments import segments
from .stops import Stops

if TYPE_CHECKING:
    from .network import Network

LONGEST = 1600


class Messages:
    """All texts."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._texts: dict[str, Message] = {}
        self._stops = Stops()

    def __iter__(self) -> Iterator[Message]:
        """Go through all texts, newest first."""
        return reversed(self._texts.values())

    def get(self, sid: str) -> Message:
        """Find a text or say 20404."""
        if sid not in self._texts:
            raise Refused(20404)
        return self._texts[sid]

    async def create(self, form: Mapping[str, str], *, direction: str = "outbound-api") -> Message:
        """Accept a text as the provider would; the ledger has it before the yes is said."""
        message = self._accept(form, direction=direction)
        outcome = self._network.faults.take("sms", message.to, OUTCOMES)
        self._texts[message.sid] = message
        self._network.meet(message.sender)
        if message.status != "scheduled":
            await self._hand_over(message, outcome)
        self._network.spawn(self._go(message, outcome, due=form.get("SendAt", "")))
        return message

    def _accept(self, form: Mapping[str, str], *, direction: str) -> Message:
        to, body, service_sid = form.get("To", ""), form.get("Body", ""), form.get("MessagingServiceSid")
        sender = form.get("From") or (next(iter(self._network.service_numbers), "") if service_sid else "")
        self._check(to=to, sender=sender, body=body, form=form)
        now = self._network.clock.now()
        return Message(
            sid=new_sid(),
            account=self._network.settings.account_sid,
            to=to,
            sender=sender,
            body=body,
            direction=direction,
            status="scheduled" if form.get("SendAt") else "accepted" if service_sid else "queued",
            created=now,
            updated=now,
            service_sid=service_sid,
            callback=form.get("StatusCallback", ""),
            count=segments(body),
        )

    def _check(self, *, to: str, sender: str, body: str, form: Mapping[str, str]) -> None:
        """Refuse what the provider refuses, in its order."""
        if not to:
            raise Refused(21604)
        if not sender and not form.get("MessagingServiceSid"):
            raise Refused(21603)
        code = text_to_fault(to) or (text_from_fault(sender) if sender else None)
        if code:
            raise Refused(code)
        if not body:
            raise Refused(21602)
        if len(body) > LONGEST:
            raise Refused(21617)
        if form.get("StatusCallback") and not is_near(form["StatusCallback"]):
            raise Refused(21609)
        if form.get("SendAt") and not form.get("MessagingServiceSid"):
            raise Refused(35118)
        if (sender, to) in self._stops:
            raise Refused(21610)

    async def _hand_over(self, message: Message, outcome: Rule | None) -> None:
        """Put the text on the handset, unless it is one that will never arrive."""
        if outcome and outcome.do in {"undelivered", "failed"}:
            return
        self._network.handsets.get(message.to)
        await self._network.ledger.record(
            Kind.TEXT,
            to=message.to,
            sid=message.sid,
            service=message.sender,
            body=message.body,
            callback=message.callback,
        )

    async def _go(self, message: Message, outcome: Rule | None, *, due: str) -> None:
        """Carry a text through its statuses."""
        if message.status == "scheduled":
            await self._wait_until(due)
            if message.status == "canceled":
                return
            await self._hand_over(message, outcome)
        if message.service_sid:
            await self._report(message, "queued")
        for status in _course(outcome):
            await self._network.pause(0.4)
            if status in {"undelivered", "failed"} and outcome:
                message.error = outcome.number("code")
            await self._report(message, status)

    async def _wait_until(self, due: str) -> None:
        wait = datetime.fromisoformat(due) - self._network.clock.now()
        await asyncio.sleep(max(0.0, wait.total_seconds()))

    async def _report(self, message: Message, status: str) -> None:
        message.status, message.updated = status, self._network.clock.now()
        if status == "sent":
            message.sent = message.updated
        await self._network.callbacks.status(
            message.callback, message.as_form(), to=message.to, about=message.sid, last=status in FINAL
        )

    def update(self, sid: str, form: Mapping[str, str]) -> Message:
        """Take a settled text's body away, or cancel a scheduled text."""
        message = self.get(sid)
        if form.get("Status") == "canceled":
            if message.status != "scheduled":
                raise Refused(30409)
            message.status = "canceled"
        elif form.get("Body") == "":
            self._settled(message)
            message.body = ""
        else:
            raise Refused(20001)
        message.updated = self._network.clock.now()
        return message

    def delete(self, sid: str) -> None:
        """Forget a settled text; the ledger does not."""
        self._settled(self.get(sid))
        del self._texts[sid]

    def _settled(self, message: Message) -> None:
        if message.status not in FINAL | {"sent"}:
            raise Refused(20009)

    async def from_handset(self, *, handset: str, service: str, body: str) -> Message:
        """Take a text that a person typed: onto the ledger, the block list, and to the service."""
        now = self._network.clock.now()
        message = Message(
            sid=new_sid(),
            account=self._network.settings.account_sid,
            to=service,
            sender=handset,
            body=body,
            direction="inbound",
            status="received",
            created=now,
            updated=now,
            sent=now,
            count=segments(body),
        )
        self._texts[message.sid] = message
        self._network.handsets.get(handset)
        self._network.meet(service)
        await self._network.ledger.record(Kind.SENT, to=handset, sid=message.sid, service=service, body=body)
        answer = self._stops.heed(service=service, handset=handset, body=body)
        if answer:
            await self._network.ledger.record(Kind.CARRIER, to=handset, sid=new_sid(), service=service, body=answer)
        self._network.spawn(hand_on(self._network, message))
        return message

    def remember(self, entry: Entry) -> None:
        """Take up a text of an earlier run as its ledger tells it."""
        moment = datetime.fromisoformat(entry.at)
        inbound = entry.kind is Kind.SENT
        self._stops.remember(entry)
        self._texts[entry.sid] = Message(
            sid=entry.sid,
            account=self._network.settings.account_sid,
            to=entry.service if inbound else entry.to,
            sender=entry.to if inbound else entry.service,
            body=entry.body,
            direction="inbound" if inbound else "outbound-api",
            status="received" if inbound else "delivered",
            created=moment,
            updated=moment,
            sent=moment,
            callback=entry.callback,
            count=segments(entry.body),
        )


def _course(outcome: Rule | None) -> tuple[str, ...]:
    """List the statuses still to come."""
    if outcome is None:
        return ("sent", "delivered")
    return {"undelivered": ("sent", "undelivered"), "failed": ("failed",), "sent_only": ("sent",)}[outcome.do]

"""Calls: ringing, answering, ending, and what the service is told about it."""

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from .call import FINAL, Call, detected
from .callbacks import is_near
from .clock import rfc2822
from .errors import Refused
from .handsets import Answers, Handset
from .ledger import Entry, Kind
from .lines import Act, HungUp, Jump
from .numbers import call_to_fault, exists
from .scripts import Scripts

if TYPE_CHECKING:
    from .network import Network

MACHINES = frozenset({Answers.MACHINE, Answers.FAX})
EVENT_STATUS = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


class Calls:
    """All calls."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._calls: dict[str, Call] = {}
        self._live: dict[str, Call] = {}
        self.scripts = Scripts(network)

    def __iter__(self) -> Iterator[Call]:
        """Go through all calls, newest first."""
        return reversed(self._calls.values())

    def get(self, sid: str) -> Call:
        """Find a call or say 20404."""
        if sid not in self._calls:
            raise Refused(20404)
        return self._calls[sid]

    def live(self) -> list[Call]:
        """Return the calls that go on now."""
        return list(self._live.values())

    def on(self, handset: str) -> Call | None:
        """Return the call that a phone is in, if any."""
        return next((call for call in self._live.values() if call.handset == handset and call.status != "queued"), None)

    def make(self, *, handset: str, service: str, direction: str) -> Call:
        """Write down a new call."""
        now = self._network.clock.now()
        phone = self._network.handsets.get(handset)
        call = Call(
            sid="CA" + secrets.token_hex(16),
            account=self._network.settings.account_sid,
            handset=handset,
            service=service,
            direction=direction,
            created=now,
            updated=now,
            keys=phone.key_groups(),
            says=phone.says,
        )
        self._calls[call.sid] = self._live[call.sid] = call
        self._network.meet(service)
        return call

    def create(self, form: Mapping[str, str], *, events: Sequence[str]) -> Call:
        """Accept a call as the provider would and begin to ring."""
        self._check(form)
        call = self.make(handset=form["To"], service=form["From"], direction="outbound-api")
        call.callback = form.get("StatusCallback", "")
        call.callback_method = form.get("StatusCallbackMethod", "POST")
        call.events = frozenset(name for event in events for name in event.split()) or call.events
        call.first = Jump(form.get("Url", ""), twiml=form.get("Twiml", ""), method=form.get("Method", "POST"))
        call.detection = form.get("MachineDetection", "")
        call.detected_url = form.get("AsyncAmdStatusCallback", "") if form.get("AsyncAmd") == "true" else ""
        call.timeout = float(form.get("Timeout", "60"))
        self._network.spawn(self._run(call))
        return call

    def _check(self, form: Mapping[str, str]) -> None:
        """Refuse what the provider refuses, in its order."""
        if not form.get("To"):
            raise Refused(21217)
        if not form.get("From"):
            raise Refused(21213)
        if code := call_to_fault(form["To"]):
            raise Refused(code)
        if not exists(form["From"]):
            raise Refused(21212)
        if not form.get("Url") and not form.get("Twiml"):
            raise Refused(21218)
        if form.get("Url") and not is_near(form["Url"]):
            raise Refused(21205)
        if form.get("StatusCallback") and not is_near(form["StatusCallback"]):
            raise Refused(21609)

    async def _run(self, call: Call) -> None:
        """Carry a call to the service's script and to its end."""
        try:
            if await self.ring(call):
                await self.scripts.run(call, call.first)
                await self.end(call, "completed")
        except HungUp:
            await self.end(call, "completed" if call.started else "canceled")

    async def ring(self, call: Call) -> bool:
        """Ring the handset; say whether it was answered, else the call has ended."""
        self.report(call, "initiated")
        phone = self._network.handsets.get(call.handset)
        if phone.answers is Answers.FAILED:
            return await self.end(call, "failed")
        if phone.answers is Answers.BUSY or self.on(call.handset) is not None:
            await self._network.pause(0.5)
            return await self.end(call, "busy")
        call.status = "ringing"
        await self._note(call, Kind.RING)
        self.report(call, "ringing")
        outcome = await self._pick_up(call, phone)
        if not isinstance(outcome, Answers):
            return await self.end(call, outcome)
        await self.answer(call, outcome)
        return True

    async def _pick_up(self, call: Call, phone: Handset) -> Answers | str:
        """Wait until somebody or something answers, or name the status the call ends with."""
        if phone.answers.picks_up:
            await call.line.next(phone.after_ms / 1000)
            return phone.answers
        act = await call.line.next(min(call.timeout, self._network.settings.ring_seconds) * self._network.settings.pace)
        what = act.what if act else ""
        return {"answer": Answers.PERSON, "voicemail": Answers.MACHINE, "decline": "busy"}.get(what, "no-answer")

    async def answer(self, call: Call, by: Answers) -> None:
        """Begin the conversation."""
        call.status, call.started = "in-progress", self._network.clock.now()
        call.on_machine = by in MACHINES
        if call.detection:
            call.answered_by = detected(by, call.detection)
        await self._note(call, Kind.ANSWERED, "machine" if call.on_machine else "person")
        self.report(call, "answered")
        if call.detected_url:
            self._network.spawn(self._tell_detected(call))

    async def _tell_detected(self, call: Call) -> None:
        """Tell who answered by a callback of its own, while the script already runs."""
        form = {"AccountSid": call.account, "AnsweredBy": call.answered_by or "unknown", "CallSid": call.sid}
        await self._network.callbacks.request(call.detected_url, form)

    async def end(self, call: Call, status: str) -> bool:
        """End the call and tell the service; gives False, so that a ring can end with it."""
        if call.live:
            call.status, call.ended = status, self._network.clock.now()
            self._live.pop(call.sid, None)
            await self._note(call, Kind.ENDED, status)
            self.report(call, "completed")
        return False

    def report(self, call: Call, event: str) -> None:
        """Send a status after the ones before it, without keeping the call waiting."""
        call.updated = self._network.clock.now()
        if event not in call.events:
            return
        form = call.as_form() | {
            "CallStatus": EVENT_STATUS.get(event, call.status),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(call.reported),
            "Timestamp": rfc2822(call.updated) or "",
        }
        if not call.live:
            form |= {"CallDuration": str(call.seconds), "Duration": str(-(-call.seconds // 60))}
        call.reported += 1
        call.last_report = self._network.spawn(self._tell(call, form, after=call.last_report))

    async def _tell(self, call: Call, form: dict[str, str], *, after: asyncio.Task[None] | None) -> None:
        if after:
            await asyncio.wait([after])
        await self._network.callbacks.status(
            call.callback,
            form,
            to=call.handset,
            about=call.sid,
            last=form["CallStatus"] in FINAL,
            method=call.callback_method,
        )

    async def _note(self, call: Call, kind: Kind, body: str = "") -> None:
        await self._network.ledger.record(
            kind, to=call.handset, sid=call.sid, service=call.service, body=body, callback=call.attempt_url
        )

    async def hears(self, call: Call, kind: Kind, body: str) -> None:
        """Put something the person (or their machine) hears on the ledger."""
        await self._note(call, Kind.VOICEMAIL if call.on_machine else kind, body)

    async def does(self, call: Call, act: Act | HungUp) -> None:
        """Let the person do something with the phone during a call."""
        with call.line.coming():
            if isinstance(act, Act) and act.what == "key":
                await self._note(call, Kind.PRESSED, act.value)
            elif isinstance(act, Act) and act.what == "say":
                await self._note(call, Kind.SPOKE, act.value)
            call.line.put(act)

    async def from_handset(self, *, handset: str, service: str) -> Call:
        """Let a person ring the service."""
        call = self.make(handset=handset, service=service, direction="inbound")
        call.status = "ringing"
        call.first = Jump(self._network.webhooks["voice"])
        await self._note(call, Kind.DIALLED)
        self._network.spawn(self._run_inbound(call))
        return call

    async def _run_inbound(self, call: Call) -> None:
        with contextlib.suppress(HungUp):
            await self.scripts.run(call, call.first)
        await self.end(call, "completed" if call.started else "no-answer")

    def update(self, sid: str, form: Mapping[str, str]) -> Call:
        """End a call or send it to another script, as the service asks."""
        call = self.get(sid)
        if not call.live:
            raise Refused(21220)
        if form.get("Status") in {"completed", "canceled"}:
            if form["Status"] == "canceled" and call.status == "in-progress":
                raise Refused(21220)
            call.line.put(HungUp())
        elif form.get("Url") or form.get("Twiml"):
            jump = Jump(form.get("Url", ""), twiml=form.get("Twiml", ""), method=form.get("Method", "POST"))
            if call.started:
                call.line.put(jump)
            else:
                call.first = jump
        return call

    def delete(self, sid: str) -> None:
        """Forget an ended call; the ledger does not."""
        if self.get(sid).live:
            raise Refused(20009)
        del self._calls[sid]

    def remember(self, entry: Entry) -> None:
        """Take up a call of an earlier run as its ledger tells it."""
        moment = datetime.fromisoformat(entry.at)
        if entry.kind is Kind.ENDED:
            if entry.sid in self._calls:
                call = self._calls[entry.sid]
                call.status, call.ended = entry.body, moment
            return
        direction = "inbound" if entry.kind is Kind.DIALLED else "outbound-api"
        self._calls[entry.sid] = Call(
            sid=entry.sid,
            account=self._network.settings.account_sid,
            handset=entry.to,
            service=entry.service,
            direction=direction,
            created=moment,
            updated=moment,
            status="failed",
            callback=entry.callback,
        )

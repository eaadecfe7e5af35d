"""Conferences: a call script puts several calls into one room by its name; who begins it, who ends it, who is muted."""

import asyncio
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from .clock import rfc2822
from .errors import Refused
from .ledger import Kind
from .verbs import words

if TYPE_CHECKING:
    from .call import Call
    from .network import Network
    from .reading import Reading

STATUS = {
    "start": "conference-start",
    "end": "conference-end",
    "join": "participant-join",
    "leave": "participant-leave",
}


@dataclass(slots=True, eq=False)
class Participant:
    """One call in a conference: whether it is heard, begins it by coming, ends it by going."""

    call: "Call"
    muted: bool
    starts: bool
    ends: bool
    out: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, kw_only=True)
class Conference:
    """One conference as the provider keeps it; the address of the first comer's script is told of it."""

    sid: str
    account: str
    name: str
    created: datetime
    updated: datetime
    told: str = ""
    events: frozenset[str] = frozenset()
    status: str = "init"
    reported: int = 0
    people: list[Participant] = field(default_factory=list)
    last_report: asyncio.Task[None] | None = None

    def as_json(self) -> dict[str, object]:
        """Show the conference in the provider's shape."""
        uri = f"/2010-04-01/Accounts/{self.account}/Conferences/{self.sid}"
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "call_sid_ending_conference": None,
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.updated),
            "friendly_name": self.name,
            "reason_conference_ended": None,
            "region": "ie1",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"participants": f"{uri}/Participants.json", "recordings": f"{uri}/Recordings.json"},
            "uri": f"{uri}.json",
        }

    def participants(self) -> list[dict[str, object]]:
        """Show who is in it, in the provider's shape; no number is in there."""
        return [
            {
                "account_sid": self.account,
                "call_sid": one.call.sid,
                "conference_sid": self.sid,
                "end_conference_on_exit": one.ends,
                "hold": False,
                "label": None,
                "muted": one.muted,
                "start_conference_on_enter": one.starts,
                "status": "connected" if self.status == "in-progress" else "queued",
            }
            for one in self.people
        ]


class Conferences:
    """All conferences; of one name, one goes on at a time."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._all: list[Conference] = []

    def __iter__(self) -> Iterator[Conference]:
        """Go through all conferences, newest first."""
        return reversed(self._all)

    def get(self, sid: str) -> Conference:
        """Find a conference or say 20404."""
        for one in self._all:
            if one.sid == sid:
                return one
        raise Refused(20404)

    def named(self, name: str) -> Conference:
        """Find the conference of a name that goes on, or open one."""
        for one in self._all:
            if one.name == name and one.status != "completed":
                return one
        now = self._network.clock.now()
        made = Conference(
            sid="CF" + secrets.token_hex(16),
            account=self._network.settings.account_sid,
            name=name,
            created=now,
            updated=now,
        )
        self._all.append(made)
        return made

    async def enter(self, reading: "Reading", dial: Element, noun: Element) -> None:
        """Put a call in, and keep it there until it hangs up, the conference ends, or its time is over."""
        room, call = self.named(words(noun)), reading.call
        if not room.people and noun.get("statusCallback"):
            room.told = reading.jump(noun.get("statusCallback", ""), {}).url
            room.events = frozenset(noun.get("statusCallbackEvent", "").split())
        me = Participant(
            call,
            muted=noun.get("muted") == "true",
            starts=noun.get("startConferenceOnEnter", "true") != "false",
            ends=noun.get("endConferenceOnExit") == "true",
        )
        room.people.append(me)
        self._report(room, "join", me)
        if room.status == "init" and me.starts:
            room.status = "in-progress"
            self._report(room, "start")
        limit = float(dial.get("timeLimit", "14400")) * self._network.settings.pace
        try:
            async with asyncio.timeout(limit):
                await self._stay(room, me)
        except TimeoutError:
            pass
        finally:
            self._leave(room, me)

    async def _stay(self, room: Conference, me: Participant) -> None:
        """Carry one's words to the others while the conference goes on and one is not muted."""
        ended = asyncio.create_task(me.out.wait())
        try:
            while not me.out.is_set():
                listening = asyncio.create_task(me.call.line.next(None))
                await asyncio.wait({ended, listening}, return_when=asyncio.FIRST_COMPLETED)
                if not listening.done():
                    listening.cancel()
                    return
                act = listening.result()
                if act and act.what == "say" and room.status == "in-progress" and not me.muted:
                    for other in [one for one in room.people if one is not me]:
                        await self._network.calls.hears(other.call, Kind.SAID, act.value)
        finally:
            ended.cancel()

    def _leave(self, room: Conference, me: Participant) -> None:
        room.people.remove(me)
        self._report(room, "leave", me)
        if not room.people or (room.status == "in-progress" and me.ends):
            room.status = "completed"
        if room.status == "completed":
            for other in room.people:
                other.out.set()
        if not room.people:
            self._report(room, "end")

    def _report(self, room: Conference, event: str, who: Participant | None = None) -> None:
        """Tell the service, in order, without keeping anybody waiting."""
        room.updated = self._network.clock.now()
        if event not in room.events or not room.told:
            return
        form = {
            "AccountSid": room.account,
            "ConferenceSid": room.sid,
            "FriendlyName": room.name,
            "SequenceNumber": str(room.reported),
            "StatusCallbackEvent": STATUS[event],
            "Timestamp": rfc2822(room.updated) or "",
        }
        if who is not None:
            form |= {
                "CallSid": who.call.sid,
                "EndConferenceOnExit": str(who.ends).lower(),
                "Hold": "false",
                "Muted": str(who.muted).lower(),
                "StartConferenceOnEnter": str(who.starts).lower(),
            }
        room.reported += 1
        room.last_report = self._network.spawn(self._tell(room.told, form, after=room.last_report))

    async def _tell(self, url: str, form: dict[str, str], *, after: "asyncio.Task[None] | None") -> None:
        if after:
            await asyncio.wait([after])
        await self._network.callbacks.request(url, form)


async def confer(reading: "Reading", dial: Element, noun: Element) -> None:
    """Carry out a Dial with a Conference in it; after it the script of its action goes on."""
    await reading.network.conferences.enter(reading, dial, noun)
    if action := dial.get("action"):
        form = {"DialCallStatus": "completed"}
        raise reading.jump(action, form, dial.get("method", "POST"))

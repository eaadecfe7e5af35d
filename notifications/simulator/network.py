"""The network itself: its clock, ledger, phones, texts and calls, and the work under way."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from .callbacks import Callbacks
from .calls import Calls
from .clock import Clock
from .conferences import Conferences
from .faults import Faults
from .handsets import Handsets
from .ledger import Kind, Ledger
from .messages import Messages
from .settings import Settings


class Network:
    """Everything that one run of the simulator holds."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(settings.clock_offset, settings.clock_file)
        self.ledger = Ledger(settings.ledger, clock=self.clock)
        self.webhooks = {"sms": settings.webhook_sms, "voice": settings.webhook_voice}
        self.service_numbers = dict.fromkeys(settings.service_numbers)
        self.closing = asyncio.Event()
        self._work: set[asyncio.Task[None]] = set()
        self.base_url = f"http://{settings.host}:{settings.port}"
        self.smtp_url = "" if settings.smtp_port is None else f"smtp://{settings.host}:{settings.smtp_port}"
        self._start()

    def _start(self) -> None:
        self.recordings: dict[str, str] = {}
        self._read: dict[str, int] = {}
        self.handsets = Handsets()
        self.faults = Faults()
        self.callbacks = Callbacks(self)
        self.messages = Messages(self)
        self.calls = Calls(self)
        self.conferences = Conferences(self)

    def restore(self) -> None:
        """Remember phones, mailboxes, texts, calls and STOPs of an earlier run from its ledger."""
        for entry in self.ledger:
            self.handsets.get(entry.to)
            if entry.kind is not Kind.EMAIL:
                self.meet(entry.service)
            if entry.kind in {Kind.TEXT, Kind.SENT}:
                self.messages.remember(entry)
            elif entry.kind in {Kind.RING, Kind.DIALLED, Kind.ENDED}:
                self.calls.remember(entry)

    def meet(self, service_number: str) -> None:
        """Remember a number of the service, so that people can answer it."""
        if service_number:
            self.service_numbers.setdefault(service_number)

    def read(self, handset: str) -> None:
        """Somebody has looked at a phone."""
        self._read[handset] = self.newest(handset)

    def newest(self, handset: str) -> int:
        """Return the sequence number of the newest thing on a phone."""
        entries = self.ledger.of(handset)
        return entries[-1].seq if entries else 0

    def unread(self, handset: str) -> int:
        """Count the texts and letters that nobody has looked at yet."""
        seen = self._read.get(handset, 0)
        return sum(entry.kind in {Kind.TEXT, Kind.EMAIL} and entry.seq > seen for entry in self.ledger.of(handset))

    def version(self) -> str:
        """Name the state of everything that pages show; it changes with every entry, ring, name, look and minute."""
        rings = (f"{call.sid}:{call.status}" for call in self.calls.live())
        seen = sum(self._read.values())
        return f"{self.ledger.last}-{seen}-{self.handsets.changes}-{self.clock.now():%H%M}-{','.join(rings)}"

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin something that goes on by itself."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def pause(self, seconds: float) -> None:
        """Let time pass at the pace of this run."""
        await asyncio.sleep(seconds * self.settings.pace)

    async def reset(self) -> None:
        """Begin again with an empty ledger (tests only)."""
        await self._drop_work()
        await self.callbacks.close()
        await self.ledger.clear()
        self._start()

    async def close(self) -> None:
        """End everything under way."""
        self.closing.set()
        await self._drop_work()
        await self.callbacks.close()
        self.ledger.close()

    async def _drop_work(self) -> None:
        work = list(self._work)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)

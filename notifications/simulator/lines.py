"""One end of a call: what a person does with the phone, waiting to be heard by the call script."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Act(NamedTuple):
    """One thing done with the phone: answer, decline, voicemail, key or say."""

    what: str
    value: str = ""


class HungUp(Exception):
    """Somebody ended the call."""


class InterruptedBy(Exception):
    """A key was pressed or a word said while a question was still being read out."""

    def __init__(self, act: Act) -> None:
        super().__init__(act)
        self.act = act


class Jump(Exception):
    """The call goes on with another script: fetched from an address, or given in full."""

    def __init__(
        self, url: str = "", *, twiml: str = "", form: dict[str, str] | None = None, method: str = "POST"
    ) -> None:
        super().__init__(url or twiml)
        self.url = url
        self.twiml = twiml
        self.form = form or {}
        self.method = method


class Line:
    """A queue of acts; hanging up and jumping interrupt whoever listens."""

    def __init__(self) -> None:
        self._acts: asyncio.Queue[Act | HungUp | Jump] = asyncio.Queue()
        self._coming = 0

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Say that something is being done with the phone now, though the ledger has not got it yet."""
        self._coming += 1
        try:
            yield
        finally:
            self._coming -= 1

    def put(self, act: Act | HungUp | Jump) -> None:
        """Do something with the phone."""
        self._acts.put_nowait(act)

    async def next(self, seconds: float | None) -> Act | None:
        """Wait for the next act, or nothing when the time is over; a key pressed in time counts on a slow disk too."""
        try:
            act = await asyncio.wait_for(self._acts.get(), seconds)
        except TimeoutError:
            await asyncio.sleep(0)  # whoever was due to press a key meanwhile does so now
            if not self._coming and self._acts.empty():
                return None
            act = await self._acts.get()
        if isinstance(act, Act):
            return act
        raise act

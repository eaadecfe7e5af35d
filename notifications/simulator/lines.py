"""One end of a call: what a person does with the phone, waiting to be heard by the call script."""

import asyncio
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

    def put(self, act: Act | HungUp | Jump) -> None:
        """Do something with the phone."""
        self._acts.put_nowait(act)

    async def next(self, seconds: float | None) -> Act | None:
        """Wait for the next act, or nothing when the time is over."""
        try:
            act = await asyncio.wait_for(self._acts.get(), seconds)
        except TimeoutError:
            return None
        if isinstance(act, Act):
            return act
        raise act

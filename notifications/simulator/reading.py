"""One script being carried out on one call, verb by verb."""

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from .bridge import dial
from .conferences import confer
from .handsets import Answers
from .ledger import Kind
from .lines import HungUp, InterruptedBy, Jump
from .questions import ask
from .recordings import record
from .verbs import times, words

if TYPE_CHECKING:
    from .call import Call
    from .network import Network

SECONDS_A_WORD = 0.35
END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Reading:
    """One script being carried out on one call."""

    def __init__(self, network: "Network", call: "Call", base: str) -> None:
        self.network = network
        self.call = call
        self.base = base
        self.asking = False

    async def perform(self, script: Element) -> None:
        """Carry out the verbs in order; a verb that nobody knows is passed over, as the provider does."""
        for verb in script:
            if self.call.status == "ringing":
                await self._accept(verb)
            await self.do(verb)

    async def _accept(self, verb: Element) -> None:
        """Answer a call from a handset, unless the script turns it away first."""
        if verb.tag == "Reject":
            status = "no-answer" if verb.get("reason") == "rejected" else "busy"
            await self.network.calls.end(self.call, status)
            raise HungUp
        await self.network.calls.answer(self.call, Answers.PERSON)

    async def do(self, verb: Element) -> None:
        """Carry out one verb."""
        match verb.tag:
            case "Say":
                await self._say(verb)
            case "Play":
                await self._play(verb)
            case "Pause":
                await self._hear(float(verb.get("length", "1")))
            case "Gather":
                await ask(self, verb)
            case "Record":
                await record(self, verb)
            case "Dial":
                room = verb.find("Conference")
                await (dial(self, verb) if room is None else confer(self, verb, room))
            case "Redirect":
                raise self.jump(words(verb), {}, verb.get("method", "POST"))
            case "Hangup" | "Reject":
                raise HungUp

    def jump(self, url: str, form: dict[str, str], method: str = "POST") -> Jump:
        """Point to another script; an address is relative to this script's own."""
        return Jump(urljoin(self.base, url), form=form, method=method)

    async def _say(self, verb: Element) -> None:
        for _ in range(times(verb)):
            for sentence in END_OF_SENTENCE.split(words(verb)):
                if sentence:
                    await self.speak(sentence)

    async def _play(self, verb: Element) -> None:
        for _ in range(times(verb)):
            await self.network.calls.hears(self.call, Kind.PLAYED, words(verb) or verb.get("digits", ""))
            await self._hear(2.0)

    async def speak(self, sentence: str) -> None:
        """Say one sentence and let the time pass that it takes."""
        await self.network.calls.hears(self.call, Kind.SAID, sentence)
        await self._hear(max(0.8, len(sentence.split()) * SECONDS_A_WORD))

    async def _hear(self, seconds: float) -> None:
        """Let time pass; an answer that comes early cuts a question short, other keys are lost."""
        time = asyncio.get_running_loop().time
        until = time() + seconds * self.network.settings.pace
        while (left := until - time()) > 0:
            act = await self.call.line.next(left)
            if act and self.asking:
                raise InterruptedBy(act)

    def patience(self, seconds: str) -> float:
        """Turn a script's timeout into this run's seconds."""
        return (float(seconds) if seconds.replace(".", "").isdigit() else 5.0) * self.network.settings.pace

"""Call scripts: fetched from the service, signed, and carried out one after another."""

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from .callbacks import is_near
from .lines import Jump
from .reading import Reading
from .verbs import Broken, parse

if TYPE_CHECKING:
    from .call import Call
    from .network import Network

SORRY = "We are sorry, an application error has occurred. Goodbye."
NOT_IN_SERVICE = "The number you have dialled is not in service."
MOST_JUMPS = 300


class Scripts:
    """Carries out the scripts of calls, one after another."""

    def __init__(self, network: "Network") -> None:
        self._network = network

    async def run(self, call: "Call", first: Jump) -> None:
        """Carry out a call's scripts until one ends without a jump; hanging up goes through."""
        step: Jump | None = first
        for _ in range(MOST_JUMPS):
            if step is None:
                return
            step = await self._one(call, step)

    async def _one(self, call: "Call", step: Jump) -> Jump | None:
        """Carry out one script and return the jump it ended with, if any."""
        try:
            await self._perform(call, step)
        except Jump as jump:
            return jump
        return None

    async def _perform(self, call: "Call", step: Jump) -> None:
        if not step.url and not step.twiml:
            await Reading(self._network, call, "").speak(NOT_IN_SERVICE)
            return
        try:
            script = await self._script(step, call.as_form() | step.form)
            await Reading(self._network, call, step.url).perform(script)
        except (Broken, ValueError):
            await Reading(self._network, call, "").speak(SORRY)

    async def _script(self, step: Jump, form: dict[str, str]) -> Element:
        if step.twiml:
            return parse(step.twiml)
        if not is_near(step.url):
            raise Broken(step.url)
        answer = await self._network.callbacks.request(step.url, form, method=step.method)
        if not answer.good:
            raise Broken(step.url)
        return parse(answer.text)

"""Call scripts: fetched from the service, signed, and carried out verb by verb."""

import asyncio
import re
import xml.etree.ElementTree as ElementTree
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from . import recordings
from .bridge import dial
from .callbacks import is_near
from .errors import Refused
from .handsets import Answers
from .ledger import Kind
from .lines import Act, HungUp, Jump

if TYPE_CHECKING:
    from .calls import Call
    from .messages import Message
    from .network import Network

SORRY = "We are sorry, an application error has occurred. Goodbye."
NOT_IN_SERVICE = "The number you have dialled is not in service."
SECONDS_A_WORD = 0.35
MOST_JUMPS = 300
END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Broken(Exception):
    """The script could not be had or read."""


class Interrupted(Exception):
    """A key was pressed or a word said while a question was still being read out."""

    def __init__(self, act: Act) -> None:
        super().__init__(act)
        self.act = act


class Scripts:
    """Carries out scripts for calls and for texts that came in."""

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
        if not step.url and not step.twiml:
            await Reading(self._network, call, "").speak(NOT_IN_SERVICE)
            return None
        try:
            script = await self._script(step, call.as_form() | step.form)
            await Reading(self._network, call, step.url).perform(script)
        except Broken:
            await Reading(self._network, call, "").speak(SORRY)
        except Jump as jump:
            return jump
        return None

    async def _script(self, step: Jump, form: dict[str, str]) -> Element:
        if step.twiml:
            return parse(step.twiml)
        if not is_near(step.url):
            raise Broken(step.url)
        answer = await self._network.callbacks.request(step.url, form, method=step.method)
        if not answer.good:
            raise Broken(step.url)
        return parse(answer.text)

    async def answer_text(self, message: "Message") -> None:
        """Hand a person's text to the service and send what it answers."""
        url = self._network.webhooks["sms"]
        form = message.as_form() | {
            "Body": message.body,
            "NumMedia": "0",
            "NumSegments": str(message.count),
            "SmsMessageSid": message.sid,
            "SmsStatus": "received",
        }
        del form["MessageStatus"]
        if not url:
            return
        answer = await self._network.callbacks.request(url, form)
        if not answer.good or not answer.text.strip():
            return
        try:
            replies = list(parse(answer.text).iter("Message"))
        except Broken:
            return
        for reply in replies:
            await self._reply(message, reply)

    async def _reply(self, message: "Message", reply: Element) -> None:
        body = reply.find("Body")
        text = words(body if body is not None else reply)
        callback = reply.get("action") or reply.get("statusCallback") or ""
        form = {
            "To": reply.get("to", message.sender),
            "From": reply.get("from", message.to),
            "Body": text,
            "StatusCallback": urljoin(self._network.webhooks["sms"], callback) if callback else "",
        }
        try:
            await self._network.messages.create(form, direction="outbound-reply")
        except Refused:
            return


class Reading:
    """One script being carried out on one call."""

    def __init__(self, network: "Network", call: "Call", base: str) -> None:
        self.network = network
        self.call = call
        self._base = base
        self._asking = False

    async def perform(self, script: Element) -> None:
        """Carry out the verbs in order; a verb that nobody knows is passed over, as the provider does."""
        for verb in script:
            if self.call.status == "ringing":
                await self._accept(verb)
            await self._verb(verb)

    async def _accept(self, verb: Element) -> None:
        """Answer a call from a handset, unless the script turns it away first."""
        if verb.tag == "Reject":
            status = "no-answer" if verb.get("reason") == "rejected" else "busy"
            await self.network.calls.end(self.call, status)
            raise HungUp
        await self.network.calls.answer(self.call, Answers.PERSON)

    async def _verb(self, verb: Element) -> None:
        match verb.tag:
            case "Say":
                await self._say(verb)
            case "Play":
                await self._play(verb)
            case "Pause":
                await self._hear(float(verb.get("length", "1")))
            case "Gather":
                await self._gather(verb)
            case "Record":
                await recordings.record(self, verb)
            case "Dial":
                await dial(self, verb)
            case "Redirect":
                raise self.jump(words(verb), {}, verb.get("method", "POST"))
            case "Hangup" | "Reject":
                raise HungUp

    def jump(self, url: str, form: dict[str, str], method: str = "POST") -> Jump:
        """Point to another script; an address is relative to this script's own."""
        return Jump(urljoin(self._base, url), form=form, method=method)

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
        left = seconds * self.network.settings.pace
        clock = self.network.clock
        until = clock.now().timestamp() + left
        while left > 0:
            act = await self.call.line.next(left)
            if act and self._asking:
                raise Interrupted(act)
            left = until - clock.now().timestamp() if act else 0

    async def _gather(self, verb: Element) -> None:
        early = await self._ask(verb)
        if early is None:
            self._press_for_automatic(verb)
        digits, speech = await self._collect(verb, early)
        if not digits and not speech and verb.get("actionOnEmptyResult") != "true":
            return
        form = {"SpeechResult": speech, "Confidence": "0.9"} if speech else {"Digits": digits}
        form |= {"FinishedOnKey": verb.get("finishOnKey", "#"), "msg": "Gather End"}
        raise self.jump(verb.get("action", self._base), form, verb.get("method", "POST"))

    async def _ask(self, verb: Element) -> Act | None:
        """Read the question out; give what cut it short."""
        self._asking = True
        try:
            for part in verb:
                await self._verb(part)
        except Interrupted as cut:
            return cut.act
        finally:
            self._asking = False
        return None

    async def _collect(self, verb: Element, act: Act | None) -> tuple[str, str]:
        """Listen for keys, or for words where words are wanted."""
        most, finish = int(verb.get("numDigits", "0")), verb.get("finishOnKey", "#")
        patience = self.patience(verb.get("timeout", "5"))
        digits = ""
        while act := act or await self.call.line.next(patience):
            if act.what == "say" and "speech" in verb.get("input", "dtmf"):
                return "", act.value
            if act.what == "key":
                if act.value == finish:
                    break
                digits += act.value
                if len(digits) == most:
                    break
            act = None
        return digits, ""

    def patience(self, seconds: str) -> float:
        """Turn a script's timeout into this run's seconds."""
        return (float(seconds) if seconds.replace(".", "").isdigit() else 5.0) * self.network.settings.pace

    def _press_for_automatic(self, verb: Element) -> None:
        if self.call.on_machine:
            return
        if self.call.says and "speech" in verb.get("input", "dtmf"):
            self.network.spawn(self._act_later([Act("say", self.call.says)]))
        elif self.call.keys:
            keys = self.call.keys.pop(0) + ("" if verb.get("numDigits") else verb.get("finishOnKey", "#"))
            self.network.spawn(self._act_later([Act("key", key) for key in keys]))

    async def _act_later(self, acts: list[Act]) -> None:
        """Do what an automatic handset does, after its own pause."""
        await asyncio.sleep(self.network.handsets.get(self.call.handset).after_ms / 1000)
        for act in acts:
            if self.call.live:
                await self.network.calls.does(self.call, act)


def parse(text: str) -> Element:
    """Read a script or say that it is broken."""
    try:
        script = ElementTree.fromstring(text.strip())  # noqa: S314 - the service's own script, on this machine
    except ElementTree.ParseError as fault:
        raise Broken(str(fault)) from fault
    if script.tag != "Response":
        raise Broken(script.tag)
    return script


def words(verb: Element) -> str:
    """Return the text of a verb with its white space made single."""
    return " ".join("".join(verb.itertext()).split())


def times(verb: Element) -> int:
    """Return how often a verb is repeated; nought stands for very often."""
    return int(verb.get("loop", "1")) or 1000

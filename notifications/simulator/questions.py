"""Gather: a call script asks something and waits for keys or words."""

import asyncio
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from .lines import Act, InterruptedBy

if TYPE_CHECKING:
    from .reading import Reading


async def ask(reading: "Reading", verb: Element) -> None:
    """Read the question out, listen, and go on to the action; without an answer the script goes on."""
    early = await _read_out(reading, verb)
    if early is None:
        _answer_for_automatic(reading, verb)
    digits, speech = await _listen(reading, verb, early)
    if not digits and not speech and verb.get("actionOnEmptyResult") != "true":
        return
    form = {"SpeechResult": speech, "Confidence": "0.9"} if speech else {"Digits": digits}
    form |= {"FinishedOnKey": verb.get("finishOnKey", "#"), "msg": "Gather End"}
    raise reading.jump(verb.get("action", reading.base), form, verb.get("method", "POST"))


async def _read_out(reading: "Reading", verb: Element) -> Act | None:
    """Say the question; give what cut it short."""
    reading.asking = True
    try:
        for part in verb:
            await reading.do(part)
    except InterruptedBy as cut:
        return cut.act
    finally:
        reading.asking = False
    return None


async def _listen(reading: "Reading", verb: Element, act: Act | None) -> tuple[str, str]:
    """Take keys until there are enough, or words where words are wanted."""
    most, finish = int(verb.get("numDigits", "0")), verb.get("finishOnKey", "#")
    patience = reading.patience(verb.get("timeout", "5"))
    digits = ""
    while act := act or await reading.call.line.next(patience):
        if act.what == "say" and _wants_words(verb):
            return "", act.value
        if act.what == "key":
            if act.value == finish:
                break
            digits += act.value
            if len(digits) == most:
                break
        act = None
    return digits, ""


def _wants_words(verb: Element) -> bool:
    return "speech" in verb.get("input", "dtmf")


def _answer_for_automatic(reading: "Reading", verb: Element) -> None:
    """Let an automatic handset do its part; an answering machine does nothing."""
    call = reading.call
    if call.on_machine:
        return
    if call.says and _wants_words(verb):
        reading.network.spawn(_act_later(reading, [Act("say", call.says)]))
    elif call.keys:
        keys = call.keys.pop(0) + ("" if verb.get("numDigits") else verb.get("finishOnKey", "#"))
        reading.network.spawn(_act_later(reading, [Act("key", key) for key in keys]))


async def _act_later(reading: "Reading", acts: list[Act]) -> None:
    await asyncio.sleep(reading.network.handsets.get(reading.call.handset).after_ms / 1000)
    for act in acts:
        if reading.call.live:
            await reading.network.calls.does(reading.call, act)

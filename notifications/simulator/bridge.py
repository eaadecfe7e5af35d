"""Dial: a call script rings another handset and lets the two speak."""

import asyncio
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from .ledger import Kind
from .lines import Act, HungUp, Jump, Line
from .numbers import exists

if TYPE_CHECKING:
    from .call import Call
    from .reading import Reading


async def dial(reading: "Reading", verb: Element) -> None:
    """Ring the number, join the two lines until one hangs up, then go on to the action if there is one."""
    number = verb.find("Number")
    to = "".join((number if number is not None else verb).itertext()).strip()
    other = _second_call(reading, verb, number, to) if exists(to) else None
    if other:
        await _connect(reading, other)
    if action := verb.get("action"):
        raise reading.jump(action, _result(other), verb.get("method", "POST"))


def _second_call(reading: "Reading", verb: Element, number: Element | None, to: str) -> "Call":
    first = reading.call
    caller = verb.get("callerId") or (first.handset if first.inbound else first.service)
    other = reading.network.calls.make(handset=to, service=caller, direction="outbound-dial")
    other.parent = first.sid
    other.timeout = float(verb.get("timeout", "30"))
    if number is not None and number.get("statusCallback"):
        other.callback = reading.jump(number.get("statusCallback", ""), {}).url
        other.events = frozenset(number.get("statusCallbackEvent", "completed").split())
    if number is not None and number.get("machineDetection"):
        other.detection = number.get("machineDetection", "")
        other.detected_url = reading.jump(number.get("amdStatusCallback", ""), {}).url
    if number is not None and number.get("url"):
        other.first = reading.jump(number.get("url", ""), {})
    return other


async def _connect(reading: "Reading", other: "Call") -> None:
    """Ring the second handset, and carry out its own script, while the first waits; either may give up."""
    calls = reading.network.calls
    ringing = asyncio.create_task(_pick_up(reading, other))
    try:
        while not ringing.done():
            listening = asyncio.create_task(reading.call.line.next(None))
            await asyncio.wait({ringing, listening}, return_when=asyncio.FIRST_COMPLETED)
            listening.cancel() if not listening.done() else listening.result()
        if ringing.result():
            await _talk(reading, other)
    except (HungUp, Jump):
        ringing.cancel()
        await calls.end(other, "completed" if other.started else "canceled")
        raise


async def _pick_up(reading: "Reading", other: "Call") -> bool:
    """Ring, and say whether the two may speak: not where the second line's own script hangs up first."""
    calls = reading.network.calls
    if not await calls.ring(other):
        return False
    if other.first.url:
        try:
            await calls.scripts.run(other, other.first)
        except HungUp:
            return await calls.end(other, "completed")
    return True


async def _talk(reading: "Reading", other: "Call") -> None:
    """Carry words from each handset to the other until the second one hangs up."""
    first = reading.call
    pair: tuple[tuple[Line, Call], ...] = ((first.line, other), (other.line, first))
    waiting = {asyncio.create_task(line.next(None)): (line, hearer) for line, hearer in pair}
    try:
        while True:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                line, hearer = waiting.pop(task)
                try:
                    await _carry(reading, task.result(), hearer)
                except HungUp:
                    await reading.network.calls.end(other, "completed")
                    if hearer is other:
                        raise
                    return
                waiting[asyncio.create_task(line.next(None))] = (line, hearer)
    finally:
        for task in waiting:
            task.cancel()


async def _carry(reading: "Reading", act: Act | None, hearer: "Call") -> None:
    if act and act.what == "say":
        await reading.network.calls.hears(hearer, Kind.SAID, act.value)


def _result(other: "Call | None") -> dict[str, str]:
    if other is None:
        return {"DialCallStatus": "failed"}
    return {
        "DialCallSid": other.sid,
        "DialCallStatus": "completed" if other.started else other.status,
        "DialCallDuration": str(other.seconds),
    }

"""What a person can do with a phone: write, ring, answer, turn away, press, speak, hang up."""

from collections.abc import Mapping

from .call import Call
from .handsets import Handset
from .lines import Act, HungUp
from .network import Network
from .numbers import exists, typed

KEYS = "123456789*0#"


class Problem(ValueError):
    """Something that this phone cannot do now; its text says why."""


async def do(network: Network, phone: Handset, what: str, values: Mapping[str, str]) -> dict[str, object]:
    """Do one thing with a phone."""
    if phone.is_mailbox:
        raise Problem("A mailbox takes letters; it can do nothing else.")
    match what:
        case "text":
            message = await network.messages.from_handset(
                handset=phone.number, service=_service(network, values), body=_words(values, "body")
            )
            return message.as_json()
        case "ring":
            _free(network, phone)
            return (await network.calls.from_handset(handset=phone.number, service=_service(network, values))).as_json()
        case "answer" | "decline" | "voicemail":
            call = _call(network, phone, "ringing")
            call.line.put(Act(what))
        case "press":
            call = _call(network, phone, "in-progress")
            await _press(network, call, values.get("key", ""))
        case "say":
            call = _call(network, phone, "in-progress")
            await network.calls.does(call, Act("say", _words(values, "words")))
        case "hangup":
            call = _call(network, phone)
            call.line.put(HungUp())
        case _:
            raise Problem("A phone cannot do that.")
    return call.as_json()


async def _press(network: Network, call: Call, keys: str) -> None:
    if not keys or set(keys) - set(KEYS):
        raise Problem("Press one of the keys 0 to 9, star or hash.")
    for key in keys:
        await network.calls.does(call, Act("key", key))


def _call(network: Network, phone: Handset, status: str = "") -> Call:
    call = network.calls.on(phone.number)
    if call is None or status not in {"", call.status}:
        raise Problem("That call is over." if status != "ringing" else "This phone is not ringing any more.")
    return call


def _free(network: Network, phone: Handset) -> None:
    if network.calls.on(phone.number):
        raise Problem("This phone is in a call. Hang up first.")


def _service(network: Network, values: Mapping[str, str]) -> str:
    number = typed(values.get("to", "")) or next(iter(network.service_numbers), "")
    if not exists(number):
        raise Problem("Type the number as it is on the card, like 020 7946 0100.")
    return number


def _words(values: Mapping[str, str], name: str) -> str:
    words = values.get(name, "")
    if not words.strip():
        raise Problem("Type some words first.")
    return words[:1600]

"""What the service answers at once to a person's text."""

from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from .errors import Refused
from .message import Message
from .verbs import Broken, parse, words

if TYPE_CHECKING:
    from .network import Network


async def hand_on(network: "Network", message: Message) -> None:
    """Hand a person's text to the service and send what its script answers."""
    url = network.webhooks["sms"]
    if not url:
        return
    answer = await network.callbacks.request(url, _form(message))
    if not answer.good or not answer.text.strip():
        return
    try:
        script = parse(answer.text)
    except Broken:
        return
    for reply in script.iter("Message"):
        await _send(network, message, reply, base=url)


def _form(message: Message) -> dict[str, str]:
    form = message.as_form() | {
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(message.count),
        "SmsMessageSid": message.sid,
    }
    del form["MessageStatus"]
    return form


async def _send(network: "Network", message: Message, reply: Element, *, base: str) -> None:
    body = reply.find("Body")
    callback = reply.get("action") or reply.get("statusCallback") or ""
    form = {
        "To": reply.get("to", message.sender),
        "From": reply.get("from", message.to),
        "Body": words(body if body is not None else reply),
        "StatusCallback": urljoin(base, callback) if callback else "",
    }
    try:
        await network.messages.create(form, direction="outbound-reply")
    except Refused:
        return

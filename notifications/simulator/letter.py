"""One e-mail as it was sent: whose it is, what it says, and the attempt it belongs to."""

import email
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from email.utils import make_msgid
from typing import cast


class Unreadable(Exception):
    """A letter whose headers nobody can read."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail, read."""

    sid: str
    sender: str
    name: str
    subject: str
    text: str
    attempt: str

    @property
    def body(self) -> str:
        """Subject and words together, as the ledger keeps them."""
        return f"{self.subject}\n\n{self.text}"


def read(content: bytes, *, sender: str) -> Letter:
    """Read a letter; what it does not say of its sender and its id comes from the envelope or is invented."""
    try:
        return _read(email.message_from_bytes(content, policy=default), sender=sender)
    except (MessageError, AttributeError, LookupError, TypeError, ValueError) as fault:  # all of them come from headers
        raise Unreadable from fault


def _read(message: EmailMessage, *, sender: str) -> Letter:
    address, name = _sender(message)
    return Letter(
        sid=_line(message, "Message-ID").removeprefix("<").removesuffix(">") or make_msgid(domain="localhost")[1:-1],
        sender=address or sender,
        name=name,
        subject=_line(message, "Subject"),
        text=_text(message),
        attempt=_line(message, "X-Attempt"),
    )


def subject_and_text(body: str) -> tuple[str, str]:
    """Take apart what the ledger keeps as one."""
    subject, _, text = body.partition("\n\n")
    return subject, text


def _sender(message: EmailMessage) -> tuple[str, str]:
    addresses = getattr(message.get("From"), "addresses", ())
    return (_single(addresses[0].addr_spec), _single(addresses[0].display_name)) if addresses else ("", "")


def _line(message: EmailMessage, name: str) -> str:
    return _single(str(message.get(name, "")))


def _text(message: EmailMessage) -> str:
    """Return the part in plain text, or nothing; an alphabet that nobody knows is read as UTF-8."""
    part = message.get_body(("plain",))
    if part is None:
        return ""
    try:
        text = str(part.get_content())
    except (LookupError, ValueError):
        text = cast(bytes, part.get_payload(decode=True)).decode(errors="replace")
    return _writable(text.replace("\r\n", "\n").rstrip("\n"))


def _single(text: str) -> str:
    """Make one line of a header, whatever was folded or hidden in it."""
    return _writable(" ".join(text.split()))


def _writable(text: str) -> str:
    """Replace halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()

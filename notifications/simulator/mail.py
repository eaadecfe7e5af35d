"""The network's mail server: real SMTP on loopback, one letter to one invented address at a time."""

import asyncio
import logging
import socket
from typing import AnyStr, NoReturn

from aiosmtpd.smtp import SMTP, Envelope, Session

from .addresses import is_invented
from .faults import AT_DATA, AT_MAIL, AT_RCPT, EMAIL
from .ledger import Kind
from .letter import Letter, Unreadable, read
from .network import Network

LARGEST = 1024 * 1024
BUSY = "421 4.3.2 Too busy now; call again later"
NOT_NOW = "451 4.7.1 Not now; try again later"
NO_SUCH_MAILBOX = "550 5.1.1 No such mailbox"
NOT_HERE = "550 5.1.2 This network never leaves the machine; use an address like pat@example.org"
ONE_ONLY = "452 4.5.3 One letter goes to one address"
UNREADABLE = "554 5.6.0 The headers of the letter cannot be read"
NOT_KEPT = "451 4.3.0 The letter could not be kept"
log = logging.getLogger(__name__)


class Connection(SMTP):
    """One caller of the mail server."""

    async def push(self, status: AnyStr) -> None:
        """Answer; 421 is the last word to a caller."""
        await super().push(status)
        if status == BUSY and self.transport is not None:
            self.transport.close()

    def cut(self) -> NoReturn:
        """Drop the caller without an answer."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        raise asyncio.CancelledError


class Post:
    """Answers what a caller asks of the mail server, by the names that its library gives."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def handle_MAIL(  # noqa: N802
        self, _server: Connection, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a letter, unless the network is too busy."""
        if self._network.faults.take(EMAIL, "", AT_MAIL):
            return BUSY
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Connection, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take one address of an invented person."""
        to = address.lower()
        if envelope.rcpt_tos:
            return ONE_ONLY
        if not is_invented(to):
            return NOT_HERE
        rule = self._network.faults.take(EMAIL, to, AT_RCPT)
        if rule:
            return NOT_NOW if rule.do == "refuse_now" else NO_SUCH_MAILBOX
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Connection, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter; the ledger has it before the yes is said, even if the caller is gone by then."""
        to = envelope.rcpt_tos[0]
        rule = self._network.faults.take(EMAIL, to, AT_DATA)
        if rule and rule.do == "reset":
            server.cut()
        try:
            letter = read(envelope.original_content or b"", sender=envelope.mail_from or "")
        except Unreadable:
            return UNREADABLE
        await asyncio.shield(self._network.spawn(self._hand_over(letter, to)))
        if rule and rule.do == "accept_then_reset":
            server.cut()
        if rule:
            await asyncio.sleep(rule.number("ms") / 1000)
        return "250 2.0.0 Taken"

    async def handle_exception(self, error: Exception) -> str:
        """Say that a letter was not taken when something broke."""
        log.error("A letter was not taken.", exc_info=error)
        return NOT_KEPT

    async def _hand_over(self, letter: Letter, to: str) -> None:
        self._network.handsets.get(to)
        await self._network.ledger.record(
            Kind.EMAIL,
            to=to,
            sid=letter.sid,
            service=letter.sender,
            body=letter.body,
            attempt=letter.attempt,
            name=letter.name,
        )


async def listen(network: Network, listener: socket.socket) -> asyncio.Server:
    """Take letters on a socket, in the loop that runs already."""
    loop = asyncio.get_running_loop()
    post = Post(network)

    def connection() -> Connection:
        return Connection(post, hostname="localhost", ident="Practice post", data_size_limit=LARGEST, loop=loop)

    return await loop.create_server(connection, sock=listener)

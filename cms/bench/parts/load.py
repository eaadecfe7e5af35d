"""A load that costs little itself: a few keep-alive connections on loopback, each asking again once answered."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from urllib.parse import urlencode

TRIES = 3  # of which the quickest counts: now and then one worker accepts all connections, and the others sit idle
PATIENCE = 30  # seconds; eight first visits at once write every question of a page in every thread


@dataclass
class Figures:
    """What a load came to."""

    answers: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def per_second(self) -> float:
        """Give answers a second."""
        return self.answers / self.seconds

    def wait(self, share: float) -> float:
        """Give the wait in ms that this share of the answers stayed under (0.5: the median)."""
        return sorted(self.waits)[int(share * (len(self.waits) - 1))] * 1000


def get(path: str, *, headers: str = "") -> bytes:
    """Write a request for a page; each line of `headers` ends with a line break."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()


def post(path: str, form: dict[str, str], *, headers: str = "") -> bytes:
    """Write a request that sends a form."""
    body = urlencode(form)
    kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{kind}{headers}\r\n{body}".encode()


class _Connection:
    def __init__(self, port: int, asked: Iterator[bytes], status: int) -> None:
        self.asked = asked
        self.good = f" {status} ".encode()
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = b""
        self.left: int | None = None  # bytes of the body that have not come yet, once it is known how many
        self.since = 0.0

    def ask(self) -> None:
        self.head, self.left = b"", None
        self.since = time.perf_counter()
        self.socket.sendall(next(self.asked))

    def is_answered(self) -> bool:
        """Take in what has come; RuntimeError where it is no good answer."""
        part = self.socket.recv(65_536)
        if not part:
            raise RuntimeError("The server closed a connection under load.")
        if self.left is not None:
            self.left -= len(part)
            return self.left <= 0
        self.head += part
        head, end, body = self.head.partition(b"\r\n\r\n")
        if not end:
            return False
        if self.good not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
        self.left = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]) - len(body)
        return self.left <= 0


def load(
    port: int,
    *,
    asked: Iterator[bytes] | None = None,
    path: str = "/",
    seconds: float = 600,
    answers: int | None = None,
    connections: int = 8,
    status: int = 200,
) -> Figures:
    """Send what is `asked`, else ask for `path`, on that many connections until the time or the answers are up."""
    asked = repeat(get(path)) if asked is None else asked
    waiting = selectors.DefaultSelector()
    for _number in range(connections):
        connection = _Connection(port, asked, status)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
    figures, began = Figures(), time.perf_counter()
    while time.perf_counter() - began < seconds and (answers is None or figures.answers < answers):
        ready = waiting.select(timeout=PATIENCE)
        if not ready:
            raise RuntimeError(f"The server was silent for {PATIENCE} seconds.")
        for key, _events in ready:
            connection = key.data
            if connection.is_answered():
                figures.answers += 1
                figures.waits.append(time.perf_counter() - connection.since)
                connection.ask()
    figures.seconds = time.perf_counter() - began
    for key in list(waiting.get_map().values()):
        key.data.socket.close()
    return figures

"""A load that costs little itself: a few keep-alive connections on loopback, each asking again once answered."""

from __future__ import annotations

import selectors
import socket
import time
from dataclasses import dataclass, field


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


class _Connection:
    def __init__(self, port: int, asked: bytes) -> None:
        self.asked = asked
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard = b""
        self.since = 0.0

    def ask(self) -> None:
        self.heard = b""
        self.since = time.perf_counter()
        self.socket.sendall(self.asked)

    def is_answered(self) -> bool:
        """Take in what has come; RuntimeError where it is no good answer."""
        part = self.socket.recv(65_536)
        if not part:
            raise RuntimeError("The server closed a connection under load.")
        self.heard += part
        head, end, body = self.heard.partition(b"\r\n\r\n")
        if not end:
            return False
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head.split(b"\r\n", 1)[0].decode())
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return len(body) >= length


def load(port: int, *, path: str, seconds: float, connections: int = 8, headers: str = "") -> Figures:
    """Ask for `path` on that many connections for so many seconds."""
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
    waiting = selectors.DefaultSelector()
    for _number in range(connections):
        connection = _Connection(port, asked)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
    figures, began = Figures(), time.perf_counter()
    while time.perf_counter() - began < seconds:
        for key, _events in waiting.select(timeout=5):
            connection = key.data
            if connection.is_answered():
                figures.answers += 1
                figures.waits.append(time.perf_counter() - connection.since)
                connection.ask()
    figures.seconds = time.perf_counter() - began
    for key in list(waiting.get_map().values()):
        key.data.socket.close()
    return figures

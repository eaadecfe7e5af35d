"""The witness: what every handset received, in order, on disk before anyone is told."""

import asyncio
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs, urlsplit

from .clock import Clock, iso


class Kind(StrEnum):
    """What happened on a handset."""

    TEXT = "text"  # a text from the service arrived
    EMAIL = "email"  # a letter from the service arrived: its subject, an empty line, its words
    CARRIER = "carrier"  # a text from the network itself: the answer to STOP or START
    SENT = "sent"  # the person sent a text
    RING = "ring"  # the handset began to ring
    DIALLED = "dialled"  # the person rang the service
    ANSWERED = "answered"  # body: human, machine …
    SAID = "said"  # a sentence the person heard
    PLAYED = "played"  # a recording the person heard (its address)
    VOICEMAIL = "voicemail"  # a sentence or recording left on the answering machine
    PRESSED = "pressed"  # keys the person pressed
    SPOKE = "spoke"  # words the person said
    ENDED = "ended"  # body: completed, no-answer, busy, failed, canceled


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened on one handset."""

    seq: int
    at: str
    to: str
    kind: Kind
    sid: str
    service: str
    body: str
    attempt: str
    callback: str
    name: str = ""


class Ledger:
    """A file of JSON lines, and the same lines in memory."""

    def __init__(self, path: Path, *, clock: Clock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._path = path
        self._entries = list(_read(path))
        self._of: dict[str, list[Entry]] = {}
        for entry in self._entries:
            self._of.setdefault(entry.to, []).append(entry)
        self._next = self._entries[-1].seq + 1 if self._entries else 1
        self._durable = self._next - 1
        self._waiting: list[Entry] = []
        self._writing = asyncio.Lock()
        self._file: IO[bytes] = path.open("ab")

    async def record(
        self,
        kind: Kind,
        *,
        to: str,
        sid: str,
        service: str,
        body: str = "",
        callback: str = "",
        attempt: str = "",
        name: str = "",
    ) -> Entry:
        """Write one line and return when it is safe on the disk; waiting lines share one fsync."""
        at, attempt = iso(self._clock.now()), attempt or attempt_in(callback)
        entry = Entry(self._next, at, to, kind, sid, service, body, attempt, callback, name)
        self._next += 1
        self._entries.append(entry)
        self._of.setdefault(to, []).append(entry)
        self._waiting.append(entry)
        async with self._writing:
            if self._waiting and entry.seq > self._durable:
                batch, self._waiting = self._waiting, []
                await asyncio.to_thread(self._write, batch)
                self._durable = batch[-1].seq
        return entry

    def _write(self, batch: Iterable[Entry]) -> None:
        lines = (json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in batch)
        self._file.write("".join(lines).encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    @property
    def last(self) -> int:
        """The sequence number of the newest entry, nought when there is none."""
        return self._next - 1

    def of(self, handset: str) -> list[Entry]:
        """Return everything one handset has seen, oldest first."""
        return self._of.get(handset, [])

    def as_json(self, *, to: str = "", kind: str = "", since: int = 0) -> dict[str, object]:
        """Give what each handset received, in order, narrowed by handset, kind or sequence number."""
        handsets: dict[str, list[dict[str, object]]] = {}
        chosen = self.of(to) if to else self._entries
        for entry in chosen:
            if entry.seq > since and kind in {"", entry.kind}:
                handsets.setdefault(entry.to, []).append(asdict(entry))
        return {"handsets": handsets, "entries": sum(map(len, handsets.values()))}

    async def clear(self) -> None:
        """Forget everything and count from one again (tests only)."""
        async with self._writing:
            self._entries.clear()
            self._of.clear()
            self._waiting.clear()
            self._next, self._durable = 1, 0
            self._file.truncate(0)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def attempt_in(callback: str) -> str:
    """Find the attempt's id in a callback address: `?attempt=…`, else the last part of its path."""
    parts = urlsplit(callback)
    named = parse_qs(parts.query).get("attempt")
    return named[0] if named else parts.path.rstrip("/").rpartition("/")[2]


def _read(path: Path) -> Iterator[Entry]:
    """Read the lines of an earlier run; a last line cut by a crash was never promised, so drop it."""
    if not path.exists():
        return
    whole, _, cut = path.read_bytes().rpartition(b"\n")
    if cut:
        os.truncate(path, len(whole) + 1 if whole else 0)
    for line in whole.splitlines():
        values = json.loads(line)
        yield Entry(**(values | {"kind": Kind(values["kind"])}))

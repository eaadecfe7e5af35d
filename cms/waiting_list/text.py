"""Bytes into records: encodings, separators and broken quote marks of the files that spreadsheets write."""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

HEAD = 65_536  # bytes looked at to tell what a file is
MOST_LINES = 20  # lines that one record may span; beyond it a quote mark was never closed
MAGIC = {
    b"PK\x03\x04": "an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
}
SAVE_AS = "Open it, choose “Save as” and then “CSV”, and send that file."


class FileRefused(ValueError):
    """The file as a whole cannot be read; the message says what to do, in plain words."""


@dataclass(frozen=True)
class Record:
    """The cells of one row and the line it starts on; `broken` says why there are none."""

    line: int
    cells: list[str]
    broken: str = ""


class _TooLong(Exception):
    """A record goes on and on."""


class _Lines:
    """Gives lines one by one, counts them, and takes back those that a broken record swallowed."""

    def __init__(self, text: Iterator[str]) -> None:
        self.text = text
        self.again: deque[str] = deque()
        self.record: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.record) >= MOST_LINES:
            raise _TooLong
        line = self.again.popleft() if self.again else next(self.text)
        self.record.append(line)
        self.number += 1
        return line

    def start(self) -> int:
        """Begin a record; give the number of its first line."""
        self.record = []
        return self.number + 1

    def keep_first(self) -> list[str]:
        """Give the first line's rough cells, and put the lines after it back."""
        first, rest = self.record[0], self.record[1:]
        self.again.extendleft(reversed(rest))
        self.number -= len(rest)
        return [first.strip()]


def open_text(source: BinaryIO) -> io.TextIOWrapper:
    """Find out how the file writes its letters; `FileRefused` where it is empty or no text at all."""
    head = source.read(HEAD)
    source.seek(0)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise FileRefused("This file is empty.")
    for magic, words in MAGIC.items():
        if head.startswith(magic):
            raise FileRefused(f"This is {words}, not a CSV file. {SAVE_AS}")
    encoding = _encoding(head, source)
    source.seek(0)
    return io.TextIOWrapper(source, encoding=encoding, newline="")


def _encoding(head: bytes, source: BinaryIO) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    odd, even = head[1::2].count(0), head[::2].count(0)
    if odd + even > len(head) // 4:
        if min(odd, even) > len(head) // 8:
            raise FileRefused(f"This is not a text file. {SAVE_AS}")
        return "utf-16-le" if odd > even else "utf-16-be"
    strange = sum(mark < 32 and mark not in b"\t\r\n\f\v\x1a" for mark in head)
    if strange > len(head) // 100 + 2:
        raise FileRefused(f"This is not a text file. {SAVE_AS}")
    for encoding in ("utf-8-sig", "cp1252"):
        if _decodes(source, encoding):
            return encoding
    raise FileRefused("We cannot tell how this file writes its letters. Save it as “CSV UTF-8” and send that file.")


def _decodes(source: BinaryIO, encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := source.read(HEAD):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def separator_of(heading: str) -> str:
    """Tell which sign parts the cells: the one the first line holds most of."""
    return max(",;\t", key=heading.count)


def records(text: io.TextIOWrapper) -> Iterator[Record]:
    """Give every record that is not blank; a broken one costs its own first line and no other."""
    try:
        yield from _records(_Lines(text))
    finally:
        if not text.closed:
            text.detach()  # the file stays open for whoever opened it


def _records(lines: _Lines) -> Iterator[Record]:
    separator, width = "", 0
    reader: Iterator[list[str]] = iter(())
    while True:
        at = lines.start()
        try:
            if not separator:
                separator = _first_line(lines)
                reader = csv.reader(lines, delimiter=separator, strict=True)
                continue
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeError:
            yield Record(at, [], "from here on the letters of the file cannot be read")
            return
        except (csv.Error, _TooLong):
            reader = csv.reader(lines, delimiter=separator, strict=True)
            yield Record(at, lines.keep_first(), "a quote mark is opened and never closed, or closed too soon")
            continue
        if len(lines.record) > 1 and width and len(cells) != width:
            yield Record(at, lines.keep_first(), "a quote mark is opened and never closed, or closed too soon")
            reader = csv.reader(lines, delimiter=separator, strict=True)
        elif any(cell.strip() for cell in cells):
            width = width or len(cells)
            yield Record(at, cells)


def _first_line(lines: _Lines) -> str:
    """Find the separator in the first line, or read it there where a spreadsheet says so ("sep=;")."""
    first = next(lines)
    said = first.strip().casefold()
    if said.startswith("sep=") and len(said) == len("sep=;"):
        return said[-1]
    lines.again.appendleft(first)
    lines.number -= 1
    return separator_of(first)

"""Opens a waiting list file: bytes in; families, or rows with the reason why not, out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cms.waiting_list.columns import Columns, ColumnsWrong, find
from cms.waiting_list.rows import Row
from cms.waiting_list.text import FileRefused, Record, open_text, records
from peer.families import Family

__all__ = ["Bad", "FileRefused", "Good", "WaitingListFile", "open_file"]


@dataclass(frozen=True)
class Good:
    """A row that makes a family."""

    line: int
    family: Family
    cells: list[str]


@dataclass(frozen=True)
class Bad:
    """A row that is left out, with every reason."""

    line: int
    why: tuple[str, ...]
    cells: list[str]


@dataclass(frozen=True)
class WaitingListFile:
    """An open file: its headings, what was found in them, and its rows one by one."""

    headings: list[str]
    columns: Columns
    rows: Iterator[Good | Bad]


def open_file(source: BinaryIO, *, today: dt.date) -> WaitingListFile:
    """Read the headings and get the rows ready; `FileRefused` where there is no list in this file."""
    found = records(open_text(source))
    first = next(found, None)
    if first is None or first.broken:
        raise FileRefused("We cannot read the first line, which should name the columns.")
    try:
        columns = find(first.cells)
    except ColumnsWrong as problem:
        raise FileRefused(str(problem)) from None
    second = next(found, None)
    if second is None:
        raise FileRefused("This file has headings, but no rows.")
    return WaitingListFile(first.cells, columns, _rows(second, found, columns=columns, today=today))


def _rows(first: Record, rest: Iterator[Record], *, columns: Columns, today: dt.date) -> Iterator[Good | Bad]:
    yield _row(first, columns=columns, today=today)
    for record in rest:
        yield _row(record, columns=columns, today=today)


def _row(record: Record, *, columns: Columns, today: dt.date) -> Good | Bad:
    if record.broken:
        return Bad(record.line, (record.broken,), record.cells)
    extra = record.cells[columns.width :]
    if any(cell.strip() for cell in extra):
        return Bad(record.line, ("there are more cells than columns",), record.cells)
    row = Row(record.cells, columns, today)
    family = row.family()
    if row.reasons:
        return Bad(record.line, tuple(row.reasons), record.cells)
    return Good(record.line, family, record.cells)

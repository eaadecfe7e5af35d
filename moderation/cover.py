"""Pure: where a rota leaves a group without anybody (safety E2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

Span = tuple[dt.datetime, dt.datetime]


def gaps(shifts: Iterable[Span], *, start: dt.datetime, end: dt.datetime) -> list[Span]:
    """List the spans between `start` and `end` that no shift covers, in order."""
    found, at = [], start
    for begins, ends in sorted(shifts):
        if begins > at:
            found.append((at, min(begins, end)))
        at = max(at, ends)
        if at >= end:
            break
    if at < end:
        found.append((at, end))
    return [(begins, ends) for begins, ends in found if begins < ends]

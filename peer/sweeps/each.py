"""One act for each row that is due, each in its own transaction; two sweepers do no harm to each other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import QuerySet

from peer.gate import System
from peer.states import IllegalMove, RuleBroken, StaleMove

log = logging.getLogger(__name__)
Row = TypeVar("Row")


def each(rows: Iterable[Row], act: Callable[..., object], *, by: System) -> int:
    """Do one act to each row, each in its own transaction; one that fails never stops the next."""
    done = 0
    for row in list(rows):
        try:
            act(row, by=by)
            done += 1
        except (StaleMove, IllegalMove, RuleBroken):
            continue  # another sweeper, or a person, was quicker
        except Exception:
            log.exception("%s of %s failed; it stays due", getattr(act, "__name__", act), row)
    return done


def in_order(rows: QuerySet[Row]) -> QuerySet[Row]:  # type: ignore[type-var]
    """Begin with what has been due longest."""
    return rows.order_by("due_at", "pk")

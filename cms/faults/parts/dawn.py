"""At dawn: judges a night by the network's ledger and the rows alone, past the product's own code."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cms.faults.parts.browsers import MARK
from cms.faults.parts.judge import rows

WAKES = frozenset({"text", "ring"})
WAITS = frozenset({"pending", "held_risk"})
POSTS = "SELECT id, body, state, submitted_at FROM peer_post WHERE body LIKE '%word___end'"
PAGES = """
SELECT l.post_id, t.token FROM moderation_escalationpost l
JOIN moderation_escalationstep s ON s.escalation_id = l.escalation_id
JOIN notifications_notification n ON n.event_key = 'escalationstep:' || s.id || ':1'
JOIN notifications_delivery d ON d.notification_id = n.id
JOIN notifications_deliveryattempt t ON t.delivery_id = d.id
"""


@dataclass(frozen=True)
class Written:
    """One post as the database has it at the end, and when the first phone was woken for it."""

    number: int
    state: str
    sent_at: dt.datetime
    woken_at: dt.datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What became of a night; the waits are in seconds of the product."""

    risky: int = 0
    paged: int = 0
    visible_unapproved: int = 0
    lost: int = 0
    doubled: int = 0
    calm: tuple[float, ...] = ()
    broken: tuple[float, ...] = ()


def judge(
    written: Sequence[Written],
    *,
    posts: int,
    risky: Mapping[int, str],
    told: Collection[int],
    seen: Collection[int],
    scale: float = 1.0,
) -> Verdict:
    """Count what was paged, seen and lost; `risky` names the worrying posts, each with what was broken then."""
    copies = Counter(one.number for one in written)
    waiting = {one.number for one in written if one.state in WAITS}
    shown = {one.number for one in written if one.state == "approved"} | set(seen)
    waits = {one.number: _wait(one, scale) for one in written if one.number in risky and one.woken_at is not None}
    return Verdict(
        risky=len(risky),
        paged=len(waits),
        visible_unapproved=len(shown),
        lost=sum(number not in waiting or number not in told for number in range(posts)),
        doubled=sum(count - 1 for count in copies.values()),
        calm=tuple(sorted(wait for number, wait in waits.items() if not risky[number])),
        broken=tuple(sorted(wait for number, wait in waits.items() if risky[number])),
    )


def _wait(one: Written, scale: float) -> float:
    if one.woken_at is None:
        raise LookupError(one.number)
    return max(0.0, (one.woken_at - one.sent_at).total_seconds()) * scale


def quantile(waits: Sequence[float], part: float) -> float | None:
    """Give the wait that `part` of all do not exceed; of a few, the longest."""
    return round(sorted(waits)[math.ceil(part * len(waits)) - 1], 2) if waits else None


def written_in(database: str, ledger: Path) -> list[Written]:
    """Read every post of the night, and in the ledger when the first phone was woken by a page about it."""
    woken = _woken(ledger)
    first: dict[int, dt.datetime] = {}
    for post, token in rows(database, PAGES):
        if token in woken:
            first[post] = min(first.get(post, woken[token]), woken[token])
    return [
        Written(int(mark.group(1)), state, sent_at, first.get(post))
        for post, body, state, sent_at in rows(database, POSTS)
        if (mark := MARK.search(body))
    ]


def _woken(ledger: Path) -> dict[str, dt.datetime]:
    """Give when each try reached a handset: its text arrived, or it began to ring."""
    found: dict[str, dt.datetime] = {}
    for entry in _entries(ledger):
        if entry["kind"] in WAKES:
            found.setdefault(entry["attempt"], dt.datetime.fromisoformat(entry["at"]))
    return found


def watchers_texts(ledger: Path) -> int:
    """Count the texts of the watcher, which stand in no row."""
    return sum("alarms may have stopped" in entry["body"] for entry in _entries(ledger) if entry["kind"] == "text")


def _entries(ledger: Path) -> Iterable[dict[str, str]]:
    return [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]

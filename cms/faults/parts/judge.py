"""Judges a run of the outbox bench after its end, by two witnesses: the network's ledger and the database."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms.faults.parts.families import phone

CHANNELS = {"text": "sms", "ring": "call", "ended": "call"}  # what the ledger calls a copy, and by which channel
AT_REST = {"accepted", "sent", "delivered", "undelivered", "failed", "unknown", "cancelled", "expired", "held"}
FIRST = 1  # the turn of a way; later ones are calls that wait for their time


@dataclass(frozen=True)
class Try:
    """One try of a message: the id that its callback carries, and when it began."""

    token: str
    begun: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Message:
    """One way of one intent, as the database has it; `channel` is empty where an intent found no way."""

    intent: int
    duty: str
    to: str
    channel: str = "sms"
    turn: int = FIRST
    state: str = "delivered"
    tries: tuple[Try, ...] = ()
    stopped: dt.datetime | None = None
    handed_over: bool = False


@dataclass(frozen=True)
class Copy:
    """One text or call that a handset received."""

    to: str
    channel: str
    sid: str
    token: str


@dataclass(frozen=True)
class Verdict:
    """What was found; everything but the first four and `code_unsure` must be nought."""

    intents: int = 0
    copies: int = 0
    pages: int = 0
    page_doubled: int = 0
    code_unsure: int = 0  # a code whose sender died is not sent again unless asked for (decision 18)
    lost: int = 0
    family_doubled: int = 0
    code_doubled: int = 0
    unasked: int = 0  # copies that no committed try stands behind (N2)
    sent_after_stop: int = 0
    stuck: int = 0

    def is_good(self) -> bool:
        """Tell whether nothing was lost, nothing doubled that must not be, and nothing sent after a stop."""
        wrong = (self.lost, self.family_doubled, self.code_doubled, self.unasked, self.sent_after_stop, self.stuck)
        return not any(wrong)


def judge(messages: Sequence[Message], copies: Iterable[Copy], *, owed: int = 0) -> Verdict:
    """Count what was lost, what came twice, and what began after a stop; `owed` is how many intents there must be."""
    found = list({(copy.sid, copy.channel): copy for copy in copies}.values())
    owners = _owners(messages)
    heard: dict[int, list[Copy]] = defaultdict(list)
    unasked = 0
    for copy in found:
        known = owners.by_token.get(copy.token)
        unasked += known is None
        owner = known if known is not None else owners.by_phone.get((copy.to, copy.channel))
        if owner is not None:
            heard[owner].append(copy)
    doubled = {duty: _doubled(messages, heard, duty) for duty in ("family", "code", "page")}
    lost, unsure = _lost(messages, heard)
    intents = len({message.intent for message in messages})
    return Verdict(
        intents=intents,
        copies=len(found),
        pages=sum(message.duty == "page" and bool(heard[place]) for place, message in enumerate(messages)),
        page_doubled=doubled["page"],
        code_unsure=unsure,
        lost=lost + max(0, owed - intents),
        family_doubled=doubled["family"],
        code_doubled=doubled["code"],
        unasked=unasked,
        sent_after_stop=sum(_after_stop(message) for message in messages),
        stuck=sum(message.turn == FIRST and message.state not in {*AT_REST, ""} for message in messages),
    )


@dataclass(frozen=True)
class _Owners:
    by_token: dict[str, int]
    by_phone: dict[tuple[str, str], int]


def _owners(messages: Sequence[Message]) -> _Owners:
    """Say whose each try is; a phone speaks for a message where it is the only one there."""
    by_token = {one.token: place for place, message in enumerate(messages) for one in message.tries}
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, message in enumerate(messages):
        places[message.to, message.channel].append(place)
    return _Owners(by_token, {key: found[0] for key, found in places.items() if len(found) == 1})


def _doubled(messages: Sequence[Message], heard: dict[int, list[Copy]], duty: str) -> int:
    return sum(max(0, len(heard[place]) - 1) for place, message in enumerate(messages) if message.duty == duty)


def _lost(messages: Sequence[Message], heard: dict[int, list[Copy]]) -> tuple[int, int]:
    """Count intents that reached nobody by any way and that no person took over; codes of a dead sender apart."""
    ways: dict[int, list[int]] = defaultdict(list)
    for place, message in enumerate(messages):
        ways[message.intent].append(place)
    silent = [
        [messages[place] for place in places]
        for places in ways.values()
        if not any(heard[place] or messages[place].handed_over for place in places)
    ]
    unsure = sum(all(one.duty == "code" and one.state == "unknown" for one in some) for some in silent)
    return len(silent) - unsure, unsure


def _after_stop(message: Message) -> int:
    return sum(message.stopped is not None and one.begun > message.stopped for one in message.tries)


# ── The two witnesses ───────────────────────────────────────────────────────────────────────────────────────────────
def heard_in(ledger: Path, *, at: str) -> list[Copy]:
    """Read the ledger's file: what came to handsets with a callback's address that has `at` in it."""
    entries = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    return [
        Copy(entry["to"], CHANNELS[entry["kind"]], entry["sid"], entry["attempt"])
        for entry in entries
        if entry["kind"] in CHANNELS and at in entry["callback"]
    ]


MESSAGES = """
SELECT n.id, n.duty, n.handed_over_at IS NOT NULL, p.given_name, d.id, d.channel, d.turn, d.state,
    (SELECT min(o.at) FROM notifications_optout o JOIN notifications_contactpoint c USING (where_hash)
     WHERE c.id = d.contact_id AND o.channel = d.channel)
FROM notifications_notification n JOIN peer_person p ON p.id = n.recipient_id
LEFT JOIN notifications_delivery d ON d.notification_id = n.id ORDER BY n.id, d.id
"""
TRIES = "SELECT delivery_id, token, begun_at FROM notifications_deliveryattempt ORDER BY id"


def rows(database: str, question: str) -> list[tuple[Any, ...]]:
    """Ask a run's database, past the product's own code."""
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is asked for

    with psycopg.connect(database) as server:
        return server.execute(question).fetchall()


def written_in(database: str) -> list[Message]:
    """Read every intent with its ways and tries."""
    of: dict[int, list[Try]] = defaultdict(list)
    for delivery, token, begun in rows(database, TRIES):
        of[delivery].append(Try(token, begun))
    return [
        Message(
            intent=intent,
            duty=duty,
            to=phone(int(name.split()[-1])),
            channel=channel or "",
            turn=turn or FIRST,
            state=state or "",
            tries=tuple(of[delivery]),
            stopped=stopped,
            handed_over=handed_over,
        )
        for intent, duty, handed_over, name, delivery, channel, turn, state, stopped in rows(database, MESSAGES)
    ]

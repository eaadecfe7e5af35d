"""Texts by Twilio: the request's shape, and what its list says was taken."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from notifications.providers.http import LONGEST_ID, Pool
from notifications.providers.port import Accepted, AmbiguousFailure, Heard, Order, Seen
from notifications.providers.twilio_http import Account, Form, callback, may_be_reached

LONGEST_VALID, SHORTEST_VALID = 14_400, 1  # seconds the network keeps trying


class TwilioSms:
    """The Messages resource."""

    def __init__(self, pool: Pool) -> None:
        self._account = Account(pool)

    @staticmethod
    def form(order: Order) -> Form:
        """Shape the request; the callback's address carries the attempt's id and no name (N19)."""
        return [
            ("To", order.to),
            ("From", settings.TWILIO_FROM),
            ("Body", order.body),
            ("StatusCallback", callback("webhooks-status", order.attempt)),
            ("ValidityPeriod", str(min(max(order.valid_for, SHORTEST_VALID), LONGEST_VALID))),
        ]

    async def send(self, order: Order) -> Accepted:
        """Hand over a text."""
        may_be_reached(order.to)
        return taken(await self._account.post("Messages.json", self.form(order)), to=order.to, prefixes=("SM", "MM"))

    async def find(self, to: str, *, since: dt.datetime) -> list[Seen]:
        """List the texts the network took for a number since a moment."""
        query = [("To", to), ("DateSent>", f"{since.date() - dt.timedelta(days=1)}"), ("PageSize", "1000")]
        rows = listed(await self._account.get("Messages.json", query), "messages")
        seen = [Seen(row["sid"], str(row.get("body") or ""), moment(row)) for row in rows if row.get("to") == to]
        return [one for one in seen if one.at >= since]

    async def heard(self, *, since: dt.datetime) -> list[Heard]:
        """List what people texted us since a day, the oldest first, page by page."""
        query: Form | None = [("To", settings.TWILIO_FROM), ("DateSent>", f"{since.date()}"), ("PageSize", "1000")]
        rows: list[dict[str, Any]] = []
        while query:
            answer = await self._account.get("Messages.json", query)
            rows += listed(answer, "messages")
            query = parse_qsl(urlsplit(str(answer.get("next_page_uri") or "")).query)
        theirs = [row for row in rows if row.get("direction") == "inbound"]
        return [
            Heard(row["sid"], str(row.get("from", "")), str(row.get("body") or ""), moment(row))
            for row in reversed(theirs)
        ]


def taken(answer: dict[str, Any], *, to: str, prefixes: tuple[str, ...]) -> Accepted:
    """Read the id out of a yes; one that is about something else is no yes (F10)."""
    sid = answer.get("sid")
    if not isinstance(sid, str) or not sid.startswith(prefixes) or len(sid) > LONGEST_ID or answer.get("to") != to:
        raise AmbiguousFailure("malformed")
    return Accepted(sid)


def listed(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Read the rows of a list."""
    rows = answer.get(name)
    if not isinstance(rows, list) or any(not isinstance(row, dict) or "sid" not in row for row in rows):
        raise AmbiguousFailure("malformed")
    return rows


def moment(row: dict[str, Any]) -> dt.datetime:
    """Read when the network took something (RFC 2822, whole seconds)."""
    try:
        return parsedate_to_datetime(str(row["date_created"])).astimezone(dt.UTC)
    except (KeyError, ValueError):
        raise AmbiguousFailure("malformed") from None

"""Calls by Twilio: the request's shape; what is said comes from our own scripts, asked for while it rings."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from notifications.providers.port import Accepted, Order, Seen
from notifications.providers.twilio_http import Form, Pool, callback, may_be_reached
from notifications.providers.twilio_sms import listed, moment, taken
from notifications.providers.twilio_voice import say

RINGS_FOR = 30  # seconds
EVENTS = ("initiated", "ringing", "answered", "completed")


class TwilioCall:
    """The Calls resource."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @staticmethod
    def form(order: Order) -> Form:
        """Shape the request; no word of the message is in it."""
        return [
            ("To", order.to),
            ("From", settings.TWILIO_FROM),
            ("Url", callback("webhooks-voice", order.attempt, "start")),
            ("StatusCallback", callback("webhooks-status", order.attempt)),
            *(("StatusCallbackEvent", event) for event in EVENTS),
            ("MachineDetection", "Enable"),
            ("Timeout", str(RINGS_FOR)),
        ]

    async def send(self, order: Order) -> Accepted:
        """Let a phone ring."""
        may_be_reached(order.to)
        return taken(await self._pool.post("Calls.json", self.form(order)), to=order.to, prefixes=("CA",))

    async def find(self, to: str, *, since: dt.datetime) -> list[Seen]:
        """List the calls the network took for a number since a moment."""
        query = [("To", to), ("StartTime>", f"{since.date() - dt.timedelta(days=1)}"), ("PageSize", "1000")]
        rows = listed(await self._pool.get("Calls.json", query), "calls")
        seen = [Seen(row["sid"], "", moment(row)) for row in rows if row.get("to") == to]
        return [one for one in seen if one.at >= since]


class TwilioSpoken(TwilioCall):
    """A call that brings its words along, so that it can be made while our own site answers nobody."""

    @staticmethod
    def form(order: Order) -> Form:
        """Shape the request; the words are said twice."""
        return [
            ("To", order.to),
            ("From", settings.TWILIO_FROM),
            ("Twiml", say(order.body, order.body)),
            ("Timeout", str(RINGS_FOR)),
        ]

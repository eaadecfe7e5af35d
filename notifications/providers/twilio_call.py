"""Calls by Twilio: the request's shape; what is said comes from our own scripts, asked for while it rings."""

from __future__ import annotations

import base64
import datetime as dt
import urllib.error
import urllib.request

from django.conf import settings

from notifications.providers.http import Pool
from notifications.providers.port import Accepted, Order, Seen
from notifications.providers.twilio_http import FORM, Account, Form, base_url, callback, encoded, may_be_reached
from notifications.providers.twilio_sms import listed, moment, taken
from notifications.providers.twilio_voice import say
from notifications.waits import wait

RINGS_FOR = 30  # seconds
EVENTS = ("initiated", "ringing", "answered", "completed")


class TwilioCall:
    """The Calls resource."""

    def __init__(self, pool: Pool) -> None:
        self._account = Account(pool)

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
        return taken(await self._account.post("Calls.json", self.form(order)), to=order.to, prefixes=("CA",))

    async def find(self, to: str, *, since: dt.datetime) -> list[Seen]:
        """List the calls the network took for a number since a moment."""
        query = [("To", to), ("StartTime>", f"{since.date() - dt.timedelta(days=1)}"), ("PageSize", "1000")]
        rows = listed(await self._account.get("Calls.json", query), "calls")
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


def hang_up(sid: str) -> bool:
    """End one call of our account that goes on; False where the network does not answer, so that it is tried again."""
    account, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    login = base64.b64encode(f"{account}:{token}".encode()).decode()
    asked = urllib.request.Request(  # noqa: S310 - our own provider's address
        f"{base_url()}/2010-04-01/Accounts/{account}/Calls/{sid}.json",
        data=encoded([("Status", "completed")]).encode(),
        headers={"Authorization": f"Basic {login}"} | FORM,
    )
    try:
        with urllib.request.urlopen(asked, timeout=wait("answer").total_seconds()):  # noqa: S310
            return True
    except urllib.error.HTTPError as refused:
        return refused.code in {400, 404}  # it is over already
    except OSError:
        return False

"""Texts and calls by a second network, for pages alone: what is broken may be the first one (F12, H16).

Nothing comes back from it, no receipt and no key: a text carries the link that takes a page, a call brings its words.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

import aiohttp
import jwt
from django.conf import settings

from notifications import messages
from notifications.models.contacts import Channel
from notifications.providers import http
from notifications.providers.http import LONGEST_ID, Pool
from notifications.providers.port import Accepted, AmbiguousFailure, Order, Provider

API = "https://api.nexmo.com"
CHANNELS = (Channel.SMS, Channel.CALL)
PURPOSES = ("page", "watcher_silent")  # nothing that needs a key
SHORTEST_VALID, LONGEST_VALID = 20, 604_800  # seconds the network keeps trying a text
RINGS_FOR = 30  # seconds
TOKEN_LIVES = 60  # seconds; each call is asked for with a token of its own
NEEDS = ("VONAGE_API_KEY", "VONAGE_API_SECRET", "VONAGE_APPLICATION_ID", "VONAGE_PRIVATE_KEY", "VONAGE_FROM")
JSON = {"Content-Type": "application/json"}


def is_set_up() -> bool:
    """Tell whether this service has a second network."""
    return bool(settings.VONAGE_API_KEY)


def base_url() -> str:
    """Give the API's address."""
    return http.address(settings.VONAGE_BASE_URL or API, named="VONAGE_BASE_URL")


def providers(pool: Pool) -> dict[str, Provider]:
    """Give the channels of the network."""
    return {Channel.SMS: VonageSms(pool), Channel.CALL: VonageCall(pool)}


class VonageSms:
    """The Messages API, version 1."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        name = aiohttp.encode_basic_auth(settings.VONAGE_API_KEY, settings.VONAGE_API_SECRET)
        self._headers = JSON | {"Authorization": str(name)}

    @staticmethod
    def form(order: Order) -> dict[str, Any]:
        """Shape the request; numbers stand without their plus sign."""
        return {
            "channel": "sms",
            "message_type": "text",
            "to": order.to.removeprefix("+"),
            "from": settings.VONAGE_FROM.removeprefix("+"),
            "text": order.body,
            "client_ref": order.attempt,
            "ttl": min(max(order.valid_for, SHORTEST_VALID), LONGEST_VALID),
        }

    async def send(self, order: Order) -> Accepted:
        """Hand over a text."""
        http.may_be_reached(order.to, through=base_url())
        url = f"{base_url()}/v1/messages"
        return _taken(await self._pool.ask("POST", url, headers=self._headers, data=_json(self.form(order))), "message")


class VonageCall:
    """The Voice API, version 1."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @staticmethod
    def form(order: Order) -> dict[str, Any]:
        """Shape the request; what is said is the same for everybody and names nobody, for it cannot ask for a key."""
        return {
            "to": [{"type": "phone", "number": order.to.removeprefix("+")}],
            "from": {"type": "phone", "number": settings.VONAGE_FROM.removeprefix("+")},
            "ncco": [{"action": "talk", "text": messages.fill("call", "page_second"), "language": "en-GB", "loop": 2}],
            "ringing_timer": RINGS_FOR,
        }

    async def send(self, order: Order) -> Accepted:
        """Let a phone ring."""
        http.may_be_reached(order.to, through=base_url())
        headers = JSON | {"Authorization": f"Bearer {token()}"}
        url = f"{base_url()}/v1/calls"
        return _taken(await self._pool.ask("POST", url, headers=headers, data=_json(self.form(order))), "call")


def token() -> str:
    """Sign a token for one call (RFC 7519, RS256)."""
    now = int(time.time())  # noqa: TID251 - the network's own time, which no training may move
    claims = {
        "application_id": settings.VONAGE_APPLICATION_ID,
        "iat": now,
        "exp": now + TOKEN_LIVES,
        "jti": secrets.token_hex(16),
    }
    return jwt.encode(claims, settings.VONAGE_PRIVATE_KEY, algorithm="RS256")


def _json(form: dict[str, Any]) -> bytes:
    return json.dumps(form).encode()


def _taken(answer: dict[str, Any], what: str) -> Accepted:
    """Read the id out of a yes; one without it is no yes (F10)."""
    sid = answer.get({"message": "message_uuid", "call": "uuid"}[what])
    if not isinstance(sid, str) or not 0 < len(sid) <= LONGEST_ID:
        raise AmbiguousFailure("malformed")
    return Accepted(sid)

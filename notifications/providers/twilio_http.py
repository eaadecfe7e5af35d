"""The first network's HTTP API: its account, its forms, and where it tells us of a try."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import quote_plus

import aiohttp
from django.conf import settings
from django.urls import reverse

from notifications.providers import http
from notifications.providers.http import Pool

API = "https://api.twilio.com"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
Form = Sequence[tuple[str, str]]


def base_url() -> str:
    """Give the API's address."""
    return http.address(settings.TWILIO_BASE_URL or API, named="TWILIO_BASE_URL")


class Account:
    """Our account there, spoken to over a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._url = f"{base_url()}/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}"
        self._name = {
            "Authorization": str(aiohttp.encode_basic_auth(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN))
        }

    async def post(self, what: str, form: Form) -> dict[str, Any]:
        """Create something."""
        data = encoded(form).encode()
        return await self._pool.ask("POST", f"{self._url}/{what}", headers=self._name | FORM, data=data)

    async def get(self, what: str, query: Form) -> dict[str, Any]:
        """Read a list; `+44` travels as %2B44 (decision 19)."""
        return await self._pool.ask("GET", f"{self._url}/{what}?{encoded(query)}", headers=self._name)


def may_be_reached(to: str) -> None:
    """Refuse a drama number but on this machine's own network."""
    http.may_be_reached(to, through=base_url())


QUOTED = {byte: quote_plus(bytes([byte])) for byte in range(256)}


def encoded(form: Form) -> str:
    """Encode a form as `urlencode` does; that one goes mark by mark and costs a sixth of sending a message."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in form)


def _quoted(text: str) -> str:
    return text.encode().decode("latin-1").translate(QUOTED)


def callback(name: str, attempt: str, *more: str) -> str:
    """Give the address at which the network tells us of a try; it carries the attempt's id and no name (N19)."""
    return str(settings.PUBLIC_BASE_URL) + _path(name, *more).replace(BLANK, attempt)


@cache
def _path(name: str, *more: str) -> str:
    return reverse(name, args=[BLANK, *more])


BLANK = "attempt"

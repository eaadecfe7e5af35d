"""Requests from the network to the service: signed, on this machine only, and faulty on demand."""

import asyncio
import ipaddress
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from .clock import iso
from .faults import CALLBACKS, Rule
from .signing import HEADER, signature

if TYPE_CHECKING:
    from .network import Network

TIMEOUT = aiohttp.ClientTimeout(total=15)  # the provider's own patience
KEPT = 5000
AGAIN_AFTER = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answered; status 0 means that it could not be reached."""

    status: int
    media_type: str = ""
    text: str = ""

    @property
    def good(self) -> bool:
        """Say whether the service took it."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that was made, for whoever checks."""

    at: str
    url: str
    form: dict[str, str]
    status: int


class Callbacks:
    """Makes the network's requests to the service."""

    def __init__(self, network: "Network") -> None:
        self._network = network
        self._session: aiohttp.ClientSession | None = None
        self._held: dict[str, list[Mapping[str, str]]] = {}
        self.sent: deque[Sent] = deque(maxlen=KEPT)

    async def request(self, url: str, form: Mapping[str, str], *, method: str = "POST", forged: bool = False) -> Answer:
        """Make one signed request; try once more when nobody listens, as the provider does."""
        try:
            answer = await self._once(url, form, method=method, forged=forged)
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(AGAIN_AFTER)
            answer = await self._once_more(url, form, method=method, forged=forged)
        self.sent.append(Sent(iso(self._network.clock.now()), url, dict(form), answer.status))
        return answer

    async def _once_more(self, url: str, form: Mapping[str, str], *, method: str, forged: bool) -> Answer:
        try:
            return await self._once(url, form, method=method, forged=forged)
        except aiohttp.ClientConnectionError:
            return Answer(0)

    async def _once(self, url: str, form: Mapping[str, str], *, method: str, forged: bool) -> Answer:
        get = method.upper() == "GET"
        target = URL(url, encoded=True).extend_query(form) if get else URL(url, encoded=True)
        token = "forged" if forged else self._network.settings.auth_token
        signed = signature(token=token, url=str(target), form={} if get else form)
        try:
            async with self._open().request(
                "GET" if get else "POST",
                target,
                data=None if get else form,
                headers={HEADER: signed},
                allow_redirects=False,
            ) as response:
                return Answer(response.status, response.content_type, await response.text(errors="replace"))
        except (TimeoutError, aiohttp.ClientPayloadError, aiohttp.ClientResponseError):
            return Answer(0)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    async def status(
        self, url: str, form: Mapping[str, str], *, to: str, about: str, last: bool, method: str = "POST"
    ) -> None:
        """Tell the service of a new status, or do what a fault rule wants instead."""
        if not url:
            return
        rule = None if about in self._held else self._network.faults.take("callback", to, CALLBACKS)
        if about in self._held or (rule and rule.do == "shuffle_callbacks"):
            self._held.setdefault(about, []).append(form)
            await self._release(url, about, last=last, method=method)
        elif rule:
            await self._faulty(rule, url, form, method=method)
        else:
            await self.request(url, form, method=method)

    async def _release(self, url: str, about: str, *, last: bool, method: str) -> None:
        """Send held statuses, newest first, once the last one is there."""
        if last:
            for form in reversed(self._held.pop(about)):
                await self.request(url, form, method=method)

    async def _faulty(self, rule: Rule, url: str, form: Mapping[str, str], *, method: str) -> None:
        match rule.do:
            case "drop_callback":
                return
            case "duplicate_callback":
                await asyncio.gather(*(self.request(url, form, method=method) for _ in range(rule.number("n"))))
            case "delay_callback":
                self._network.spawn(self._later(rule.number("ms") / 1000, url, form, method=method))
            case "forge_callback":
                await self.request(url, form, method=method, forged=True)
            case "contradict_callback":
                await self.request(url, form, method=method)
                await self.request(url, contrary(form), method=method)

    async def _later(self, seconds: float, url: str, form: Mapping[str, str], *, method: str) -> None:
        await asyncio.sleep(seconds)
        await self.request(url, form, method=method)

    def as_json(self) -> list[dict[str, object]]:
        """Show every request made to the service, oldest first."""
        return [asdict(sent) for sent in self.sent]

    async def close(self) -> None:
        """Hang up every connection."""
        if self._session is not None:
            await self._session.close()


def contrary(form: Mapping[str, str]) -> dict[str, str]:
    """Turn a status report into its opposite."""
    name = "MessageStatus" if "MessageStatus" in form else "CallStatus"
    opposite = {"delivered": "undelivered", "sent": "failed", "completed": "failed"}.get(form[name], "delivered")
    return dict(form) | {name: opposite}


def is_near(url: str) -> bool:
    """Say whether an address is http(s) on this machine: the network calls nowhere else."""
    try:
        parts = URL(url)
        if parts.scheme not in {"http", "https"} or not parts.host:
            return False
        return parts.host == "localhost" or ipaddress.ip_address(parts.host).is_loopback
    except ValueError:
        return False

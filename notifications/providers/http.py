"""One keep-alive pool to the HTTP API of any network; what comes back is an answer, or one of three failures."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from notifications import numbers
from notifications.providers.codes import Blame, blame
from notifications.providers.port import AmbiguousFailure, PermanentFailure, TemporaryFailure
from notifications.waits import wait
from peer.crash import crash_point

MOST_BYTES = 2_000_000  # of an answer; a longer one is not the provider's
LONGEST_CODE, LONGEST_ID = 20, 40  # as our rows keep them
LONGEST_REST = 86_400.0  # seconds that we wait because an answer asked for it
Result = TypeVar("Result")


def address(given: str, *, named: str) -> str:
    """Give a network's address; a demo never leaves this machine, nothing else than this machine goes without TLS."""
    if not is_loopback(given):
        if settings.DEMO:
            raise ImproperlyConfigured(f"The demo sends to this machine only; {named} is another one.")
        if urlsplit(given).scheme != "https":
            raise ImproperlyConfigured(f"{named} must be https.")
    return given.rstrip("/")


@cache
def is_loopback(url: str) -> bool:
    """Tell whether an address is this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Pool:
    """Connections of one dispatcher, and a thread that drives them; made, used and closed by the thread that sends."""

    def __init__(self, *, connections: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._driver = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._driver.start()

    def start(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Let the driver work on something meanwhile; it touches no database."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Wait until the driver is done with something."""
        return self.start(work).result()

    def close(self) -> None:
        """Hang up every connection, and leave what is still on its way to the sweep."""
        self.run(self._hang_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._driver.join()
        self._loop.close()

    async def _hang_up(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], data: bytes | None = None
    ) -> dict[str, Any]:
        """Make one request, its address as it is; only an answer that says yes in full counts as one."""
        try:
            async with self._open().request(method, _as_it_is(url), data=data, headers=headers) as response:
                return _judge(response.status, response.headers, await _read(response))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as problem:
            raise TemporaryFailure("unreachable") from problem  # no byte of it has left
        except (aiohttp.ClientError, TimeoutError, OSError) as problem:
            raise AmbiguousFailure("no_answer") from problem

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=15),
                timeout=aiohttp.ClientTimeout(total=wait("answer").total_seconds()),
                trace_configs=[_trace()] if settings.CRASH_AT else [],
            )
        return self._session


def _as_it_is(url: str) -> Any:
    from yarl import URL  # noqa: PLC0415 - comes with aiohttp, which keeps our escapes only as this type

    return URL(url, encoded=True)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(65536):
        size += len(chunk)
        if size > MOST_BYTES:
            raise AmbiguousFailure("too_long")
        chunks.append(chunk)
    return b"".join(chunks)


def _judge(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Turn an answer into its JSON or into a failure; half an answer is no answer (F10)."""
    if status >= 500:
        raise AmbiguousFailure(status)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if status < 300:
        if not isinstance(answer, dict):
            raise AmbiguousFailure("malformed")
        return answer
    code = str(answer.get("code", status))[:LONGEST_CODE] if isinstance(answer, dict) else str(status)
    if status == 429 or blame(code) is Blame.LATER:
        raise TemporaryFailure(code, retry_after=_seconds(headers.get("Retry-After", "")))
    if status in {401, 402, 403} or blame(code) is Blame.ACCOUNT:
        raise TemporaryFailure(code, retry_after=wait("stopped").total_seconds())
    raise PermanentFailure(code)


def _seconds(value: str) -> float | None:
    return min(float(value), LONGEST_REST) if value.isdecimal() else None


def may_be_reached(to: str, *, through: str) -> None:
    """Refuse a drama number anywhere but on this machine's own network: it would cost money and reach nobody."""
    if numbers.is_drama(to) and not is_loopback(through):
        raise PermanentFailure("drama_number")


def _trace() -> aiohttp.TraceConfig:
    async def sent(_session: aiohttp.ClientSession, _context: SimpleNamespace, params: Any) -> None:
        if params.chunk:
            crash_point("C8_bytes_out")

    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(sent)
    return trace

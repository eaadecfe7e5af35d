"""How a request to the provider's API is answered when a fault rule wants it otherwise."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from .errors import Refused
from .faults import ANSWERS, Rule
from .network import Network

LONGEST_HANG = 600.0

Make = Callable[[], Awaitable[web.Response]]


async def answered(network: Network, request: web.Request, *, kind: str, to: str, make: Make) -> web.Response:
    """Do what was asked and answer, unless a rule strikes."""
    rule = network.faults.take(kind, to, ANSWERS)
    if rule is None:
        return await make()
    if rule.do.startswith("accept_then_") or rule.do == "malformed":
        return await _after(network, request, rule, await make())
    return await _instead(network, request, rule, make)


async def _after(network: Network, request: web.Request, rule: Rule, good: web.Response) -> web.Response:
    """Spoil the answer to something that was done."""
    match rule.do:
        case "accept_then_hang":
            await _hang(network)
        case "accept_then_reset":
            _cut_off(request)
        case "malformed":
            return _spoiled(str(rule.options.get("as", "cut")), good)
    return Refused(20500).response()


async def _instead(network: Network, request: web.Request, rule: Rule, make: Make) -> web.Response:
    """Refuse, or take one's time."""
    match rule.do:
        case "slow_ms":
            await asyncio.sleep(rule.number("ms") / 1000)
            return await make()
        case "hang":
            await _hang(network)
        case "reset":
            _cut_off(request)
        case "429":
            raise Refused(20429, retry_after=rule.number("retry_after"))
        case "auth_revoked":
            raise Refused(20003)
        case "error":
            raise Refused(rule.number("code"))
    raise Refused(20500)


async def _hang(network: Network) -> None:
    """Never answer; the end of the run frees the connection."""
    try:
        await asyncio.wait_for(network.closing.wait(), LONGEST_HANG)
    except TimeoutError:
        return


def _cut_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _spoiled(how: str, good: web.Response) -> web.Response:
    text = good.text or ""
    match how:
        case "html":
            return web.Response(text="<html><body><h1>Bad gateway</h1></body></html>", content_type="text/html")
        case "empty":
            return web.Response(text="", content_type="application/json")
    return web.Response(text=text[: len(text) // 2], status=good.status, content_type="application/json")

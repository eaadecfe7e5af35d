"""The HTTP server: provider API, control addresses and handset pages on one loopback port."""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from . import control, provider, second, views
from .network import Network
from .provider import NETWORK
from .settings import Settings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def make_app(settings: Settings) -> web.Application:
    """Put the network and its addresses together."""
    app = web.Application(middlewares=[at_home, provider.provider_manners, second.second_manners, plain_refusals])
    app[NETWORK] = Network(settings)
    app.add_routes([*provider.routes(), *second.routes(), *control.routes(), *views.routes()])
    app.on_response_prepare.append(_careful)
    app.on_startup.append(_begin)
    app.on_shutdown.append(_end)
    return app


@web.middleware
async def at_home(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer only those who speak to this machine by a local name, and take no form from another site."""
    origin = request.headers.get("Origin")
    if not is_loopback(urlsplit(f"//{request.host}").hostname or "") or (
        origin is not None and urlsplit(origin).netloc != request.host
    ):
        return web.json_response({"error": "This network answers its own machine only."}, status=403)
    return await handler(request)


@web.middleware
async def plain_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn a control request that cannot be followed into one sentence."""
    try:
        return await handler(request)
    except control.FAULTS as fault:
        return control.refusal(fault)


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine itself."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _careful(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


async def _begin(app: web.Application) -> None:
    app[NETWORK].restore()


async def _end(app: web.Application) -> None:
    await app[NETWORK].close()

"""What checkers and the demo ask of the network: ledger, phones, faults, clock, reset."""

import json
from datetime import timedelta

from aiohttp import web

from .addresses import whose
from .callbacks import is_near
from .faults import BadRule
from .handsets import BadHandset
from .provider import NETWORK


def routes() -> list[web.RouteDef]:
    """Return the control addresses."""
    return [
        web.get("/healthz", healthz),
        web.get("/ledger.json", ledger),
        web.get("/callbacks.json", callbacks),
        web.get("/handsets.json", list_handsets),
        web.post("/handsets", set_handsets),
        web.put("/handsets/{number}", set_handset),
        web.get("/faults", list_faults),
        web.post("/faults", add_faults),
        web.delete("/faults", clear_faults),
        web.put("/webhooks", set_webhooks),
        web.put("/clock", set_clock),
        web.post("/reset", reset),
    ]


class BadRequest(ValueError):
    """A control request that cannot be followed; its text says why."""


async def given(request: web.Request) -> object:
    """Read the JSON of a control request."""
    try:
        return json.loads(await request.text())
    except ValueError:
        raise BadRequest("The body is not JSON.") from None


def refusal(fault: Exception) -> web.Response:
    """Say in one sentence why nothing was changed."""
    return web.json_response({"error": str(fault)}, status=400)


async def healthz(request: web.Request) -> web.StreamResponse:
    """Say that the network is up."""
    return web.json_response({"status": "ok", "now": request.app[NETWORK].clock.now().isoformat()})


async def ledger(request: web.Request) -> web.StreamResponse:
    """Give what each handset received, in order; `?to=`, `?kind=` and `?since=` narrow it."""
    query = request.query
    since = query.get("since", "0")
    if not since.isdigit():
        return refusal(BadRequest("since is a sequence number."))
    found = request.app[NETWORK].ledger.as_json(
        to=whose(query.get("to", "")), kind=query.get("kind", ""), since=int(since)
    )
    return web.json_response(found)


async def callbacks(request: web.Request) -> web.StreamResponse:
    """Give the requests made to the service, oldest first."""
    return web.json_response({"callbacks": request.app[NETWORK].callbacks.as_json()})


async def list_handsets(request: web.Request) -> web.StreamResponse:
    """Give every phone."""
    return web.json_response({"handsets": request.app[NETWORK].handsets.as_json()})


async def set_handsets(request: web.Request) -> web.StreamResponse:
    """Name many phones at once: a list, each with its number."""
    network, body = request.app[NETWORK], await given(request)
    phones = body.get("handsets") if isinstance(body, dict) else body
    if not isinstance(phones, list) or not all(isinstance(phone, dict) for phone in phones):
        return refusal(BadRequest('Give {"handsets": [{"number": "+44…", "name": "…"}]}.'))
    for phone in phones:
        network.handsets.set(whose(str(phone.get("number", ""))), phone)
    return await list_handsets(request)


async def set_handset(request: web.Request) -> web.StreamResponse:
    """Name one phone or change how it behaves."""
    number = whose(request.match_info["number"])
    request.app[NETWORK].handsets.set(number, await given(request))
    return await list_handsets(request)


async def list_faults(request: web.Request) -> web.StreamResponse:
    """Give the fault rules, with what is left of each."""
    return web.json_response({"faults": request.app[NETWORK].faults.as_json()})


async def add_faults(request: web.Request) -> web.StreamResponse:
    """Add fault rules, all or none."""
    request.app[NETWORK].faults.add(await given(request))
    return await list_faults(request)


async def clear_faults(request: web.Request) -> web.StreamResponse:
    """Let everything work again."""
    request.app[NETWORK].faults.clear()
    return await list_faults(request)


async def set_webhooks(request: web.Request) -> web.StreamResponse:
    """Say where texts and calls from handsets go: `sms` and `voice`."""
    network, body = request.app[NETWORK], await given(request)
    if not isinstance(body, dict) or not all(is_near(str(url)) for url in body.values()):
        return refusal(BadRequest('Give {"sms": URL, "voice": URL} on this machine.'))
    network.webhooks |= {name: str(url) for name, url in body.items() if name in network.webhooks}
    return web.json_response(network.webhooks)


async def set_clock(request: web.Request) -> web.StreamResponse:
    """Move the network's clock together with the product's: `offset_seconds`."""
    network, body = request.app[NETWORK], await given(request)
    offset = body.get("offset_seconds") if isinstance(body, dict) else None
    if not isinstance(offset, int | float):
        return refusal(BadRequest('Give {"offset_seconds": 3600}.'))
    network.clock.offset, network.clock.file = timedelta(seconds=offset), None
    return web.json_response({"now": network.clock.now().isoformat()})


async def reset(request: web.Request) -> web.StreamResponse:
    """Begin again with an empty ledger (tests only)."""
    await request.app[NETWORK].reset()
    return web.json_response({"status": "ok"})


FAULTS = (BadRequest, BadRule, BadHandset)

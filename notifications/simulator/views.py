"""The handset pages: look at a phone, answer it, press keys, write and ring."""

import json
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from . import screens
from .acts import Problem, do
from .call import Call
from .handsets import BadHandset, Handset
from .network import Network
from .numbers import exists, is_landline, shown, typed
from .provider import NETWORK
from .screens import Markup, draw, join

ASSETS = {
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    "call.svg": "image/svg+xml",
}
QUICK_REFRESH = 3
MANY = 24
MOST_PHONES = 200


def routes() -> list[web.RouteDef]:
    """Return the addresses for people."""
    return [
        web.get("/", show_list),
        web.get("/parts.json", list_parts),
        web.get("/assets/{name}", asset),
        web.get("/handset/{number}", show_handset),
        web.get("/handset/{number}/parts.json", handset_parts),
        web.post("/handset/{number}/{what}", act),
    ]


async def asset(request: web.Request) -> web.StreamResponse:
    """Give a stylesheet, script or picture."""
    name = request.match_info["name"]
    if name not in ASSETS:
        raise web.HTTPNotFound
    return web.Response(body=(screens.PAGES / name).read_bytes(), content_type=ASSETS[name], charset="utf-8")


def page(
    request: web.Request, *, title: str, main: Markup, parts: str, refresh: int, status: int = 200
) -> web.Response:
    """Put a page together; without script it refreshes itself while a phone rings."""
    again = f'<noscript><meta http-equiv="refresh" content="{refresh}"></noscript>' if refresh else ""
    home = request.app[NETWORK].settings.home
    text = draw(
        "page",
        title=title,
        main=main,
        parts=parts,
        here=request.path,
        refresh=Markup(again),
        back="Practice phones" if request.path == "/" else "All phones",
        home=draw("home", home=home) if home else "",
    )
    return web.Response(text=text, content_type="text/html", status=status)


async def show_list(request: web.Request) -> web.StreamResponse:
    """Show every phone."""
    network, find = request.app[NETWORK], request.query.get("find", "")
    many = len(list(network.handsets)) > MANY
    main = draw("list", phones=_phones(network, find), find=draw("find", find=find) if many or find else "")
    parts = "/parts.json?" + urlencode({"find": find})
    return page(request, title="Practice phones", main=main, parts=parts, refresh=0)


async def list_parts(request: web.Request) -> web.StreamResponse:
    """Give the list anew, for the script."""
    network = request.app[NETWORK]
    if request.query.get("seen") == network.version():
        return web.Response(status=204)
    parts = {"phones": _phones(network, request.query.get("find", ""))}
    return web.json_response({"title": "Practice phones", "seen": network.version(), "parts": parts})


def _phones(network: Network, find: str) -> Markup:
    """Draw the phones: the named ones first, in their order, then the others, the newest first."""
    phones = [phone for phone in network.handsets if _fits(phone, find)]
    phones.sort(key=lambda phone: (0, 0) if phone.name else (1, -network.newest(phone.number)))
    cards = [_card(network, phone) for phone in phones[:MOST_PHONES]]
    if not cards and find:
        return Markup('<p class="empty">No phone has that name or number.</p>')
    if not cards:
        return Markup('<p class="empty">No phones yet. One appears as soon as a number gets a text or a call.</p>')
    return join(['<ul class="cards">', *cards, "</ul>"])


def _fits(phone: Handset, find: str) -> bool:
    """Compare a phone with what was looked for: part of its name, or of its number however it is typed."""
    digits = "" if any(map(str.isalpha, find)) else "".join(filter(str.isdigit, find)).lstrip("0")
    return find.strip().casefold() in phone.name.casefold() or bool(digits and digits in phone.number)


def _card(network: Network, phone: Handset) -> Markup:
    entries = network.ledger.of(phone.number)
    call = network.calls.on(phone.number)
    last, time = screens.preview(entries) if call is None else (shown(call.service), "")
    state = "" if call is None else "is-ringing" if call.status == "ringing" else "is-talking"
    return draw(
        "card",
        href=f"/handset/{phone.number}",
        name=phone.title,
        number=shown(phone.number) if phone.name else "",
        hue=screens.hue(phone.number),
        initials=screens.initials(phone),
        last=last,
        time=time,
        state=state,
        badge=_badge(state, network.unread(phone.number)),
    )


def _badge(state: str, unread: int) -> Markup:
    if state:
        return Markup(f'<span class="badge loud">{"Ringing" if state == "is-ringing" else "In a call"}</span>')
    return Markup(f'<span class="badge">{unread} new</span>') if unread else Markup("")


def _phone(request: web.Request) -> Handset:
    """Find the phone of the address; a number that could exist has one."""
    number = typed(request.match_info["number"])
    if not exists(number):
        raise web.HTTPNotFound
    return request.app[NETWORK].handsets.find(number) or Handset(number)


async def show_handset(request: web.Request) -> web.StreamResponse:
    """Show one phone."""
    return _handset_page(request, _phone(request))


def _handset_page(request: web.Request, phone: Handset, *, problem: str = "", typed_text: str = "") -> web.Response:
    network = request.app[NETWORK]
    call = network.calls.on(phone.number)
    base = f"/handset/{phone.number}"
    parts = _parts(network, phone, call)
    parts["call"] = Markup(parts["call"].replace(screens.NO_CAPTIONS, parts["captions"]))
    main = draw(
        "handset",
        **parts,
        beside=draw("lock_beside", lock=parts["lock"]) if "lock" in parts else draw("no_screen"),
        name=phone.title,
        number=shown(phone.number) if phone.name else "",
        hue=screens.hue(phone.number),
        initials=screens.initials(phone),
        text_action=f"{base}/text",
        ring_action=f"{base}/ring",
        to_field=_to_field(network, phone),
        problem=problem,
        typed=typed_text,
    )
    network.read(phone.number)
    return page(
        request,
        title=_title(phone, call),
        main=main,
        parts=f"{base}/parts.json?",
        refresh=QUICK_REFRESH if call else 0,
        status=400 if problem else 200,
    )


def _parts(network: Network, phone: Handset, call: Call | None) -> dict[str, Markup]:
    entries = network.ledger.of(phone.number)
    here = network.clock.now()
    lock = {} if is_landline(phone.number) else {"lock": screens.lock_screen(entries, now=here, call=call)}
    return lock | {
        "call": screens.call_panel(call, base=f"/handset/{phone.number}"),
        "captions": screens.captions(entry for entry in entries if call and entry.sid == call.sid),
        "thread": screens.thread(entries, live=call.sid if call else ""),
    }


async def handset_parts(request: web.Request) -> web.StreamResponse:
    """Give the moving parts of a phone anew, for the script."""
    network, phone = request.app[NETWORK], _phone(request)
    call = network.calls.on(phone.number)
    network.read(phone.number)
    if request.query.get("seen") == network.version():
        return web.Response(status=204)
    title = _title(phone, call)
    parts = _parts(network, phone, call) | {"news": Markup(escape(screens.news(network.ledger.of(phone.number))))}
    return web.json_response({"quick": call is not None, "title": title, "seen": network.version(), "parts": parts})


def _title(phone: Handset, call: Call | None) -> str:
    return f"{'Ringing: ' if call and call.status == 'ringing' else ''}{phone.title} – practice phone"


def _to_field(network: Network, phone: Handset) -> Markup:
    """Offer the service's numbers, the one that wrote last first."""
    spoken = [entry.service for entry in reversed(network.ledger.of(phone.number)) if entry.service]
    numbers = list(dict.fromkeys([*spoken, *network.service_numbers]))
    if not numbers:
        return Markup('<label for="to">To</label><input id="to" name="to" inputmode="tel" autocomplete="off">')
    options = join(f'<option value="{escape(number)}">{escape(shown(number))}</option>' for number in numbers)
    return Markup(f'<label for="to">To</label><select id="to" name="to">{options}</select>')


async def act(request: web.Request) -> web.StreamResponse:
    """Do something with a phone, from a form or as JSON."""
    network, phone = request.app[NETWORK], _phone(request)
    values = await _values(request)
    as_json = "application/json" in {request.content_type, request.headers.get("Accept")}
    try:
        done = await do(network, phone, request.match_info["what"], values)
    except Problem as problem:
        if as_json:
            return web.json_response({"error": str(problem)}, status=409)
        return _handset_page(request, phone, problem=str(problem), typed_text=values.get("body", ""))
    if as_json:
        return web.json_response(done)
    raise web.HTTPSeeOther(f"/handset/{phone.number}")


async def _values(request: web.Request) -> dict[str, str]:
    if request.content_type != "application/json":
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    try:
        found = json.loads(await request.text() or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadHandset("The body is not a JSON object.")
    return {str(name): str(value) for name, value in found.items()}

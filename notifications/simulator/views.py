"""The handset pages: look at a phone, answer it, press keys, write and ring."""

import json
from collections.abc import Mapping
from html import escape

from aiohttp import web

from . import screens
from .calls import Call
from .handsets import BadHandset, Handset
from .lines import Act, HungUp
from .network import Network
from .numbers import exists, shown, typed
from .provider import NETWORK
from .screens import Markup, draw, join

ASSETS = {
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    "call.svg": "image/svg+xml",
}
QUICK_REFRESH = 3


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


class Problem(ValueError):
    """Something that this phone cannot do now; its text says why."""


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
    main = draw("list", phones=_phones(request.app[NETWORK]))
    return page(request, title="Practice phones", main=main, parts="/parts.json", refresh=0)


async def list_parts(request: web.Request) -> web.StreamResponse:
    """Give the list anew, for the script."""
    return web.json_response({"title": "Practice phones", "parts": {"phones": _phones(request.app[NETWORK])}})


def _phones(network: Network) -> Markup:
    cards = [_card(network, phone) for phone in network.handsets]
    if not cards:
        return Markup('<p class="empty">No phones yet. One appears as soon as a number gets a text or a call.</p>')
    return join(['<ul class="cards">', *cards, "</ul>"])


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
        parts=f"{base}/parts.json",
        refresh=QUICK_REFRESH if call else 0,
        status=400 if problem else 200,
    )


def _parts(network: Network, phone: Handset, call: Call | None) -> dict[str, Markup]:
    entries = network.ledger.of(phone.number)
    return {
        "call": screens.call_panel(call, base=f"/handset/{phone.number}"),
        "captions": screens.captions(entry for entry in entries if call and entry.sid == call.sid),
        "thread": screens.thread(entries, live=call.sid if call else ""),
        "lock": screens.lock_screen(entries, now=network.clock.now(), call=call),
    }


async def handset_parts(request: web.Request) -> web.StreamResponse:
    """Give the moving parts of a phone anew, for the script."""
    network, phone = request.app[NETWORK], _phone(request)
    call = network.calls.on(phone.number)
    network.read(phone.number)
    title = _title(phone, call)
    parts = _parts(network, phone, call) | {"news": Markup(escape(screens.news(network.ledger.of(phone.number))))}
    return web.json_response({"quick": call is not None, "title": title, "parts": parts})


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


async def do(network: Network, phone: Handset, what: str, values: Mapping[str, str]) -> dict[str, object]:
    """Do one thing with a phone."""
    match what:
        case "text":
            message = await network.messages.from_handset(
                handset=phone.number, service=_service(network, values), body=_words(values, "body")
            )
            return message.as_json()
        case "ring":
            _free(network, phone)
            return (await network.calls.from_handset(handset=phone.number, service=_service(network, values))).as_json()
        case "answer" | "decline" | "voicemail":
            call = _call(network, phone, "ringing")
            call.line.put(Act(what))
        case "press":
            call = _call(network, phone, "in-progress")
            await _press(network, call, values.get("key", ""))
        case "say":
            call = _call(network, phone, "in-progress")
            await network.calls.does(call, Act("say", _words(values, "words")))
        case "hangup":
            call = _call(network, phone)
            call.line.put(HungUp())
        case _:
            raise web.HTTPNotFound
    return call.as_json()


async def _press(network: Network, call: Call, keys: str) -> None:
    if not keys or set(keys) - set(screens.KEYS):
        raise Problem("Press one of the keys 0 to 9, star or hash.")
    for key in keys:
        await network.calls.does(call, Act("key", key))


def _call(network: Network, phone: Handset, status: str = "") -> Call:
    call = network.calls.on(phone.number)
    if call is None or status not in {"", call.status}:
        raise Problem("That call is over." if status != "ringing" else "This phone is not ringing any more.")
    return call


def _free(network: Network, phone: Handset) -> None:
    if network.calls.on(phone.number):
        raise Problem("This phone is in a call. Hang up first.")


def _service(network: Network, values: Mapping[str, str]) -> str:
    number = typed(values.get("to", "")) or next(iter(network.service_numbers), "")
    if not exists(number):
        raise Problem("Type the number as it is on the card, like 020 7946 0100.")
    return number


def _words(values: Mapping[str, str], name: str) -> str:
    words = values.get(name, "")
    if not words.strip():
        raise Problem("Type some words first.")
    return words[:1600]

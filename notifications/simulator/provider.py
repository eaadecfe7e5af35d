"""The provider's HTTP API: Messages and Calls, as its published description has them."""

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from aiohttp import web

from .answers import answered
from .errors import Refused
from .network import Network
from .numbers import typed
from .recordings import silence

ROOT = "/2010-04-01/Accounts/{account}"
MOST_ON_A_PAGE = 1000
NETWORK = web.AppKey("network", Network)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Item(Protocol):
    """A text or a call in a list."""

    sid: str
    created: datetime

    def as_json(self) -> dict[str, object]:
        """Show it in the provider's shape."""


def routes() -> list[web.RouteDef]:
    """Return the API's addresses."""
    return [
        web.post(f"{ROOT}/Messages.json", create_message),
        web.get(f"{ROOT}/Messages.json", list_messages),
        web.get(f"{ROOT}/Messages/{{sid}}.json", fetch_message),
        web.post(f"{ROOT}/Messages/{{sid}}.json", update_message),
        web.delete(f"{ROOT}/Messages/{{sid}}.json", delete_message),
        web.post(f"{ROOT}/Calls.json", create_call),
        web.get(f"{ROOT}/Calls.json", list_calls),
        web.get(f"{ROOT}/Calls/{{sid}}.json", fetch_call),
        web.post(f"{ROOT}/Calls/{{sid}}.json", update_call),
        web.delete(f"{ROOT}/Calls/{{sid}}.json", delete_call),
        web.get(f"{ROOT}/Conferences.json", list_conferences),
        web.get(f"{ROOT}/Conferences/{{sid}}.json", fetch_conference),
        web.get(f"{ROOT}/Conferences/{{sid}}/Participants.json", list_participants),
        web.get(f"{ROOT}/Recordings/{{sid}}", fetch_recording),
        web.delete(f"{ROOT}/Recordings/{{sid}}", delete_recording),
    ]


@web.middleware
async def provider_manners(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Ask for the account's credentials and say every no in the provider's shape."""
    if not request.path.startswith("/2010-04-01/"):
        return await handler(request)
    try:
        _authenticate(request)
        return await handler(request)
    except Refused as refused:
        return refused.response()
    except web.HTTPNotFound:
        return Refused(20404).response()
    except ValueError:
        return Refused(20001).response()


def _authenticate(request: web.Request) -> None:
    settings = request.app[NETWORK].settings
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        account, _, token = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(20003) from None
    same = hmac.compare_digest(account + ":" + token, f"{settings.account_sid}:{settings.auth_token}")
    if scheme.lower() != "basic" or not same or request.match_info.get("account") not in {None, account}:
        raise Refused(20003)


async def _form(request: web.Request) -> dict[str, str]:
    """Read the form; of a repeated field the last value counts."""
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


async def create_message(request: web.Request) -> web.StreamResponse:
    """Accept a text."""
    network, form = request.app[NETWORK], await _form(request)

    async def make() -> web.Response:
        return web.json_response((await network.messages.create(form)).as_json(), status=201)

    return await answered(network, request, kind="sms", to=form.get("To", ""), make=make)


async def create_call(request: web.Request) -> web.StreamResponse:
    """Accept a call."""
    network, form = request.app[NETWORK], await _form(request)
    events = [str(event) for event in (await request.post()).getall("StatusCallbackEvent", [])]

    async def make() -> web.Response:
        return web.json_response(network.calls.create(form, events=events).as_json(), status=201)

    return await answered(network, request, kind="call", to=form.get("To", ""), make=make)


async def list_messages(request: web.Request) -> web.StreamResponse:
    """List texts, newest first, by To, From and DateSent."""
    network, query = request.app[NETWORK], request.query

    async def make() -> web.Response:
        found = (
            message
            for message in network.messages
            if _is(query, "To", message.to)
            and _is(query, "From", message.sender)
            and _within(query, "DateSent", message.sent or message.created)
        )
        return web.json_response(_page(request, "messages", found))

    return await answered(network, request, kind="list", to=typed(query.get("To", "")), make=make)


async def list_calls(request: web.Request) -> web.StreamResponse:
    """List calls, newest first, by To, From, Status and StartTime."""
    network, query = request.app[NETWORK], request.query

    async def make() -> web.Response:
        found = (
            call
            for call in network.calls
            if _is(query, "To", call.to)
            and _is(query, "From", call.sender)
            and query.get("Status", call.status) == call.status
            and query.get("ParentCallSid", call.parent) == call.parent
            and _within(query, "StartTime", call.started or call.created)
        )
        return web.json_response(_page(request, "calls", found))

    return await answered(network, request, kind="list", to=typed(query.get("To", "")), make=make)


async def fetch_message(request: web.Request) -> web.StreamResponse:
    """Show one text."""
    return web.json_response(request.app[NETWORK].messages.get(request.match_info["sid"]).as_json())


async def update_message(request: web.Request) -> web.StreamResponse:
    """Take a text's body away, or cancel it."""
    message = request.app[NETWORK].messages.update(request.match_info["sid"], await _form(request))
    return web.json_response(message.as_json())


async def delete_message(request: web.Request) -> web.StreamResponse:
    """Forget a text."""
    request.app[NETWORK].messages.delete(request.match_info["sid"])
    return web.Response(status=204)


async def fetch_call(request: web.Request) -> web.StreamResponse:
    """Show one call."""
    return web.json_response(request.app[NETWORK].calls.get(request.match_info["sid"]).as_json())


async def update_call(request: web.Request) -> web.StreamResponse:
    """End a call or send it to another script."""
    call = request.app[NETWORK].calls.update(request.match_info["sid"], await _form(request))
    return web.json_response(call.as_json())


async def delete_call(request: web.Request) -> web.StreamResponse:
    """Forget a call."""
    request.app[NETWORK].calls.delete(request.match_info["sid"])
    return web.Response(status=204)


async def list_conferences(request: web.Request) -> web.StreamResponse:
    """List conferences, newest first, by FriendlyName and Status."""
    query = request.query
    found = (
        room
        for room in request.app[NETWORK].conferences
        if query.get("FriendlyName", room.name) == room.name and query.get("Status", room.status) == room.status
    )
    return web.json_response(_page(request, "conferences", found))


async def fetch_conference(request: web.Request) -> web.StreamResponse:
    """Show one conference."""
    return web.json_response(request.app[NETWORK].conferences.get(request.match_info["sid"]).as_json())


async def list_participants(request: web.Request) -> web.StreamResponse:
    """List who is in a conference."""
    room = request.app[NETWORK].conferences.get(request.match_info["sid"])
    return web.json_response({"participants": room.participants(), "page": 0, "page_size": 50, "uri": request.path})


async def fetch_recording(request: web.Request) -> web.StreamResponse:
    """Give a recording: silence, since people type here instead of speaking."""
    if request.match_info["sid"].partition(".")[0] not in request.app[NETWORK].recordings:
        raise Refused(20404)
    return web.Response(body=silence(), content_type="audio/wav")


async def delete_recording(request: web.Request) -> web.StreamResponse:
    """Forget a recording."""
    request.app[NETWORK].recordings.pop(request.match_info["sid"].partition(".")[0], None)
    return web.Response(status=204)


def _is(query: Mapping[str, str], name: str, value: str) -> bool:
    """Compare a number with its filter; a plus sign may have been lost to the query."""
    wanted = query.get(name)
    return not wanted or value in {wanted, typed(wanted)}


def _within(query: Mapping[str, str], name: str, moment: datetime) -> bool:
    """Compare a moment, in whole seconds, with `Name` (that day), `Name<` and `Name>` (both inclusive)."""
    second = moment.replace(microsecond=0)
    on, until, since = query.get(name), query.get(name + "<"), query.get(name + ">")
    return (
        (not on or _moment(on, end=False).date() == second.date())
        and (not until or second <= _moment(until, end=True))
        and (not since or second >= _moment(since, end=False))
    )


def _moment(given: str, *, end: bool) -> datetime:
    """Read a date or a time; a bare date means its first second, or its last as an end."""
    moment = datetime.fromisoformat(given)
    if len(given) == len("2026-01-01") and end:
        moment += timedelta(days=1, seconds=-1)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _page(request: web.Request, name: str, found: Iterable[Item]) -> dict[str, object]:
    """Cut one page out of a list; the token names the last item seen, so that new ones do not shift it."""
    size = min(MOST_ON_A_PAGE, max(1, int(request.query.get("PageSize", "50"))))
    number, after = int(request.query.get("Page", "0")), request.query.get("PageToken", "")[2:]
    items, more = _after(found, after, size)
    start = number * size

    def uri(page: int, token: str = "") -> str:
        kept = {key: value for key, value in request.query.items() if key not in {"PageSize", "Page", "PageToken"}}
        query = kept | {"PageSize": str(size), "Page": str(page)} | ({"PageToken": "PA" + token} if token else {})
        return f"{request.path}?{urlencode(query)}"

    return {
        name: [item.as_json() for item in items],
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(0, len(items) - 1),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1, items[-1].sid) if more else None,
        "previous_page_uri": None,
        "uri": uri(number, after),
    }


def _after(found: Iterable[Item], sid: str, size: int) -> tuple[list[Item], bool]:
    items, passed = [], not sid
    for item in found:
        if passed:
            items.append(item)
            if len(items) > size:
                return items[:size], True
        elif item.sid == sid:
            passed = True
    return items, False

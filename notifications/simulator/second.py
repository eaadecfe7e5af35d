"""The HTTP API of a second network that reaches the same phones: a text, a call that brings its words along."""

import base64
import binascii
import hmac
import secrets
import uuid
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import jwt
from aiohttp import web

from .answers import answered
from .errors import Refused
from .ledger import Kind
from .network import Network
from .numbers import call_to_fault, exists, text_to_fault
from .provider import NETWORK, Handler

ROOT = "/v1/"


def routes() -> list[web.RouteDef]:
    """Return the API's addresses."""
    return [web.post(f"{ROOT}messages", create_message), web.post(f"{ROOT}calls", create_call)]


@web.middleware
async def second_manners(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Say every no of this network as a problem in JSON (RFC 9457)."""
    if not request.path.startswith(ROOT):
        return await handler(request)
    try:
        return await handler(request)
    except Refused as refused:
        return _problem(refused.response().status, refused)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return _problem(422)


def _problem(status: int, refused: Refused | None = None) -> web.Response:
    headers = {"Retry-After": str(refused.retry_after)} if refused and refused.retry_after is not None else {}
    body = {"type": "about:blank", "title": f"No ({status})", "instance": secrets.token_hex(8)}
    return web.json_response(body, status=status, headers=headers, content_type="application/problem+json")


async def create_message(request: web.Request) -> web.StreamResponse:
    """Accept a text; the ledger has it before the yes is said."""
    network = request.app[NETWORK]
    _may_text(network, request)
    form: Mapping[str, Any] = await request.json()
    to, sender, sid = _number(form["to"]), _number(form["from"]), str(uuid.uuid4())

    async def make() -> web.Response:
        if form["channel"] != "sms" or form["message_type"] != "text" or not form["text"] or text_to_fault(to):
            raise Refused(21211)
        network.handsets.get(to)
        network.meet(sender)
        await network.ledger.record(
            Kind.TEXT, to=to, sid=sid, service=sender, body=str(form["text"]), attempt=str(form.get("client_ref", ""))
        )
        return web.json_response({"message_uuid": sid}, status=202)

    return await answered(network, request, kind="second_sms", to=to, make=make)


async def create_call(request: web.Request) -> web.StreamResponse:
    """Accept a call and begin to ring; what is said is the script's own."""
    network = request.app[NETWORK]
    _may_call(network, request)
    form: Mapping[str, Any] = await request.json()
    to, sender = _number(form["to"][0]["number"]), _number(form["from"]["number"])
    words = [str(act["text"]) for act in form["ncco"] if act["action"] == "talk" for _ in range(int(act["loop"]))]

    async def make() -> web.Response:
        if not words or call_to_fault(to) or not exists(sender):
            raise Refused(21211)
        script = "".join(f"<Say>{escape(sentence)}</Say>" for sentence in words)
        call = network.calls.create(
            {
                "To": to,
                "From": sender,
                "Twiml": f"<Response>{script}<Hangup/></Response>",
                "Timeout": str(form.get("ringing_timer", 60)),
            },
            events=(),
        )
        answer = {
            "uuid": str(uuid.uuid4()),
            "status": "started",
            "direction": "outbound",
            "conversation_uuid": call.sid,
        }
        return web.json_response(answer, status=201)

    return await answered(network, request, kind="second_call", to=to, make=make)


def _may_text(network: Network, request: web.Request) -> None:
    """Ask for the account's name and secret."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = f"{network.settings.account_sid}:{network.settings.auth_token}"
    try:
        named = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(20003) from None
    if scheme.lower() != "basic" or not hmac.compare_digest(named, wanted):
        raise Refused(20003)


def _may_call(network: Network, request: web.Request) -> None:
    """Ask for a token that the application has signed (RFC 7519)."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    try:
        claims = jwt.decode(
            given, network.settings.second_key, algorithms=["RS256"], options={"require": ["exp", "jti"]}
        )
    except jwt.PyJWTError:
        raise Refused(20003) from None
    if scheme.lower() != "bearer" or claims.get("application_id") != network.settings.account_sid:
        raise Refused(20003)


def _number(given: object) -> str:
    """Read a number, which this network writes without its plus sign."""
    if not isinstance(given, str) or given.startswith("+"):
        raise Refused(21211)
    return "+" + given

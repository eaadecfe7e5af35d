"""Between the web and the gate: request ids and form nonces in, pages whole or in part out."""

from __future__ import annotations

import functools
import secrets
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from allauth.account.adapter import get_adapter
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from peer import gate, grants
from peer.roles import Perm
from peer.states import IllegalMove, RuleBroken, StaleMove

if TYPE_CHECKING:
    from peer.models import User

Result = TypeVar("Result")
Row = TypeVar("Row")
View = Callable[..., HttpResponse]
MOST_PAGES = 500


class GateMiddleware:
    """Gives each request an id and a memory for rights, hands the form's nonce to the gate, and speaks its refusals."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; pages of people who are signed in are never stored."""
        nonce = request.POST.get("form_nonce", "")[:40] if request.method == "POST" else ""
        asked = gate.request.set(gate.Request(request_id=uuid.uuid4().hex, nonce=nonce))
        memory = grants.kept.set({})
        try:
            response = self.get_response(request)
        finally:
            gate.request.reset(asked)
            grants.kept.reset(memory)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            patch_cache_control(response, no_store=True, private=True)
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Turn the gate's refusals into pages: a repeat goes to the first result, a lost race says so (409)."""
        if isinstance(problem, gate.AlreadyDone):
            return HttpResponseRedirect(_first_result(problem, request))
        if isinstance(problem, gate.NotAllowed):
            return render(request, "403.html", status=403)
        if isinstance(problem, StaleMove | IllegalMove):
            return render(request, "409.html", status=409)
        return None


def _first_result(problem: gate.AlreadyDone, request: HttpRequest) -> str:
    """Find the page of what the first submit made or changed, else the page the form was on (decision 25)."""
    messages.info(request, _("We already have that. You don’t need to send it again."))
    first = problem.first
    for kind, pk in ((first.result_kind, first.result_id), (first.target_kind, first.target_id)):
        page = _page_of(kind, pk, request)
        if page:
            return page
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return came_from
    return str(settings.LOGIN_REDIRECT_URL)


def _page_of(kind: str, pk: int | None, request: HttpRequest) -> str:
    """Give the address of a row that this person may see, or nothing."""
    try:
        rows = apps.get_model(kind)._default_manager
    except (LookupError, ValueError):
        return ""
    if not hasattr(rows, "visible_to"):
        return ""
    row = rows.visible_to(request.user).filter(pk=pk).first()
    return str(row.get_absolute_url()) if hasattr(row, "get_absolute_url") else ""


def who(request: HttpRequest) -> User:
    """Name who asks; only for views that nobody reaches without signing in."""
    return cast("User", request.user)


def first_or_404(rows: list[Row]) -> Row:
    """Give the one row that was asked for; what one may not see is not there."""
    if not rows:
        raise Http404
    return rows[0]


def number(text: str | None) -> int | None:
    """Read a key of a row as it stands in an address; what is none, or is larger than any, is nothing."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def page_number(request: HttpRequest) -> int:
    """Read which page of a list is asked for; what is no number is the first."""
    given = request.GET.get("page", "")
    is_number = given.isascii() and given.isdecimal() and len(given) < 5
    return min(max(int(given), 1), MOST_PAGES) if is_number else 1


def sender(request: HttpRequest, *, door: str) -> str:
    """Fold where a request comes from into a value that tells nobody where that is, another for each door."""
    return salted_hmac(door, get_adapter(request).get_client_ip(request), algorithm="sha256").hexdigest()


def acted(form: forms.Form, act: Callable[[], Result]) -> Result | None:
    """Act; where a rule of the service says no, put its sentence on the form and give None."""
    try:
        return act()
    except RuleBroken as rule:
        form.add_error(None, str(rule))
        return None


def pressed(request: HttpRequest, act: Callable[[], object], *, done: str = "") -> bool:
    """Do what one button does, and say on the next page how it went; tell whether a rule let it be done."""
    try:
        act()
    except RuleBroken as rule:
        messages.error(request, str(rule))
        return False
    if done:
        messages.success(request, done)
    return True


def once(request: HttpRequest, act: Callable[[str], Result], *, made: Callable[[str], Result]) -> Result:
    """Act with the nonce of a form of a visitor; where that very form came in the same instant, give what it `made`."""
    nonce = request.POST.get("form_nonce", "")[:40]
    try:
        return act(nonce)
    except IntegrityError:
        return made(nonce)


def new_nonce() -> str:
    """Make the hidden value that lets a form count once (decision 25)."""
    return secrets.token_urlsafe(16)


def page_context(request: HttpRequest) -> dict[str, Any]:
    """Give every template what it may ask for without a query."""
    return {"demo": settings.DEMO, "service_name": settings.SERVICE_NAME, "service_phone": settings.SERVICE_PHONE}


def render_page(
    request: HttpRequest, page: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a whole page, or only its part for htmx."""
    is_part = bool(getattr(request, "htmx", False))
    return render(request, part if is_part else page, dict(context), status=status)


def only_with(perm: Perm) -> Callable[[View], View]:
    """Keep a page of staff from people who hold no role for it in any group: to them it was never there (404)."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            or_404(gate.has_role_for(who(request), perm) or None)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def for_whom_may(request: HttpRequest, act: Callable[..., Any], thing: Result) -> Result:
    """Give the thing to whoever may do this act to it; for anybody else it was never there (404)."""
    perm: Perm = act.perm  # type: ignore[attr-defined]
    or_404(gate.can(who(request), perm, thing) or None)
    return thing


def or_404(row: Any) -> Any:
    """Answer the same 404 for what is missing and for what may not be seen."""
    if row is None:
        raise Http404
    return row

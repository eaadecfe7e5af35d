"""Which methods an address takes; whoever comes by another meets a page of ours, with crisis help (405, safety X5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators import http

View = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD")


def require_http_methods(methods: list[str]) -> Callable[[View], View]:
    """Take these methods alone, and let the middleware below know them before it asks who you are."""

    def decorate(view: View) -> View:
        guarded = http.require_http_methods(methods)(view)
        guarded.methods = tuple(methods)  # type: ignore[attr-defined]
        return guarded

    return decorate


require_safe = require_http_methods([*SAFE])
require_POST = require_http_methods(["POST"])  # noqa: N816 - Django's name


class MethodMiddleware:
    """Answers a wrong method with our page before anybody is sent to sign in for an address that shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put our page where a view, ours or a library's, answered with an empty 405."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render_to_string("405.html", request=request)
        return response

    def process_view(self, request: HttpRequest, view: View, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Refuse a wrong method at once; after signing in nobody lands on an address that only takes a form."""
        methods = getattr(view, "methods", None)
        if methods is None:
            return None
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)  # the page is put in above
        must_sign_in = getattr(view, "login_required", True) and not request.user.is_authenticated
        return redirect(settings.LOGIN_URL) if must_sign_in and "GET" not in methods else None

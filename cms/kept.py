"""Whole pages kept for readers without an account: a minute at most, and two seconds after anything on them changed.

Only what `PAGES` names is kept, and only as it was given to somebody who sent no cookie that could mean anything. Each
process keeps its own: the key of a page says what it depends on, and asking Redis costs three times all the rest.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language_from_request

from cms import changes, service
from cms.views.reading import COOKIE as READING
from peer import clock

PAGES = frozenset({
    "wagtail_serve", "directory-index", "directory-detail", "feedback-said", "openness", "openness-download",
    "news-feed", "sitemap", "robots",
})  # fmt: skip
SECONDS = 60  # at most; a page that tells the day is another one from the first minute of the next
NEVER = ("/admin/", "/healthz", "/photos/", "/readyz")  # so that no question is asked for them
SAME = {"Cookie", "Accept-Encoding", "Accept-Language"}  # what a page may differ by


class Kept(NamedTuple):
    """One page as it is stored: its headers, and its words made small, as every browser takes them."""

    headers: dict[str, str]
    small: bytes


class KeptPages:
    """Answers readers without an account from what was kept; stands before everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Give the kept page, or the page itself, and keep that where it is everybody's."""
        key = _key(request)
        if key is None:
            return self.get_response(request)
        kept = caches["pages"].get(key)
        if kept is None:
            service.as_of(changes.stamp())
            response = self.get_response(request)
            if not _is_everybodys(request, response):
                return response
            kept = _keep(response)
            caches["pages"].set(key, kept, SECONDS)
        return _answer(request, kept)


def _key(request: HttpRequest) -> str | None:
    """Name the page that is asked for, or None where it is not one that is kept: with words to look for, for one."""
    sent, site = request.META, _site(settings.PUBLIC_BASE_URL)
    if request.method != "GET" or sent.get("QUERY_STRING") or sent.get("HTTP_HOST") != site.netloc:
        return None
    if request.scheme != site.scheme or "HTTP_AUTHORIZATION" in sent or "HTTP_HX_REQUEST" in sent:
        return None
    harmless = {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, READING}
    if sent.get("HTTP_COOKIE") and not harmless.issuperset(request.COOKIES):
        return None
    if request.path_info.startswith((settings.STATIC_URL, *NEVER)):
        return None
    stamp = changes.stamp()
    minute = int(clock.now().timestamp() // 60)
    asked = f"{stamp} {minute} {get_language_from_request(request)} {request.path_info}"
    return hashlib.blake2b(asked.encode(errors="surrogatepass"), digest_size=20).hexdigest() if stamp else None


@cache
def _site(address: str) -> SplitResult:
    return urlsplit(address)


def _is_everybodys(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether a page is one that we keep, whole, and the same for whoever asks."""
    match = request.resolver_match
    if response.status_code != 200 or match is None or match.url_name not in PAGES or response.streaming:
        return False
    if response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        return False
    varies = {name.strip() for name in response.get("Vary", "").split(",") if name.strip()}
    said = response.get("Cache-Control", "")
    return varies <= SAME and "private" not in said and "no-store" not in said


def _keep(response: HttpResponse) -> Kept:
    """Make what is stored; browsers keep it too, and ask each time whether it is still so."""
    response["ETag"] = f'W/"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, no_cache=True)
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    headers = {name: value for name, value in response.items() if name != "Content-Length"}
    return Kept(headers, gzip.compress(response.content, mtime=0))


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    """Give a kept page: whole to the few who do not take it small, and not at all to whoever has it."""
    takes = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    body = kept.small if takes else gzip.decompress(kept.small)
    response = HttpResponse(body, headers=kept.headers | {"Content-Length": str(len(body))})
    if takes:
        response["Content-Encoding"] = "gzip"
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return response
    return get_conditional_response(request, etag=response["ETag"], response=response) or response

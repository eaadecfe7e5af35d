"""The directory for machines: Open Referral UK over HTTP, open to anybody, without cookies (S6)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.http import http_date

from cms import finding
from cms.models import DirectoryOrganisation, DirectoryService, DirectoryTerm, OpeningHours
from cms.models.directory import DirectoryServiceQuerySet
from cms.open_referral import writing
from peer import clock
from peer.methods import require_safe

PER_PAGE, MOST_PER_PAGE, MOST_PAGES = 50, 100, 10_000
KEPT_SECONDS = 300
Row = dict[str, Any]
Kept = TypeVar("Kept", bound=Model)


class Unclear(Exception):
    """A parameter of the question cannot be understood; the message says which and why."""


def _answer(request: HttpRequest, body: object, *, at: dt.datetime | None = None, status: int = 200) -> HttpResponse:
    """Answer as JSON that any site may read and keep for five minutes."""
    response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json", status=status)
    response["Access-Control-Allow-Origin"] = "*"
    if status != 200:
        return response
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    modified = None if at is None else int(at.timestamp())
    if modified is not None:
        response["Last-Modified"] = http_date(modified)
    found = get_conditional_response(request, response["ETag"], modified, response)
    return found if found is not None else response


def _open(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a view to anybody; what cannot be understood is a 400 with a sentence."""

    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except Unclear as problem:
            return _answer(request, {"error": str(problem)}, status=400)

    answered.__doc__, answered.__name__ = view.__doc__, view.__name__
    opened: Callable[..., HttpResponse] = login_not_required(require_safe(answered))
    return opened


def _missing(request: HttpRequest) -> HttpResponse:
    return _answer(request, {"error": "There is nothing here with this id."}, status=404)


# ── What is asked ───────────────────────────────────────────────────────────────────────────────────────────────────
def _number(asked: QueryDict, name: str, *, default: int, least: int, most: int) -> int:
    given = asked.get(name, "")
    if not given:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) < 8 and least <= int(given) <= most):
        raise Unclear(f"{name}: a whole number from {least} to {most}, please.")
    return int(given)


def _key(asked: QueryDict, name: str) -> uuid.UUID:
    found = _as_key(asked.get(name, ""))
    if found is None:
        raise Unclear(f"{name}: an id such as 0b0e3f0c-7a53-4a3b-9d0e-7a2b6c1d4e5f, please.")
    return found


def _one(rows: QuerySet[Kept], key: str) -> Kept | None:
    """Find a row by the id that stands in the address."""
    known = _as_key(key)
    return None if known is None else rows.filter(key=known).first()


def _as_key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _is_on(asked: QueryDict, name: str) -> bool:
    given = asked.get(name, "").lower()
    if given not in {"", "true", "false"}:
        raise Unclear(f"{name}: true or false, please.")
    return given == "true"


def _envelope(rows: QuerySet[Any], asked: QueryDict, write: Callable[[Any], Row], *, total: int) -> Row:
    """Give one page in the envelope of the standard."""
    size = _number(asked, "per_page", default=PER_PAGE, least=1, most=MOST_PER_PAGE)
    number = _number(asked, "page", default=1, least=1, most=MOST_PAGES)
    pages = max(math.ceil(total / size), 1)
    contents = [write(row) for row in rows[(number - 1) * size : number * size]]
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }


def _asked_for(asked: QueryDict) -> DirectoryServiceQuerySet:
    """Keep the services that the parameters of the standard name."""
    services = finding.find(
        DirectoryService.objects.published(), finding.Wanted(words=asked.get("search", "")[: finding.LONGEST])
    )
    if asked.get("taxonomy_term_id"):
        services = services.filter(Exists(_terms(key=_key(asked, "taxonomy_term_id"))))
    if asked.get("taxonomy_id"):
        wanted = str(_key(asked, "taxonomy_id"))
        kinds = [kind for kind in DirectoryTerm.Kind if writing.taxonomy_id(kind) == wanted]
        services = services.filter(Exists(_terms(kind__in=kinds)))
    if asked.get("organization_id"):
        services = services.filter(organisation__key=_key(asked, "organization_id"))
    if asked.get("minimum_age"):
        services = services.filter(age_from__gte=_number(asked, "minimum_age", default=0, least=0, most=200))
    if asked.get("maximum_age"):
        services = services.filter(age_to__lte=_number(asked, "maximum_age", default=0, least=0, most=200))
    if asked.get("modified_after"):
        services = services.filter(changed_at__gte=_moment(asked.get("modified_after", "")))
    return _by_hours(services, asked)


def _terms(**match: Any) -> QuerySet[DirectoryTerm]:
    return DirectoryTerm.objects.filter(services=OuterRef("pk"), **match)


def _moment(text: str) -> dt.datetime:
    try:
        found = parse_datetime(text.replace(" ", "+"))  # a plus sign that nobody escaped
    except ValueError:
        found = None
    if found is None:
        raise Unclear("modified_after: a moment such as 2026-03-15T10:30:00Z, please.")
    return found if found.tzinfo else found.replace(tzinfo=clock.LONDON)


def _by_hours(services: DirectoryServiceQuerySet, asked: QueryDict) -> DirectoryServiceQuerySet:
    hours: dict[str, Any] = {}
    for name, column in (("start_time", "opens__gte"), ("end_time", "closes__lte")):
        if asked.get(name):
            hours[column] = _time(asked, name)
    if asked.get("day"):
        day = asked.get("day", "").upper()[:2]
        if day not in OpeningHours.Day.values:
            raise Unclear("day: one of MO, TU, WE, TH, FR, SA, SU, please.")
        hours["day"] = day
    if not hours:
        return services
    return services.filter(Exists(OpeningHours.objects.filter(service=OuterRef("pk"), **hours)))


def _time(asked: QueryDict, name: str) -> dt.time:
    try:
        found = parse_time(asked.get(name, ""))
    except ValueError:
        found = None
    if found is None:
        raise Unclear(f"{name}: a time such as 09:30, please.")
    return found


# ── The addresses ───────────────────────────────────────────────────────────────────────────────────────────────────
@_open
def about(request: HttpRequest) -> HttpResponse:
    """Say which standard this speaks."""
    told = {"version": writing.VERSION, "profile": writing.PROFILE, "openapi_url": writing.SCHEMA}
    return _answer(request, told)


@_open
def services(request: HttpRequest) -> HttpResponse:
    """List services, a page at a time."""
    asked = request.GET
    is_minimal, is_full = _is_on(asked, "minimal"), _is_on(asked, "full")
    rows = _asked_for(asked)
    newest = rows.order_by("-changed_at").values_list("changed_at", flat=True).first()
    write = _minimal if is_minimal else writing.whole_service if is_full else writing.service
    read = rows.whole().prefetch_related("hours") if is_full else rows.select_related("organisation")
    return _answer(request, _envelope(read, asked, write, total=rows.count()), at=newest)


def _minimal(row: DirectoryService) -> Row:
    told = writing.service(row)
    return {name: told[name] for name in ("id", "name", "status", "last_modified")}


@_open
def service(request: HttpRequest, key: str) -> HttpResponse:
    """Give one service with all its parts."""
    rows = DirectoryService.objects.published().whole().prefetch_related("hours")
    row = _one(rows, key)
    if row is None:
        return _missing(request)
    return _answer(request, writing.whole_service(row), at=row.changed_at)


@_open
def organisations(request: HttpRequest) -> HttpResponse:
    """List organisations, a page at a time."""
    rows = DirectoryOrganisation.objects.published()
    return _answer(request, _envelope(rows, request.GET, writing.organisation, total=rows.count()))


@_open
def organisation(request: HttpRequest, key: str) -> HttpResponse:
    """Give one organisation with its services."""
    row = _one(DirectoryOrganisation.objects.published(), key)
    if row is None:
        return _missing(request)
    mine = DirectoryService.objects.published().whole().prefetch_related("hours").filter(organisation=row)
    full = _is_on(request.GET, "full_service")
    return _answer(request, writing.whole_organisation(row, mine, full=full))


@_open
def taxonomies(request: HttpRequest) -> HttpResponse:
    """List the kinds of words by which services are found."""
    kinds = list(DirectoryTerm.Kind)
    return _answer(request, _envelope(kinds, request.GET, writing.taxonomy, total=len(kinds)))  # type: ignore[arg-type]


@_open
def taxonomy(request: HttpRequest, key: str) -> HttpResponse:
    """Give one kind of words."""
    found = [kind for kind in DirectoryTerm.Kind if _as_key(writing.taxonomy_id(kind)) == _as_key(key)]
    return _answer(request, writing.taxonomy(found[0])) if found else _missing(request)


@_open
def taxonomy_terms(request: HttpRequest) -> HttpResponse:
    """List the words by which services are found."""
    rows = DirectoryTerm.objects.published()
    if request.GET.get("taxonomy_id"):
        wanted = str(_key(request.GET, "taxonomy_id"))
        rows = rows.filter(kind__in=[kind for kind in DirectoryTerm.Kind if writing.taxonomy_id(kind) == wanted])
    return _answer(request, _envelope(rows, request.GET, writing.taxonomy_term, total=rows.count()))


@_open
def taxonomy_term(request: HttpRequest, key: str) -> HttpResponse:
    """Give one word."""
    row = _one(DirectoryTerm.objects.published(), key)
    return _answer(request, writing.taxonomy_term(row)) if row else _missing(request)

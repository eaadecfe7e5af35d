"""My data: what is held, part by part, and who looked (S58, S69)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from peer import held, looks
from peer.methods import require_safe
from peer.models import DataRequest, ParentRelationship, Person
from peer.templatetags.peer import told
from peer.web import or_404, who

PAGE = 20


@dataclass(frozen=True)
class Shown:
    """One row in words: a title, and what stands in it."""

    title: str
    rows: list[dict[str, Any]]


def own_person(request: HttpRequest) -> Person:
    """Name the person whose data this is: only ever who is signed in; an account without a person has no such page."""
    person: Person = or_404(who(request).person)
    return person


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say what is held, in parts, and lead to everything somebody can do about it."""
    person = own_person(request)
    counts = held.counts(person)
    asked = DataRequest.objects.visible_to(who(request)).of(who(request))
    context = {
        "parts": [(key, words, counts[key]) for key, words in held.headings().items() if counts[key]],
        "asked": asked.select_related("person").order_by("-pk")[:10],
        "children": ParentRelationship.objects.visible_to(who(request)).select_related("young_person").order_by("pk"),
        "kinds": [kind for kind in DataRequest.Kind if kind not in {DataRequest.Kind.COPY, DataRequest.Kind.DELETION}],
    }
    return render(request, "peer/my_data/index.html", context)


@require_safe
def detail(request: HttpRequest, heading: str) -> HttpResponse:
    """Show one part: every row of it, what it is for, and that a person can be told where it is wrong."""
    person = own_person(request)
    if heading not in held.headings():
        raise Http404
    tables = [(table, *_rows(table, person, before=_before(request, table))) for table in held.under(heading)]
    context = {
        "heading": held.headings()[heading],
        "tables": [
            (table.title, held.purposes()[table.why]["words"], rows, older) for table, rows, older in tables if rows
        ],
    }
    return render(request, "peer/my_data/detail.html", context)


@require_safe
def looked(request: HttpRequest) -> HttpResponse:
    """List who looked at somebody's record, when and why: what they are, never who told us anything (S69)."""
    before = request.GET.get("before", "")
    seen, more = looks.of(own_person(request), before=int(before) if before.isdigit() else None)
    context = {"looks": seen, "older_href": f"?before={seen[-1].pk}" if more else ""}
    return render(request, "peer/my_data/looked.html", context)


def _before(request: HttpRequest, table: held.Held) -> int | None:
    """Read where a long list goes on: `?before=<table>:<key>`."""
    label, _colon, key = request.GET.get("before", "").partition(":")
    return int(key) if label == table.label and key.isdigit() else None


def _rows(table: held.Held, person: Person, *, before: int | None) -> tuple[list[Shown], str]:
    rows = table.rows(person).select_related(*held.joined(table.yours)).order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    older = f"?before={table.label}:{found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return [_shown(table, row) for row in found[:PAGE]], older


def _shown(table: held.Held, row: Any) -> Shown:
    rows = []
    for lookup, words in table.yours.items():
        value = held.value_of(row, lookup)
        if value not in (None, "", []):
            shown = held.masked(str(value)) if lookup in table.masked else told(held.plain(value))
            rows.append({"key": words, "value": shown})
    return Shown(table.title, rows)

"""What the service says in public of each quarter: a table and a picture, a file, and how it is counted (S33)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation import openness
from moderation.actions import openness as quarters
from moderation.forms.openness import CorrectForm
from moderation.models import Quarter
from moderation.openness import NINE_IN_TEN_FROM, Line, Shown
from peer import clock
from peer.figures import FEW
from peer.methods import require_http_methods, require_safe
from peer.states import RuleBroken
from peer.web import for_whom_may, who


@dataclass(frozen=True)
class Bar:
    """One line of a picture: its words, its figure in words, and how long it is, 0 to 100."""

    label: str
    value: str
    share: int


@dataclass(frozen=True)
class Section:
    """One part of a quarter, as the page says it."""

    shown: Shown
    bars: tuple[Bar, ...]
    total: str
    median: str
    nine_in_ten: str


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every counted quarter, the latest first, to anybody."""
    found = [(quarter, [_section(part) for part in openness.shown(quarter)]) for quarter in Quarter.objects.newest()]
    context = {
        "quarters": found,
        "few": FEW,
        "nine_in_ten_from": NINE_IN_TEN_FROM,
        "first_on": openness.after(openness.first_day(clock.today())),
    }
    return render(request, "moderation/openness/index.html", context)


@login_not_required
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Give the same figures as a file, a row each; what is hidden on the page is hidden here."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(["quarter_starts", "version", "counted_at", "part", "what", "figure"])
    for quarter in Quarter.objects.newest():
        for part in openness.shown(quarter):
            for what, figure in _rows(part):
                cell = "hidden" if figure is None else figure
                counted = quarter.fixed_at.astimezone(clock.LONDON).date()
                out.writerow([quarter.starts_on, quarter.version, counted, part.part.key, what, cell])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="figures.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, slug: str) -> HttpResponse:
    """Count a quarter again, with a note for everybody."""
    quarter = next((one for one in Quarter.objects.newest() if one.slug == slug), None)
    if quarter is None:
        raise Http404
    for_whom_may(request, quarters.correct, quarter)
    form = CorrectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            quarters.correct(quarter, by=who(request), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Counted again. Everybody can read your note."))
            return redirect("openness")
    context = {"form": form, "quarter": quarter}
    return render(request, "moderation/openness/correct.html", context, status=422 if form.errors else 200)


def _section(part: Shown) -> Section:
    return Section(
        shown=part,
        bars=tuple(_bar(line) for line in part.lines),
        total=_figure(part.total),
        median=length(part.median),
        nine_in_ten=length(part.nine_in_ten),
    )


def _bar(line: Line) -> Bar:
    return Bar(str(line.words), _figure(line.count), line.share)


def _figure(count: int | None) -> str:
    return _("not shown") if count is None else str(count)


def length(minutes: int | None) -> str:
    """Say a length of time as people do, in hours up to two days, then in days; nothing where it is not known."""
    if minutes is None:
        return ""
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(minutes / 60 / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _rows(part: Shown) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [("all", part.total), *((line.key, line.count) for line in part.lines)]
    if part.part.times:
        rows += [("median_minutes", part.median), ("nine_in_ten_minutes", part.nine_in_ten)]
    return rows

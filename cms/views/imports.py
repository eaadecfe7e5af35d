"""Pages of waiting list files: load one, read its report, and decide on the rows that changed (U10)."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
from itertools import chain
from typing import BinaryIO, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cms import importing
from cms.waiting_list.file import Bad, FileRefused, open_file
from cms.waiting_list.forms import UploadForm
from peer import clock, families, gate
from peer.actions import imports as acts
from peer.families import Family
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import ImportChange, ImportRun, Referral, User
from peer.models.waiting import ReferralQuerySet
from peer.roles import Perm
from peer.web import pressed

SHOWN = 100
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _co_ordinator(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not gate.can(user, Perm.IMPORT_WAITING_LIST, gate.SERVICE):
        raise Http404
    return user


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Take a file in, or only look at it; list the files before."""
    user = _co_ordinator(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    context: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        try:
            if not form.cleaned_data["look_only"]:
                return redirect(_load(form, by=user))
            context |= _look(form)
        except FileRefused as problem:
            form.add_error("file", str(problem))
    runs = ImportRun.objects.visible_to(user).order_by("-pk")[:20]
    changes = ImportChange.objects.visible_to(user).waiting().count()
    context |= {"form": form, "runs": runs, "changes": changes}
    return render(request, "imports/index.html", context, status=422 if form.errors else 200)


def _load(form: UploadForm, *, by: User) -> ImportRun:
    upload = form.cleaned_data["file"]
    source = cast(BinaryIO, upload.file)
    file = open_file(source, today=clock.today())
    return importing.load(upload.name or "list", source, file, by=by, told=lambda _bad: None)


def _look(form: UploadForm) -> dict[str, object]:
    source = cast(BinaryIO, form.cleaned_data["file"].file)
    file = open_file(source, today=clock.today())
    bad: list[Bad] = []
    counts = importing.look(file, told=lambda found: bad.extend(found[: SHOWN - len(bad)]))
    return {"counts": counts, "bad": bad, "unused": file.columns.unused}


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a file brought, line by line what was left out, and who is gone from it."""
    user = _co_ordinator(request)
    run = get_object_or_404(ImportRun.objects.visible_to(user), public_id=public_id)
    gone = Referral.objects.visible_to(user).gone_from(run).select_related("person").order_by("referred_on", "pk")
    after = request.GET.get("after", "")
    found = list(_after(gone, after)[: SHOWN + 1])
    context = {
        "run": run,
        "faults": run.faults.order_by("line", "pk")[:SHOWN],
        "more_faults": run.refused > SHOWN,
        "gone": found[:SHOWN],
        "gone_count": gone.count(),
        "newer_href": f"{request.path}#gone" if after else "",
        "older_href": _further(found),
    }
    return render(request, "imports/detail.html", context)


def _after(gone: ReferralQuerySet, cursor: str) -> ReferralQuerySet:
    """Go on after a place in the list of who is gone; a cursor that is none begins at the start."""
    day, _dot, key = cursor.partition("_")
    try:
        asked_on, pk = dt.date.fromisoformat(day), int(key)
    except ValueError:
        return gone
    return gone.filter(Q(referred_on__gt=asked_on) | Q(referred_on=asked_on, pk__gt=pk))


def _further(found: list[Referral]) -> str:
    if len(found) <= SHOWN:
        return ""
    last = found[SHOWN - 1]
    return f"?{urlencode({'after': f'{last.referred_on.isoformat()}_{last.pk}'})}#gone"


@require_safe
def left_out(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the rows that were left out as a file, with their reasons, to be mended and sent again (safety H26)."""
    user = _co_ordinator(request)
    run = get_object_or_404(ImportRun.objects.visible_to(user), public_id=public_id)
    gate.looked(run, by=user, why="rows left out")
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(["Line", "Why it was left out", *json.loads(run.headings or "[]")])
    for fault in run.faults.order_by("line", "pk").iterator(chunk_size=500):
        reasons = "; ".join(fault.reasons.splitlines())
        out.writerow([fault.line, *(harmless(cell) for cell in chain([reasons], json.loads(fault.cells or "[]")))])
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="left-out.csv"'
    return response


def harmless(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{cell}" if cell.startswith(STARTS_FORMULA) else cell


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """List the rows that differ from what we hold, the oldest first."""
    user = _co_ordinator(request)
    waiting = ImportChange.objects.visible_to(user).waiting().select_related("referral__person", "run")
    return render(request, "imports/changes.html", {"changes": waiting.order_by("due_at", "pk")[:SHOWN]})


@require_safe
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a changed row says beside what we hold."""
    found = _change(request, public_id)
    old = families.from_json(found.referral.row) if found.referral.row else None
    rows = differences(old, families.from_json(found.row))
    return render(request, "imports/change.html", {"change": found, "person": found.referral.person, "rows": rows})


@require_POST
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the changed row over."""
    is_done = pressed(
        request,
        lambda: importing.take_change(_change(request, public_id), by=cast(User, request.user)),
        done=_("Taken over. A new number is proved by a call before anything is sent to it."),
    )
    return redirect("imports-changes") if is_done else redirect("imports-change", public_id)


@require_POST
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep what we hold."""
    acts.keep_ours(_change(request, public_id), by=cast(User, request.user))
    messages.success(request, _("Kept. The same row will not ask again."))
    return redirect("imports-changes")


def _change(request: HttpRequest, public_id: str) -> ImportChange:
    rows = ImportChange.objects.visible_to(_co_ordinator(request)).select_related("referral__person")
    return get_object_or_404(rows, public_id=public_id)


def differences(old: Family | None, new: Family) -> list[tuple[str, str, str]]:
    """List what differs, as (what, ours, theirs); numbers show their last three digits only."""
    before, after = (_flat(family) if family else {} for family in (old, new))
    names = [*after, *(name for name in before if name not in after)]
    return [
        (name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def _flat(family: Family) -> dict[str, str]:
    """Lay a family out as plain lines."""
    lines = {
        name.replace("_", " "): "" if value is None else str(value)
        for name, value in dataclasses.asdict(family).items()
        if name not in {"way", "adults", "reference"}
    }
    lines["own number"] = _short(family.way.number)
    for adult in family.adults:
        name = f"{adult.given_name} {adult.family_name}".strip()
        told = _("must not be told") if adult.must_not_be_told else _("may know: %(what)s") % {"what": adult.may_know}
        lines[name] = f"{adult.kind}, {told}, {_short(adult.way.number)}, {adult.way.channel}, {adult.way.language}"
    return lines


def _short(number: str) -> str:
    return f"••• {number[-3:]}" if number else "–"

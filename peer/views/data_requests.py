"""Asking something about one's own data, seeing where it stands, and fetching a copy (S58)."""

from __future__ import annotations

import io
import zipfile
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import clock, erasing
from peer.actions import data_requests
from peer.forms.data_requests import ASK, CopyForm, FetchForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import DataRequest, ParentRelationship
from peer.views.my_data import own_person
from peer.web import acted, who

PLAIN_NAME = "my-data"  # a neutral name: it may lie in the downloads of a shared phone


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for a copy, a correction, a limit, object, or ask for everything to be deleted."""
    person = own_person(request)
    if kind not in ASK:
        raise Http404
    form = ASK[kind](request.POST if request.method == "POST" else None)
    act = partial(data_requests.ask, person, by=who(request), kind=kind)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
        asked = acted(form, lambda: act(**given))
        if asked is not None:
            return redirect("data-requests-own", asked.public_id)
    context: dict[str, Any] = {"kind": DataRequest.Kind(kind), "form": form}
    if kind == DataRequest.Kind.DELETION:
        context |= {"stays": erasing.stays(person), "has_record": erasing.has_record(person)}
    page = "deletion" if kind == DataRequest.Kind.DELETION else "ask"
    return render(request, f"peer/data_requests/{page}.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_of_child(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, as an adult, for a copy about a child; every adult of every child gets the same words back."""
    children = ParentRelationship.objects.visible_to(who(request)).select_related("young_person", "adult")
    child = get_object_or_404(children, pk=pk)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = acted(form, lambda: data_requests.ask_of_child(child, by=who(request)))
        if asked is not None:
            return redirect("data-requests-own", asked.public_id)
    context = {"child": child.young_person, "form": form}
    return render(request, "peer/data_requests/ask_of_child.html", context, status=422 if form.errors else 200)


@require_safe
def own(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show where one's own request stands, and the copy when it is ready."""
    asked = _own(request, public_id)
    ready = asked.state == DataRequest.State.READY and asked.until_at is not None and asked.until_at > clock.now()
    return render(request, "peer/data_requests/own.html", {"asked": asked, "ready": ready, "form": FetchForm()})


@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a request back."""
    data_requests.take_back(_own(request, public_id), by=who(request))
    messages.success(request, _("Taken back. Nothing has changed."))
    return redirect("my-data")


@require_POST
def fetch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand the copy over, once; a press and not a link, so that nothing opens it beforehand."""
    asked = _own(request, public_id)
    form = FetchForm(request.POST)
    if asked.state != DataRequest.State.READY or not form.is_valid():
        return redirect("data-requests-own", public_id)
    files = acted(form, lambda: data_requests.hand_over(asked, by=who(request)))
    if files is None:
        return redirect("data-requests-own", public_id)
    if form.cleaned_data["kind"] == "html":
        return _download(files["html"], "text/html; charset=utf-8", f"{PLAIN_NAME}.html")
    return _download(_zipped(files), "application/zip", f"{PLAIN_NAME}.zip")


def _own(request: HttpRequest, public_id: str) -> DataRequest:
    mine = DataRequest.objects.visible_to(who(request)).of(who(request)).select_related("person")
    return get_object_or_404(mine, public_id=public_id)


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind, content in files.items():
            archive.writestr(f"{PLAIN_NAME}.{kind}", content)
    return made.getvalue()

"""The desk of the directory: what people say is wrong, what must be checked again, and files of services."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cms.actions import directory
from cms.forms.directory import AnswerForm, ServicesFileForm
from cms.models import DirectoryCorrection, DirectoryService
from cms.open_referral.file import FileRefused, read
from peer import gate
from peer.methods import require_http_methods, require_safe
from peer.roles import Perm
from peer.web import acted, only_with, who

SHOWN = 50


@only_with(Perm.KEEP_DIRECTORY)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer, soonest due first, and services whose check is overdue."""
    told = DirectoryCorrection.objects.visible_to(who(request)).waiting().select_related("service")
    overdue = DirectoryService.objects.published().overdue().select_related("organisation")
    context = {
        "corrections": told[:SHOWN],
        "overdue": overdue[:SHOWN],
        "may_edit": gate.can(who(request), Perm.EDIT_PAGES, gate.SERVICE),
    }
    return render(request, "directory/desk/index.html", context)


@only_with(Perm.KEEP_DIRECTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what somebody says is wrong, and take the answer."""
    rows = DirectoryCorrection.objects.visible_to(who(request)).select_related("service")
    told = get_object_or_404(rows, public_id=public_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    act = lambda: directory.answer(told, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Answered. Whoever told us reads it on the page they kept."))
        return redirect("directory-desk")
    context = {"told": told, "form": form, "may_edit": gate.can(who(request), Perm.EDIT_PAGES, gate.SERVICE)}
    return render(request, "directory/desk/correction.html", context, status=422 if form.errors else 200)


@only_with(Perm.KEEP_DIRECTORY)
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Bring a file of services in as drafts, and say line by line what was left out and what was kept."""
    form = ServicesFileForm(request.POST, request.FILES) if request.method == "POST" else ServicesFileForm()
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        upload = cast("UploadedFile[Any]", form.cleaned_data["file"])
        try:
            found = read(upload.read())
            context["outcome"] = directory.bring_in(gate.SERVICE, by=who(request), read=found)
            context["faults"] = found.faults[: SHOWN * 4]
        except FileRefused as problem:
            form.add_error("file", str(problem))
    return render(request, "directory/desk/file.html", context, status=422 if form.errors else 200)

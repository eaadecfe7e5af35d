"""The directory that anybody may use, without signing in: look, read, print, say what is wrong (S5, S6, S103, S126)."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache

from cms import finding
from cms.actions import directory
from cms.forms.directory import LookForm, MistakeForm
from cms.models import DirectoryCorrection, DirectoryService
from peer import screening
from peer.methods import require_http_methods, require_safe
from peer.web import acted, once, page_number, sender

PAGE = 12
SUGGESTIONS = 3


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what matches, a page at a time; where nothing does, say what else helps."""
    form = LookForm(request.GET or None)
    wanted = form.wanted()
    services = finding.find(DirectoryService.objects.published(), wanted)
    page = page_number(request)
    count = services.count()
    found = list(services.whole()[(page - 1) * PAGE : page * PAGE])
    asked = {name: str(value) for name, value in request.GET.items() if value and name in form.fields}
    context = {
        "form": form,
        "services": found,
        "count": count,
        "asked": _chips(form, asked),
        "worried": screening.screen(wanted.words).level,
        "older": f"?{urlencode(asked | {'page': page + 1})}" if count > page * PAGE else "",
        "newer": f"?{urlencode(asked | {'page': page - 1})}" if page > 1 else "",
    }
    if not found and wanted.words:
        said = finding.did_you_mean(DirectoryService.objects.published(), wanted.words)
        context |= {"meant": said, "meant_href": f"?{urlencode({'words': said})}"}
    return render(request, "directory/index.html", context, status=422 if form.errors else 200)


def _chips(form: LookForm, asked: dict[str, str]) -> list[dict[str, str]]:
    """List what the search was narrowed by, each with the address that leaves it out."""
    chips = []
    for name, value in asked.items():
        if name in form.errors:
            continue
        choices = dict(getattr(form.fields[name], "choices", []))
        label = str(form.fields[name].label or "")
        said = str(choices.get(value, value)) if name != "lived_experience" else label
        without = urlencode({other: kept for other, kept in asked.items() if other != name})
        chips.append({"said": f"{label}: {said}" if name == "age" else said, "href": f"?{without}"})
    return chips


@login_not_required
@require_safe
def detail(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Show one service: what it is, how to get in, how to reach it, and when somebody last checked."""
    services = DirectoryService.objects.published().whole().prefetch_related("hours")
    service = get_object_or_404(services, key=key)
    others = DirectoryService.objects.published().suggested().filter(terms__kind="need", terms__in=service.terms.all())
    context = {
        "service": service,
        "others": others.exclude(pk=service.pk).distinct().order_by("name")[:SUGGESTIONS] if service.is_old() else [],
        "facts": facts_of(service),
    }
    return render(request, "directory/detail.html", context)


def facts_of(service: DirectoryService) -> dict[str, list[str]]:
    """Give the words by which a service is found, by kind."""
    return {kind: service.words(kind) for kind in ("area", "need", "help", "way_in", "access", "language")}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mistake(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take in what somebody says is wrong, without an account, and lead to the page with the answer."""
    service = get_object_or_404(DirectoryService.objects.published(), key=key)
    form = MistakeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = _take_in(request, service, form)
        if told is not None:
            return redirect(told)
    context = {"service": service, "form": form}
    return render(request, "directory/mistake.html", context, status=422 if form.errors else 200)


def _take_in(request: HttpRequest, service: DirectoryService, form: MistakeForm) -> DirectoryCorrection | None:
    """Hear a valid form once, or put the reason on the form."""
    rows = DirectoryCorrection.objects.published()

    def act(nonce: str) -> DirectoryCorrection:
        return directory.tell(
            service,
            by=directory.VISITOR,
            words=form.cleaned_data["words"],
            nonce=nonce,
            sender=sender(request, door="directory"),
        )

    return acted(form, lambda: once(request, act, made=lambda nonce: rows.get(form_nonce=nonce)))


@login_not_required
@never_cache
@require_safe
def told(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show whoever holds the secret address by when somebody reads it, and what came of it."""
    rows = DirectoryCorrection.objects.published().select_related("service")
    return render(request, "directory/told.html", {"told": get_object_or_404(rows, public_id=public_id)})

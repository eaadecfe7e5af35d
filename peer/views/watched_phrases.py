"""The page of words that a group's clinicians watch for, for the clinician on duty, with a box to try a text in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import screening
from peer.actions import watched_phrases
from peer.forms.watched_phrases import TryForm, WatchForm
from peer.methods import require_http_methods, require_POST
from peer.models import SupportGroup, WatchedPhrase
from peer.web import acted, for_whom_may, pressed, who


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what is watched for, with every line ever written, and take a new phrase."""
    group = _group(request, public_id)
    form = WatchForm(request.POST if request.method == "POST" else None)
    act = lambda: watched_phrases.watch(group, by=who(request), **form.cleaned_data)  # noqa: E731 - run when valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Watched for from now on. Posts that wait already are not read again."))
        return redirect("watched-phrases-index", group.public_id)
    return _page(request, group, add_form=form)


@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop watching for a phrase."""
    group = _group(request, public_id)
    pressed(request, lambda: watched_phrases.drop(group, by=who(request), phrase=request.POST.get("phrase", "")))
    return redirect("watched-phrases-index", group.public_id)


@require_POST
def try_text(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what screening finds in a text; nothing is kept of it."""
    group = _group(request, public_id)
    form = TryForm(request.POST)
    found = None
    if form.is_valid():
        text = form.cleaned_data["text"]
        screened = screening.screen(text, watched=WatchedPhrase.objects.visible_to(who(request)).watched(group))
        found = [(text[one.start : one.end], one.level or one.kind) for one in screened.findings]
    return _page(request, group, try_form=form, found=found)


def _group(request: HttpRequest, public_id: str) -> SupportGroup:
    """Find a group for the clinician who covers it now; for anybody else there is no such page."""
    rows = SupportGroup.objects.visible_to(who(request))
    return for_whom_may(request, watched_phrases.watch, get_object_or_404(rows, public_id=public_id))


def _page(
    request: HttpRequest, group: SupportGroup, *, found: Any = None, add_form: Any = None, try_form: Any = None
) -> HttpResponse:
    rows = WatchedPhrase.objects.visible_to(who(request))
    context = {
        "group": group,
        "watched": rows.watched(group),
        "lines": rows.of(group),
        "add_form": add_form or WatchForm(),
        "try_form": try_form or TryForm(),
        "found": found,
    }
    is_wrong = any(form is not None and form.errors for form in (add_form, try_form))
    return render(request, "peer/watched_phrases/index.html", context, status=422 if is_wrong else 200)

"""Tell it once: one's own parts, and one form for each (S59)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from peer.actions import profiles
from peer.forms.profiles import PartForm
from peer.methods import require_http_methods, require_safe
from peer.models import ProfileNote
from peer.views.my_data import own_person
from peer.web import acted, who


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the parts, what somebody wrote in each, and who may read it."""
    own_person(request)
    mine = ProfileNote.objects.visible_to(who(request))
    saved = {note.part: note for note in mine.saved()}
    drafts = {note.part for note in mine.newest() if note.is_draft}
    parts = [(part, saved.get(part.value), part.value in drafts) for part in ProfileNote.Part]
    context = {"parts": parts, "worrying": mine.worrying().first()}
    return render(request, "peer/profiles/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, part: str) -> HttpResponse:
    """Write one part, keep a beginning for later, and say who may read it."""
    person = own_person(request)
    if part not in ProfileNote.Part.values:
        raise Http404
    rows = ProfileNote.objects.visible_to(who(request)).filter(part=part).order_by("-pk")
    newest = rows.first()
    form = PartForm(request.POST if request.method == "POST" else None, part=part, note=newest)
    keep = profiles.keep_draft if "draft" in request.POST else profiles.save
    act = partial(keep, person, by=who(request), part=part)
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Kept for later. Only you see it.") if "draft" in request.POST else _("Saved."))
        return redirect("my-profile")
    context = {
        "part": ProfileNote.Part(part),
        "form": form,
        "is_draft": newest is not None and newest.is_draft,
        "earlier": rows.filter(is_draft=False)[1:6],
    }
    return render(request, "peer/profiles/change.html", context, status=422 if form.errors else 200)

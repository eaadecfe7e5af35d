"""The desk of those who needed a person, or worried about somebody: each is answered (H23, B4)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer.actions import help_requests
from peer.forms.help_requests import AnswerForm
from peer.gate import looked
from peer.methods import require_http_methods, require_safe
from peer.models import HelpRequest
from peer.roles import Perm
from peer.states import IllegalMove, StaleMove
from peer.web import acted, only_with, who


@only_with(Perm.ANSWER_HELP_REQUEST)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer, the soonest due first."""
    waiting = HelpRequest.objects.visible_to(who(request)).for_desk(who(request)).select_related("person")
    return render(request, "peer/help_requests/index_desk.html", {"waiting": waiting})


@only_with(Perm.ANSWER_HELP_REQUEST)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read one, and write what whoever asked hears."""
    rows = HelpRequest.objects.visible_to(who(request)).exclude(person=who(request).person_id or 0)
    asked = get_object_or_404(rows.select_related("person"), public_id=public_id)
    looked(asked, by=who(request), why="help request")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if acted(form, lambda: help_requests.answer(asked, by=who(request), **form.cleaned_data)) is not None:
                messages.success(request, _("Done. Whoever told us can read it."))
                return redirect("help-requests-index")
        except (StaleMove, IllegalMove):
            messages.info(request, _("Somebody else has answered this already."))
            return redirect("help-requests-answer", public_id)
    context = {"asked": asked, "form": form}
    return render(request, "peer/help_requests/answer.html", context, status=422 if form.errors else 200)

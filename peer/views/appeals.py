"""The desk of second looks: what people say about a decision on their place, and the answer they get (M5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import gate
from peer.actions import appeals
from peer.forms.appeals import AppealAnswerForm
from peer.methods import require_http_methods, require_safe
from peer.models import Appeal
from peer.models.appeals import AppealQuerySet
from peer.roles import Perm
from peer.web import acted, who


def _staff(request: HttpRequest) -> AppealQuerySet:
    """Begin with what this person may look at; for anybody else there is no such page."""
    if not gate.can(who(request), Perm.DECIDE_APPEAL, gate.SERVICE):
        raise Http404
    rows = Appeal.objects.visible_to(who(request))
    return rows.select_related("decision__membership__group", "decision__asked_by", "decision__agreed_by")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what waits for a second look; those one decided oneself are somebody else's to answer."""
    waiting = [(row, row.decision.was_taken_by(who(request))) for row in _staff(request).open()]
    return render(request, "peer/appeals/index.html", {"waiting": waiting})


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read one, and answer it."""
    appeal = get_object_or_404(_staff(request), public_id=public_id)
    form = AppealAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act: Any = {"overturn": appeals.overturn, "uphold": appeals.uphold}[form.cleaned_data["outcome"]]
        if acted(form, lambda: act(appeal, by=who(request), answer=form.cleaned_data["answer"])) is not None:
            messages.success(request, _("Answered. They read it on their own page."))
            return redirect("appeals-index")
    if request.method != "POST":
        gate.looked(appeal, by=who(request))
    context = {
        "appeal": appeal,
        "decision": appeal.decision,
        "form": form,
        "is_mine": appeal.decision.was_taken_by(who(request)),
        "is_open": appeal.state == Appeal.State.OPEN,
    }
    return render(request, "peer/appeals/detail.html", context, status=422 if form.errors else 200)

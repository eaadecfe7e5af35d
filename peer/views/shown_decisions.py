"""Decisions about me, and saying something back (S100)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer.actions import shown_decisions
from peer.forms.shown_decisions import SayBackForm
from peer.methods import require_http_methods, require_safe
from peer.models import ShownDecision
from peer.web import acted, who

PAGE = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List every decision about somebody, newest first, with what they said back and what was answered."""
    before = request.GET.get("before", "")
    rows = ShownDecision.objects.visible_to(who(request)).of(who(request)).prefetch_related("replies").order_by("-pk")
    found = list((rows.filter(pk__lt=int(before)) if before.isdigit() else rows)[: PAGE + 1])
    context = {
        "decisions": found[:PAGE],
        "older_href": f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
    }
    return render(request, "peer/shown_decisions/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take what somebody says back; worrying words get help on the page at once, whoever reads them when (U3)."""
    mine = ShownDecision.objects.visible_to(who(request)).of(who(request))
    decision = get_object_or_404(mine, public_id=public_id)
    form = SayBackForm(request.POST if request.method == "POST" else None)
    act = partial(shown_decisions.reply, decision, by=who(request))
    if request.method == "POST" and form.is_valid():
        said = acted(form, lambda: act(**form.cleaned_data))
        if said is not None:
            if said.level:
                return redirect("my-decisions-said", decision.public_id)
            messages.success(request, _("Thank you. A person reads it and answers within five working days."))
            return redirect("my-decisions")
    context = {"decision": decision, "form": form}
    return render(request, "peer/shown_decisions/reply.html", context, status=422 if form.errors else 200)


@require_safe
def said(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say honestly by when somebody reads words that worried us, and whom to ring before (U3)."""
    mine = ShownDecision.objects.visible_to(who(request)).of(who(request))
    decision = get_object_or_404(mine, public_id=public_id)
    reply = decision.replies.exclude(level="").order_by("-pk").first()
    return render(request, "peer/shown_decisions/said.html", {"decision": decision, "reply": reply})

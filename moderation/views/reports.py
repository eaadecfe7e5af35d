"""“I'm worried about this”: the door at every post, what the reporter hears, and the moderator's answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from moderation.actions import decisions, reports
from moderation.forms.reports import AnswerForm, ReportForm
from moderation.models import PostReport
from moderation.views.queue import care
from peer import gate
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Post
from peer.roles import Perm
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.web import who


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell us that a post worries you."""
    post = get_object_or_404(Post.objects.visible_to(who(request)).approved(), public_id=public_id)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            found = reports.report(post, by=who(request), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect("reports-detail", found.public_id)
    context = {
        "form": form,
        "post": post,
        "covered": post.support_group.duties.current().exists(),
        "checks": not post.is_own(who(request)) and gate.can(who(request), Perm.DECIDE_POST, post),
    }
    return render(request, "moderation/reports/create.html", context, status=422 if form.errors else 200)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the posts one worried about, with what came of each."""
    mine = PostReport.objects.visible_to(who(request)).filter(by=who(request)).order_by("-pk")
    return render(request, "moderation/reports/index.html", {"reports": mine})


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Thank the person who told us, and say what happens."""
    mine = PostReport.objects.visible_to(who(request)).filter(by=who(request))
    return render(request, "moderation/reports/detail.html", {"report": get_object_or_404(mine, public_id=public_id)})


@require_POST
def decide(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Leave a reported post or take it out of sight, and answer the person who told us."""
    report = get_object_or_404(
        PostReport.objects.visible_to(who(request)).exclude(by=who(request)), public_id=public_id
    )
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            if what == "hide":
                decisions.hide(report.post, by=who(request), reason="reported")
            reports.answer(report, by=who(request), words=form.cleaned_data["words"])
            messages.success(request, _("Done. The person who told us hears it."))
            care(request, form.cleaned_data["words"])
        except (StaleMove, IllegalMove):
            messages.info(request, _("Somebody else has decided this already."))
    return redirect("risk-list" if request.POST.get("back") == "risk" else "queue-list")

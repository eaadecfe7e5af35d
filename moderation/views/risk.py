"""The risk lane: posts that may mean harm, for clinicians on duty alone (matrix row 7)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from moderation.actions import decisions
from moderation.forms.decisions import ApproveForm, DecisionForm, DeclineForm, PassOnForm, ReturnForm
from moderation.models import Escalation, ModerationDecision, ModeratorQuestion, PostReport, QueuedPost, RiskPost
from moderation.views.queue import arguments, page_of
from peer.gate import looked, sent_before
from peer.methods import require_POST, require_safe
from peer.models import Post
from peer.roles import Perm, Role
from peer.states import RuleBroken, StaleMove
from peer.web import only_with, who

FORMS: dict[str, type[DecisionForm]] = {
    "approve": ApproveForm,
    "return": ReturnForm,
    "decline": DeclineForm,
    "down": PassOnForm,
    "restore": PassOnForm,
    "remove": DeclineForm,
}
ACTS: dict[str, Callable[..., ModerationDecision]] = {
    "approve": decisions.approve_risk,
    "return": decisions.send_back_risk,
    "decline": decisions.decline_risk,
    "down": decisions.move_down,
    "restore": decisions.restore,
    "remove": decisions.remove,
}


@require_safe
@only_with(Perm.READ_RISK_LANE)
def index(request: HttpRequest) -> HttpResponse:
    """Show what a clinician on duty must read, the most pressing first."""
    posts = RiskPost.objects.visible_to(who(request)).with_group().order_by("due_at", "pk")
    reports = PostReport.objects.visible_to(who(request)).for_clinicians(who(request))
    late = QueuedPost.objects.visible_to(who(request)).with_group().filter(owner_role=Role.CLINICIAN).order_by("due_at")
    asked = ModeratorQuestion.objects.visible_to(who(request)).for_clinicians(who(request))
    context = {"posts": posts, "reports": reports, "late": late[:20], "questions": asked}
    return render(request, "moderation/risk/index.html", context)


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one held post; each look leaves a trace (decision 22)."""
    post = get_object_or_404(RiskPost.objects.visible_to(who(request)).with_group(), public_id=public_id)
    looked(post, by=who(request), why="risk lane")
    return _page(request, post)


@require_POST
def decide(request: HttpRequest, public_id: str, decision: str) -> HttpResponse:
    """Record a clinician's decision about a held post."""
    if decision not in FORMS:
        raise Http404
    sent_before(who(request), *ACTS.values())
    post = get_object_or_404(RiskPost.objects.visible_to(who(request)).with_group(), public_id=public_id)
    form = FORMS[decision](request.POST, post=post)
    if form.is_valid():
        try:
            made = ACTS[decision](post, by=who(request), **arguments(form))
        except StaleMove:
            return render(request, "moderation/queue/decided.html", status=409)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect(made)
    return _page(request, post, decision=decision, form=form)


def _page(request: HttpRequest, post: Post, *, decision: str = "", form: DecisionForm | None = None) -> HttpResponse:
    escalations = Escalation.objects.visible_to(who(request)).filter(posts=post.pk)
    pass_on, remove = PassOnForm(post=post), form if decision == "remove" else DeclineForm(post=post)
    context = page_of(post, decision=decision, form=form)
    context |= {"escalations": escalations, "pass_on": pass_on, "remove": remove}
    return render(request, "moderation/risk/detail.html", context, status=422 if form else 200)

"""Ideas for groups: proposed by members, read by whoever looks after groups, taken up or answered (S118)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer import gate
from peer.actions import proposals
from peer.forms.proposals import ProposalAnswerForm, ProposalForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import GroupProposal
from peer.roles import Perm
from peer.web import acted, who


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the ideas one may read: one's own, and for whoever looks after groups all."""
    rows = GroupProposal.objects.visible_to(who(request)).select_related("group").order_by("-id")[:50]
    return render(request, "peer/proposals/index.html", {"proposals": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take an idea."""
    person = who(request).person
    if person is None:
        raise Http404
    form = ProposalForm(request.POST or None)
    act = lambda: proposals.propose(person, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and (made := acted(form, act)) is not None:
        return redirect(made)
    return render(request, "peer/proposals/new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one idea and what came of it; whoever runs groups answers here."""
    rows = GroupProposal.objects.visible_to(who(request)).select_related("group", "person")
    proposal = get_object_or_404(rows, public_id=public_id)
    may_answer = gate.can(who(request), Perm.RUN_GROUP, gate.SERVICE)
    if request.method == "POST" and not may_answer:
        raise Http404
    form = ProposalAnswerForm(request.POST or None)
    act = lambda: proposals.answer(proposal, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        return redirect(proposal)
    is_own = proposal.person.is_own(who(request))
    context = {"proposal": proposal, "form": form, "may_answer": may_answer and not is_own, "is_own": is_own}
    return render(request, "peer/proposals/detail.html", context, status=422 if form.errors else 200)


@require_POST
def take_up(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin the group of an idea, and go on to set it up."""
    if not gate.can(who(request), Perm.RUN_GROUP, gate.SERVICE):
        raise Http404
    proposal = get_object_or_404(GroupProposal.objects.visible_to(who(request)), public_id=public_id)
    group = proposals.take_up(proposal, by=who(request))
    return redirect("groups-set-up", group.public_id)

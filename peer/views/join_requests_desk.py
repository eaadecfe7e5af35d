"""Staff answer somebody who asked for a place (matrix row 24)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer import eligibility, gate
from peer.actions import join_requests
from peer.forms.join_requests import AnswerForm
from peer.methods import require_http_methods
from peer.models import Invitation, JoinRequest, User
from peer.roles import Perm
from peer.web import acted, who


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Offer the place, or say in kind words that it is not this group."""
    if not gate.can(who(request), Perm.INVITE_PERSON, gate.SERVICE):
        raise Http404
    rows = JoinRequest.objects.visible_to(who(request)).waiting().select_related("person", "group")
    asked = get_object_or_404(rows, public_id=public_id)
    form = AnswerForm(request.POST or None)
    act = lambda: _answer(asked, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        return redirect("invitations-index")
    context = {
        "asked": asked,
        "form": form,
        "why_not": eligibility.why_not_asked(asked.person, asked.group),
        "others": eligibility.groups_for(asked.person).exclude(pk=asked.group_id),
    }
    return render(request, "peer/join_requests/answer.html", context, status=422 if form.errors else 200)


def _answer(asked: JoinRequest, *, by: User, outcome: str, words: str) -> JoinRequest | Invitation:
    act = join_requests.accept if outcome == "accept" else join_requests.decline
    return act(asked, by=by, words=words)

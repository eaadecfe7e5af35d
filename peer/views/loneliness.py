"""The question on loneliness: asked of a member, seen again by nobody else (S2)."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer.actions import loneliness
from peer.forms.loneliness import LonelinessForm
from peer.methods import require_http_methods, require_POST
from peer.models import LonelinessAnswer, Membership
from peer.models.loneliness import due_moment
from peer.states import RuleBroken
from peer.web import acted, who


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask, take an answer, and show one's own earlier answers."""
    membership = _own(request, public_id)
    form = LonelinessForm(request.POST or None)
    act = lambda: loneliness.answer(membership, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        return redirect(membership.group)
    context = {
        "form": form,
        "group": membership.group,
        "is_due": due_moment(membership.joined_at, membership.asked) is not None,
        "answers": LonelinessAnswer.objects.visible_to(who(request)).filter(membership=membership).order_by("id"),
    }
    return render(request, "peer/loneliness/ask.html", context, status=422 if form.errors else 200)


@require_POST
def skip(request: HttpRequest, public_id: str) -> HttpResponse:
    """Skip the question until the next time."""
    membership = _own(request, public_id)
    with suppress(RuleBroken):  # answered a moment ago: there is nothing to skip
        loneliness.skip(membership, by=who(request))
    return redirect(membership.group)


def _own(request: HttpRequest, public_id: str) -> Membership:
    user = who(request)
    rows = Membership.objects.visible_to(user).active().filter(user=user, welcome__isnull=False).with_first_weeks()
    return get_object_or_404(rows.select_related("group"), group__public_id=public_id)

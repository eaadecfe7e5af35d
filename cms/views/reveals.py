"""Who is this? For a quarter of an hour, with a reason, a second step just shown, and somebody who checks it (B2)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from cms import second_factor
from cms.forms.accounts import ReasonForm
from notifications.views.act_sheet import lines_of
from peer import gate
from peer.actions import reveals
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Membership, Reveal
from peer.roles import Perm, Role
from peer.web import acted, for_whom_may, only_with, pressed, who


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask why; then show who it is, and leave a trace of each look."""
    user = who(request)
    rows = Membership.objects.visible_to(user).exclude(person__kind="staff").select_related("group", "person")
    membership = for_whom_may(request, reveals.reveal, get_object_or_404(rows, public_id=public_id))
    opened = Reveal.objects.visible_to(user).open_now(membership, by=user)
    if opened is not None:
        return _who_it_is(request, opened)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not second_factor.is_fresh(request, user):
            return second_factor.ask_again(request, user)
        if acted(form, lambda: reveals.reveal(membership, by=user, reason=form.cleaned_data["reason"])) is not None:
            return redirect("reveals-person", public_id)
    context = {"membership": membership, "form": form}
    return render(request, "reveals/ask.html", context, status=422 if form.errors else 200)


def _who_it_is(request: HttpRequest, opened: Reveal) -> HttpResponse:
    """Show the name; the number to a clinician on duty, its end to a manager (matrix row 20)."""
    user, somebody = who(request), opened.membership.person
    gate.looked(somebody, by=user, why="who is this")
    phones = somebody.contact_points.reachable().phones()
    context = {
        "membership": opened.membership,
        "person": somebody,
        "until": opened.until_at,
        "lines": lines_of(somebody) if gate.can(user, Perm.REVEAL_NUMBER, opened.membership) else (),
        "ends": [phone.masked for phone in phones] if user.may_in_service(Role.SERVICE_MANAGER) else [],
    }
    return render(request, "reveals/person.html", context)


@require_safe
@only_with(Perm.CHECK_REVEAL)
def index(request: HttpRequest) -> HttpResponse:
    """List who was looked up, by whom and why, until somebody else has read it."""
    rows = Reveal.objects.visible_to(who(request)).to_check()
    return render(request, "reveals/index.html", {"rows": rows})


@require_POST
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down that one has read why somebody was looked up."""
    rows = Reveal.objects.visible_to(who(request)).to_check()
    shown = for_whom_may(request, reveals.check, get_object_or_404(rows, public_id=public_id))
    pressed(request, lambda: reveals.check(shown, by=who(request)))
    return redirect("reveals-index")

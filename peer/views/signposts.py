"""Other help: the person sees what it is and says what came of it; staff ask, write it down and count (S5, S72)."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import gate
from peer.actions import signposts
from peer.forms.signposts import ANSWERS, OutcomeForm, SayForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Signpost
from peer.roles import Perm
from peer.web import acted, only_with, who

PAGE = 50


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show what one was pointed to, why, and the buttons that say what came of it."""
    person = who(request).person
    if person is None or person.kind == person.Kind.STAFF:
        raise Http404
    rows = Signpost.objects.visible_to(who(request)).own(who(request))[:PAGE]
    shown = [(row, [state for state in ANSWERS if state in row.MOVES.get(row.state, set())]) for row in rows]
    return render(request, "peer/signposts/own.html", {"signposts": shown})


@require_POST
def say(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take in what came of it, by one press."""
    rows = Signpost.objects.visible_to(who(request)).own(who(request))
    signpost = get_object_or_404(rows, public_id=public_id)
    form = SayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the answers."))
        return redirect("signposts-own")
    state = form.cleaned_data["state"]
    with suppress(gate.AlreadyDone):
        signposts.say(signpost, by=who(request), state=state)
    if state == Signpost.State.NOT_IN:
        messages.success(request, _("Thank you. Somebody looks for another way with you."))
    else:
        messages.success(request, _("Thank you. That helps us, and the next person."))
    return redirect("signposts-own")


@only_with(Perm.SIGNPOST)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List whom somebody must ask, soonest due first, and what came of all of it by service."""
    rows = Signpost.objects.visible_to(who(request))
    waiting = rows.waiting().select_related("person", "owner")[:PAGE]
    return render(request, "peer/signposts/index.html", {"signposts": waiting, "figures": rows.figures()[:PAGE]})


@only_with(Perm.SIGNPOST)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one signpost, and take in what came of it."""
    rows = Signpost.objects.visible_to(who(request)).select_related("person", "owner", "made_by")
    signpost = get_object_or_404(rows, public_id=public_id)
    form = OutcomeForm(request.POST if request.method == "POST" else None, signpost=signpost)
    act = lambda: signposts.note(signpost, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Written down."))
        return redirect("signposts-index")
    context = {"signpost": signpost, "form": form}
    return render(request, "peer/signposts/detail.html", context, status=422 if form.errors else 200)

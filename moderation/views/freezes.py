"""Pausing a group with one press, and opening it again (safety P10)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moderation.actions import freezes
from moderation.forms.shifts import FreezeForm
from moderation.models import WatchedGroup
from peer import grants
from peer.methods import require_http_methods
from peer.roles import Perm
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.web import for_whom_may, only_with, who

ACTS = {
    "pause": (freezes.freeze, lazy("The group is paused.")),
    "read": (freezes.let_read, lazy("People can read again. Somebody else must say that they can write.")),
    "reopen": (freezes.reopen, lazy("The group is open again, and everybody in it hears so.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Pause a group, let people read in it again, or let them write."""
    if what not in ACTS:
        raise Http404
    act, done = ACTS[what]
    watched = WatchedGroup.objects.visible_to(who(request))
    group = for_whom_may(request, act, get_object_or_404(watched, public_id=public_id))
    form = FreezeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(group, by=who(request), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        except (StaleMove, IllegalMove):
            form.add_error(None, _("Somebody did this already."))
        else:
            messages.success(request, str(done))
            return redirect("freezes-list")
    context = {"form": form, "group": group, "what": what, "pause": group.pauses.going(group)}
    return render(request, "moderation/freezes/change.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD"])
@only_with(Perm.FREEZE_GROUP)
def index(request: HttpRequest) -> HttpResponse:
    """List the groups one watches over, each with its one press."""
    groups = list(WatchedGroup.objects.visible_to(who(request)).order_by("title"))
    grants.learn(who(request), groups)
    return render(request, "moderation/freezes/index.html", {"groups": groups})

"""The rota for those who plan it and those who cover, and one's own shifts (matrix row 27)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from moderation.actions import shifts
from moderation.forms.shifts import HandOverForm, ShiftForm
from moderation.models import OnCallShift
from peer import gate
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import SupportGroup
from peer.roles import Perm
from peer.states import RuleBroken
from peer.web import for_whom_may, only_with, or_404, who


@require_http_methods(["GET", "HEAD", "POST"])
@only_with(Perm.READ_ROTA)
def rota(request: HttpRequest) -> HttpResponse:
    """Show seven days ahead with every gap; whoever plans the rota plans a shift here too."""
    user = who(request)
    rows = OnCallShift.objects.visible_to(user)
    if not gate.can(user, Perm.PLAN_ROTA, gate.SERVICE):
        or_404(request.method != "POST" or None)
        mine = SupportGroup.objects.joined_by(user).order_by("title")
        groups = [group for group in mine if gate.can(user, Perm.READ_ROTA, group)]
        return render(request, "moderation/shifts/rota.html", {"groups": rows.week(groups=groups)})
    form = ShiftForm(request.POST or None, groups=rows.groups(), people=rows.clinicians())
    if request.method == "POST" and form.is_valid():
        start, end = form.span()
        said = form.cleaned_data
        try:
            shift = shifts.plan(said["group"], by=user, user=said["user"], from_at=start, until_at=end)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            hours = shift.length().total_seconds() / 3600
            messages.success(
                request, _("Planned: %(hours)g hours for %(name)s.") % {"hours": hours, "name": shift.user}
            )
            return redirect("rota-list")
    context = {"form": form, "groups": rows.week()}
    return render(request, "moderation/shifts/rota.html", context, status=422 if form.errors else 200)


@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a planned shift off the rota."""
    shifts.cancel(_shift(request, public_id, shifts.cancel), by=who(request))
    messages.success(request, _("Taken off the rota. See below whether that leaves a gap."))
    return redirect("rota-list")


@require_safe
@only_with(Perm.RUN_SHIFT)
def mine(request: HttpRequest) -> HttpResponse:
    """Show a clinician's own shifts: what is on, what comes, and who follows."""
    rows = OnCallShift.objects.visible_to(who(request)).own(who(request))
    return render(request, "moderation/shifts/mine.html", {"shifts": rows})


@require_POST
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin one's shift."""
    return _press(request, shifts.start, public_id, done=_("You are on call now. Calls and texts reach you."))


@require_POST
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """End one's shift."""
    return _press(request, shifts.end, public_id, done=_("Your shift is over. Thank you."))


@require_POST
def hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand over to the next person, who must have started."""
    form = HandOverForm(request.POST)
    shift = _shift(request, public_id, shifts.hand_over)
    following = shift.following().filter(public_id=form.data.get("to", "")).first() if form.is_valid() else None
    done = _("Handed over. What you had in hand waits for their yes.")
    return _press(request, shifts.hand_over, public_id, done=done, to=or_404(following))


def _shift(request: HttpRequest, public_id: str, act: Any) -> OnCallShift:
    """Find a shift for whoever may do this to it; for anybody else there is none."""
    rows = OnCallShift.objects.visible_to(who(request)).with_people()
    return for_whom_may(request, act, get_object_or_404(rows, public_id=public_id))


def _press(request: HttpRequest, act: Any, public_id: str, *, done: str, **more: Any) -> HttpResponse:
    shift = _shift(request, public_id, act)
    try:
        act(shift, by=who(request), **more)
        messages.success(request, done)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("shifts-mine")

"""The board of alarms about accounts, and one form for each (B3)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import breach, clock
from peer.actions import breaches
from peer.forms.breaches import SettleForm
from peer.methods import require_http_methods, require_safe
from peer.models import BreachAlarm
from peer.roles import Perm
from peer.web import acted, only_with, who


@only_with(Perm.LOOK_INTO_ALARM)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what nobody has looked into, the most pressing first."""
    alarms = BreachAlarm.objects.visible_to(who(request)).waiting().select_related("about")
    return render(request, "peer/breaches/index.html", {"alarms": alarms, "now": clock.now()})


@only_with(Perm.LOOK_INTO_ALARM)
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one alarm and take what came of it."""
    mine = BreachAlarm.objects.visible_to(who(request)).waiting().select_related("about")
    alarm = get_object_or_404(mine, public_id=public_id)
    form = SettleForm(request.POST if request.method == "POST" else None)
    act = partial(breaches.settle, alarm, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Written down."))
        return redirect("breaches-index")
    context = {"alarm": alarm, "limit": breach.limits()[alarm.kind], "form": form}
    return render(request, "peer/breaches/detail.html", context, status=422 if form.errors else 200)

"""The guide page of the demo: who to be, what to try, what time it is."""

from __future__ import annotations

import datetime as dt

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cms.demo.things import THINGS
from cms.example import rota
from cms.example.cast import CAST, PLAYERS
from cms.second_factor import ONE_PRESS_DOOR
from peer import clock
from peer.methods import require_POST, require_safe
from peer.models import User

MOVES: dict[str, tuple[object, dt.timedelta | dt.time]] = {
    "hour": (_("One hour on"), dt.timedelta(hours=1)),
    "day": (_("One day on"), dt.timedelta(days=1)),
    "afternoon": (_("To 4.30 in the afternoon"), dt.time(16, 30)),
    "evening": (_("To ten past ten at night"), dt.time(22, 10)),
    "night": (_("To two in the morning"), dt.time(2, 0)),
}


@login_not_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """Show the ten things to try, the people to be, and their phones."""
    context = {
        "cast": CAST,
        "things": THINGS,
        "handsets": settings.SIMULATOR_URL,
        "now": clock.now(),
        "moves": [(key, words) for key, (words, _step) in MOVES.items()],
    }
    return render(request, "cms/demo/guide.html", context)


@login_not_required
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Become one of the cast with one press."""
    handle = request.POST.get("handle", "")
    if handle not in PLAYERS:
        raise Http404
    logout(request)
    user = User.objects.get(handle=handle)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, method=ONE_PRESS_DOOR)  # counts as a second factor in the demo alone
    messages.success(request, _("You are %(name)s now.") % {"name": PLAYERS[handle].called})
    onward = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(onward, allowed_hosts=None)
    return redirect(onward if onward and here else settings.LOGIN_REDIRECT_URL)


@login_not_required
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the product's clock forward, for every process of the demo; whoever is on call then has come on time."""
    if request.POST.get("to") not in MOVES:
        raise Http404
    step = MOVES[request.POST["to"]][1]
    ahead = step if isinstance(step, dt.timedelta) else _until(step)
    clock.set_offset(clock.offset() + ahead)
    rota.fill()
    return redirect("demo-guide")


def _until(time: dt.time) -> dt.timedelta:
    """Count how long it is, in London, until it is next `time` (never backwards: messages would come twice)."""
    now = clock.now().astimezone(clock.LONDON)
    day = now.date() if time > now.time() else now.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, time, clock.LONDON) - now

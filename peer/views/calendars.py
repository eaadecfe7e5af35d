"""One's own calendar: the page of its address, the feed behind it, and one time as a file."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from peer import calendars
from peer.actions import calendars as acts
from peer.methods import require_POST, require_safe
from peer.models import CalendarAddress
from peer.web import who


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show the address of one's calendar, who can read it, and how to have another one."""
    held = CalendarAddress.objects.visible_to(who(request)).first()
    address = settings.PUBLIC_BASE_URL + reverse("calendars-feed", args=[held.secret]) if held else ""
    return render(request, "peer/calendars/own.html", {"held": held, "address": address})


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Make an address, or a new one; the old one opens nothing from then on."""
    acts.make_address(who(request), by=who(request))
    messages.success(request, _("This is your address. If you had an old one, it shows nothing any more."))
    return redirect("calendars-own")


@require_POST
def give_up(request: HttpRequest) -> HttpResponse:
    """Have no address any more."""
    acts.give_up_address(who(request), by=who(request))
    messages.success(request, _("The address is gone. Your calendar stops showing your times."))
    return redirect("calendars-own")


@login_not_required
@never_cache
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give what somebody has booked to whoever knows the address: their calendar, which cannot sign in."""
    address = CalendarAddress.objects.live().at(secret)
    if address is None:
        raise Http404
    return _calendar(calendars.booked(address.user))


@require_safe
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give one time that one has booked, as a file."""
    row = get_object_or_404(calendars.booked(who(request)), session__public_id=public_id)
    answer = _calendar([row])
    answer["Content-Disposition"] = 'attachment; filename="time.ics"'
    return answer


def _calendar(rows: Any) -> HttpResponse:
    return HttpResponse(calendars.of(rows), content_type=calendars.TYPE, headers={"X-Robots-Tag": "noindex"})

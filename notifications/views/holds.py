"""The hold after a restore: what is kept back, comparing with the network, and letting messages go (H27)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from notifications.actions import holds
from notifications.forms.holds import EndForm
from notifications.models import Delivery, Duty, SendingHold
from notifications.models.pauses import SendingHoldQuerySet
from notifications.purposes import PURPOSES
from peer import gate
from peer.methods import require_http_methods, require_POST
from peer.roles import Perm
from peer.web import acted, who


def _holds(request: HttpRequest) -> SendingHoldQuerySet:
    """Begin with the holds this person may see; for anybody else there is no such page."""
    if not gate.can(who(request), Perm.END_HOLD, gate.SERVICE):
        raise Http404
    return SendingHold.objects.visible_to(who(request))


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest) -> HttpResponse:
    """Show what is held and how far the comparison is; end the hold with a reason."""
    rows = _holds(request)
    hold = rows.current().first()
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and hold is not None and form.is_valid():
        act = partial(holds.end, hold, by=who(request))
        if acted(form, lambda: act(**form.cleaned_data)) is not None:
            messages.success(request, _("The hold is over. Messages go again."))
            return redirect("messages-hold")
    waiting = Delivery.objects.visible_to(who(request)).filter(state=Delivery.State.PENDING).exclude(duty=Duty.PAGE)
    counts = waiting.values("notification__purpose").annotate(n=Count("pk")).order_by("-n", "notification__purpose")
    context = {
        "hold": hold,
        "form": form,
        "counts": [
            (str(PURPOSES.get(row["notification__purpose"], _("A message"))), row["n"]) for row in counts if hold
        ],
        "before": rows.filter(ended_at__isnull=False).select_related("ended_by").order_by("-pk")[:10],
    }
    return render(request, "notifications/outbox/hold.html", context, status=422 if form.errors else 200)


@require_POST
def compare(request: HttpRequest) -> HttpResponse:
    """Ask the clock process to compare what is held with the network's list."""
    holds.compare(get_object_or_404(_holds(request).current()), by=who(request))
    messages.success(request, _("Asked. Look at this page again in a minute."))
    return redirect("messages-hold")

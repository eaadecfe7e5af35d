"""What was sent: one's own messages, the masked log of staff, and the board of what is stuck (matrix rows 29, 30)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notifications.actions import outbox
from notifications.forms.outbox import SettleForm
from notifications.models import Delivery
from notifications.models.outbox import DeliveryQuerySet
from notifications.models.pauses import is_held
from notifications.notices import NOTICES
from peer import gate
from peer.methods import require_http_methods, require_safe
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken

PAGE = 40
State = Delivery.State
GONE = (State.ACCEPTED, State.SENT, State.DELIVERED, State.UNDELIVERED, State.UNKNOWN)
TONES = {
    State.DELIVERED: "good",
    State.ACCEPTED: "calm",
    State.SENT: "calm",
    State.PENDING: "wait",
    State.HELD: "wait",
    State.AMBIGUOUS: "warn",
    State.UNDELIVERED: "warn",
    State.FAILED: "warn",
    State.UNKNOWN: "warn",
}
PURPOSES = {
    "first_hello": lazy("First hello"),
    "request_accepted": lazy("News: on the list"),
    "request_offered": lazy("News: a first meeting"),
    "we_will_ring": lazy("When we will ring"),
    "invitation": lazy("A link for them alone"),
    "place_ready": lazy("The last step after the hello call"),
    "copy_ready": lazy("Something they asked for is ready"),
    "invitation_code": lazy("A code for the link"),
    "sign_in_code": lazy("A code to sign in"),
    "answer": lazy("An answer to what they told us"),
    "page": lazy("Urgent: somebody is needed"),
    **{notice.name: notice.title for notice in NOTICES.values()},
}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _staff(request: HttpRequest, perm: Perm) -> DeliveryQuerySet:
    """Begin with what this person may see; whoever may see nothing gets the 404 of a page that never was."""
    if not gate.can(_user(request), perm, gate.SERVICE):
        raise Http404
    return Delivery.objects.visible_to(_user(request)).select_related("contact", "notification__recipient")


def _before(rows: DeliveryQuerySet, request: HttpRequest) -> tuple[list[Delivery], str]:
    """Cut one page, newest first, by the id before it; give the address of the older one."""
    before = request.GET.get("before", "")
    rows = rows.filter(pk__lt=int(before)) if before.isdigit() else rows
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show somebody what was sent to them, with its words."""
    rows = Delivery.objects.visible_to(_user(request)).filter(
        notification__recipient=_user(request).person_id, contact__person=_user(request).person_id, state__in=GONE
    )
    found, older = _before(rows.select_related("contact", "notification__recipient"), request)
    context = {"rows": [(row, _purpose(row)) for row in found], "older_href": older}
    return render(request, "notifications/outbox/own.html", context)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show staff that something was sent, to whom and what became of it; never its words, numbers masked."""
    asked = request.GET.get("state", "")
    rows = _staff(request, Perm.READ_NOTIFICATION_LOG)
    stuck = rows.stuck().count()
    if asked in State.values:
        rows = rows.filter(state=asked)
    found, older = _before(rows, request)
    tabs = [{"title": _("All"), "href": "?", "current": not asked}]
    shown = (State.PENDING, State.DELIVERED, State.UNDELIVERED, State.FAILED, State.CANCELLED)
    tabs += [{"title": one.label, "href": f"?state={one}", "current": asked == one} for one in shown]
    context = {
        "rows": [(row, _purpose(row), TONES.get(State(row.state), "plain")) for row in found],
        "older_href": f"{older}&state={asked}" if older and asked else older,
        "tabs": tabs,
        "stuck": stuck,
        "may_end_hold": gate.can(_user(request), Perm.END_HOLD, gate.SERVICE),
        "is_held": is_held(),
    }
    return render(request, "notifications/outbox/log.html", context)


@require_safe
def stuck(request: HttpRequest) -> HttpResponse:
    """Show what only a person can settle, the oldest first."""
    rows = _staff(request, Perm.SETTLE_STUCK_MESSAGE).stuck()[:PAGE]
    return render(request, "notifications/outbox/stuck.html", {"rows": [(row, _purpose(row)) for row in rows]})


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle one stuck message."""
    row = get_object_or_404(_staff(request, Perm.SETTLE_STUCK_MESSAGE).stuck(), pk=pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            outbox.settle(row, by=_user(request), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Thank you. That is settled."))
            return redirect("messages-stuck")
    context = {"row": row, "purpose": _purpose(row), "form": form}
    return render(request, "notifications/outbox/settle.html", context, status=422 if form.is_bound else 200)


def _purpose(row: Delivery) -> str:
    return str(PURPOSES.get(row.notification.purpose, _("A message")))

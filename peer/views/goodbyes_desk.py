"""The desk of last weeks: who moves on and until when, more time, and staying after all (U12)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import gate
from peer.actions import moving_on
from peer.forms.memberships import MoreTimeForm, NextGroupForm, WhyForm
from peer.methods import require_http_methods, require_safe
from peer.models import Membership, MovingOn, SupportGroup
from peer.models.moving_on import MovingOnQuerySet
from peer.roles import Perm
from peer.web import acted, who


def _staff(request: HttpRequest) -> MovingOnQuerySet:
    if not gate.can(who(request), Perm.PLAN_GOODBYE, gate.SERVICE):
        raise Http404
    return MovingOn.objects.visible_to(who(request)).select_related("membership__group", "membership__person")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List who moves on, the nearest end first."""
    return render(request, "peer/goodbyes/index.html", {"rows": _staff(request).under_way()})


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let somebody begin to move on."""
    _staff(request)
    rows = Membership.objects.visible_to(who(request)).active().exclude(person__kind="staff")
    membership = get_object_or_404(rows.select_related("group", "person"), public_id=public_id)
    groups = SupportGroup.objects.visible_to(who(request)).open_to_offer().exclude(pk=membership.group_id)
    form = NextGroupForm(request.POST if request.method == "POST" else None, groups=groups)
    act = partial(moving_on.begin, membership, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Begun. They are told now, and once more a week before the end."))
        return redirect("goodbyes-index")
    context = {"membership": membership, "form": form}
    return render(request, "peer/goodbyes/begin.html", context, status=422 if form.errors else 200)


FORMS: dict[str, tuple[Any, Any]] = {
    "more-time": (MoreTimeForm, moving_on.more_time),
    "call-off": (WhyForm, moving_on.call_off),
}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Give somebody more time, or let them stay after all."""
    moving = get_object_or_404(_staff(request).under_way(), public_id=public_id)
    if verb not in FORMS:
        raise Http404
    form_class, do = FORMS[verb]
    form = form_class(request.POST if request.method == "POST" else None)
    act = partial(do, moving, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Written down."))
        return redirect("goodbyes-index")
    context = {"moving": moving, "membership": moving.membership, "form": form, "verb": verb}
    return render(request, "peer/goodbyes/act.html", context, status=422 if form.errors else 200)

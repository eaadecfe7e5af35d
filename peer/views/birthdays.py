"""The desk of birthdays: who grows out of their group, and where they go (M4)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import gate
from peer.actions import birthdays
from peer.forms.memberships import MoveForm
from peer.methods import require_http_methods, require_safe
from peer.models import BandMove, SupportGroup
from peer.models.birthdays import BandMoveQuerySet
from peer.roles import Perm
from peer.web import acted, who


def _staff(request: HttpRequest) -> BandMoveQuerySet:
    if not gate.can(who(request), Perm.PLAN_BIRTHDAY, gate.SERVICE):
        raise Http404
    rows = BandMove.objects.visible_to(who(request)).open()
    return rows.select_related("membership__group", "membership__person", "to_group")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List whose birthday takes them out of their group, the nearest first."""
    return render(request, "peer/birthdays/index.html", {"moves": _staff(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Plan where somebody goes."""
    move = get_object_or_404(_staff(request), public_id=public_id)
    groups = SupportGroup.objects.visible_to(who(request)).open_to_offer().for_age(move.turns)
    form = MoveForm(request.POST if request.method == "POST" else None, groups=groups)
    act = partial(birthdays.plan, move, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Planned. They are asked on the day, and keep their group until then."))
        return redirect("birthdays-index")
    context = {"move": move, "person": move.membership.person, "form": form, "has_groups": groups.exists()}
    return render(request, "peer/birthdays/detail.html", context, status=422 if form.errors else 200)

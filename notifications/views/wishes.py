"""How somebody likes to hear from us: their own page, and the same page for staff in a conversation (S94)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from notifications import digests
from notifications.actions import wishes
from notifications.actions.wishes import Wishes
from notifications.forms.wishes import WishesForm
from notifications.rules import topics_in_use
from peer import gate
from peer.methods import require_http_methods
from peer.models import Person, User
from peer.roles import Perm


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Let somebody choose how they hear from us."""
    user = cast(User, request.user)
    if user.person is None:
        raise Http404
    keep = partial(wishes.choose, user.person, by=user)
    return _page(request, user.person, keep, back="messages-own", is_own=True)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down what somebody wished for in a conversation."""
    user = cast(User, request.user)
    if not gate.can(user, Perm.KEEP_CONTACTS, gate.SERVICE):
        raise Http404
    person = get_object_or_404(Person.objects.visible_to(user), public_id=public_id)
    keep = partial(wishes.note, person, by=user)
    return _page(request, person, keep, back="waiting-detail", is_own=False)


def _page(
    request: HttpRequest, person: Person, keep: Callable[..., Person], *, back: str, is_own: bool
) -> HttpResponse:
    form = WishesForm(
        request.POST if request.method == "POST" else None,
        topics=topics_in_use(),
        contacts=list(person.contact_points.reachable().order_by("pk")),
        held=list(person.contact_preferences.all()),
        digest=digests.often_of(person) if person.memberships.active().exists() else "",
        needs=list(person.communication_needs.values_list("kind", flat=True)),
    )
    if request.method == "POST" and form.is_valid():
        kept: Wishes = form.wishes()
        keep(wishes=kept)
        messages.success(request, _("Saved. It holds from the next message on."))
        return redirect(request.path)
    context = {"form": form, "person": person, "is_own": is_own, "back_route": back}
    return render(request, "notifications/wishes.html", context, status=422 if form.errors else 200)

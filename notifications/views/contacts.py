"""Numbers of a family: a co-ordinator writes one down; a call proves it before anything is sent."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from notifications.actions import calls, contacts
from notifications.forms.contacts import NumberForm
from peer import gate
from peer.methods import require_http_methods
from peer.models import Person, User
from peer.roles import Perm


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down a number, and put the call that proves it on the list (U1)."""
    user = cast(User, request.user)
    if not gate.can(user, Perm.KEEP_CONTACTS, gate.SERVICE):
        raise Http404
    people = Person.objects.visible_to(user).filter(kind=Person.Kind.YOUNG_PERSON).prefetch_related("adults__adult")
    person = get_object_or_404(people, public_id=public_id)
    may_hear = [row.adult for row in person.adults.all() if not row.must_not_be_told]
    form = NumberForm(request.POST if request.method == "POST" else None, people=[*may_hear, person])
    if request.method == "POST" and form.is_valid():
        holder, way = form.way()
        added = contacts.add(person, by=user, ways=[(holder, way)], source="told by phone")
        for contact in added:
            calls.ask(contact, by=user, subject=person)
        messages.success(
            request,
            _("Saved. A call that proves the number is on the list.") if added else _("We have this number already."),
        )
        return redirect("waiting-detail", public_id=public_id)
    context = {"form": form, "person": person}
    return render(request, "calls/number.html", context, status=422 if form.errors else 200)

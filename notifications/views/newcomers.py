"""Staff write down somebody who comes without a list, and go on to offer a group (U19)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from notifications.actions import contacts
from notifications.forms.newcomers import NewcomerForm
from peer import gate
from peer.actions import newcomers
from peer.families import Way
from peer.methods import require_http_methods
from peer.models import Person, User
from peer.roles import Perm
from peer.web import acted, who


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write down who it is and their own number; then choose a group for them."""
    if not gate.can(who(request), Perm.ADD_PERSON, gate.SERVICE):
        raise Http404
    form = NewcomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = acted(form, lambda: _write_down(form, by=who(request)))
        if person is not None:
            return redirect("invitations-offer", person.public_id)
    return render(request, "notifications/newcomers.html", {"form": form}, status=422 if form.errors else 200)


def _write_down(form: NewcomerForm, *, by: User) -> Person:
    person = newcomers.write_down(gate.SERVICE, by=by, newcomer=form.newcomer())
    with gate.after_first():
        way = Way(number=form.cleaned_data["number"])
        contacts.add(person, by=by, ways=[(person, way)], source="told us themselves")
    return person

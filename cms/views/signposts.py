"""Staff point one person to services of the directory, and say why (S5)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cms import finding
from cms.forms.directory import LookForm
from cms.forms.signposts import PointForm
from cms.models import DirectoryService
from peer import gate
from peer.actions import signposts
from peer.methods import require_http_methods
from peer.models import Person, Signpost
from peer.roles import Perm
from peer.web import acted, only_with, who

SHOWN = 20


@only_with(Perm.SIGNPOST)
@require_http_methods(["GET", "HEAD", "POST"])
def point(request: HttpRequest, public_id: str) -> HttpResponse:
    """Look through what is checked and open, for this person's age, and choose one to three."""
    people = Person.objects.visible_to(who(request)).filter(kind=Person.Kind.YOUNG_PERSON)
    person = get_object_or_404(people, public_id=public_id)
    asked = request.GET or {"age": person.age() if person.age() is not None else ""}
    look = LookForm(asked)
    found = finding.find(DirectoryService.objects.published().suggested(), look.wanted()).whole()[:SHOWN]
    form = PointForm(request.POST if request.method == "POST" else None, found=found)
    if request.method == "GET" or request.method == "HEAD":
        gate.looked(person, by=who(request), why="caseload")

    def act() -> Signpost:
        return signposts.point(person, by=who(request), services=form.chosen(), why=form.cleaned_data["why"])

    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Saved. They hear that there is something new on their page. Nobody else does."))
        return redirect("waiting-detail", public_id)
    context = {
        "person": person,
        "look": look,
        "form": form,
        "found": list(form.known.values()),
        "made": Signpost.objects.visible_to(who(request)).filter(person=person).order_by("-pk"),
    }
    return render(request, "directory/desk/point.html", context, status=422 if form.errors else 200)

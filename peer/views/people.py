"""One person, the hard acts: a death and its taking back, silence of machines, the adults around (U6, U17)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from peer import gate
from peer.actions import adults, deaths, restrictions
from peer.forms.people import AdultForm, DeathForm, ReasonForm
from peer.methods import require_http_methods, require_safe
from peer.models import Death, ParentRelationship, Person, Restriction
from peer.roles import Perm
from peer.web import acted, who


def _person(request: HttpRequest, perm: Perm, public_id: str) -> Person:
    """Find the person for whoever has the right; for anybody else there is no such page."""
    if not gate.can(who(request), perm, gate.SERVICE):
        raise Http404
    people = Person.objects.visible_to(who(request)).exclude(kind=Person.Kind.STAFF)
    return get_object_or_404(people, public_id=public_id)


def _back(request: HttpRequest, person: Person) -> str:
    """Give the page of the young person it is about, for those who may open it."""
    if not gate.can(who(request), Perm.READ_CASELOAD, gate.SERVICE):
        return reverse("people-deaths") if gate.can(who(request), Perm.RECORD_DEATH, gate.SERVICE) else reverse("home")
    young = person
    if person.kind != Person.Kind.YOUNG_PERSON:
        relation = person.young_people.select_related("young_person").order_by("pk").first()
        young = relation.young_person if isinstance(relation, ParentRelationship) else person
    is_listed = young.kind == Person.Kind.YOUNG_PERSON
    return reverse("waiting-detail", args=[young.public_id]) if is_listed else reverse("waiting-index")


# ── A death ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@require_safe
def died_list(request: HttpRequest) -> HttpResponse:
    """List who has died, the newest first, for those who may write it down or take it back."""
    if not gate.can(who(request), Perm.RECORD_DEATH, gate.SERVICE):
        raise Http404
    rows = Death.objects.visible_to(who(request)).current().select_related("person", "recorded_by")
    return render(request, "peer/people/deaths.html", {"deaths": rows.order_by("-pk")[:100]})


@require_http_methods(["GET", "HEAD", "POST"])
def died(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take in that somebody has died: the day, how we know, and once more "are you sure"."""
    person = _person(request, Perm.RECORD_DEATH, public_id)
    death = Death.objects.visible_to(who(request)).current().filter(person=person).select_related("recorded_by").first()
    form = DeathForm(request.POST if request.method == "POST" else None, person=person)
    context: dict[str, Any] = {"person": person, "death": death, "form": form, "back": _back(request, person)}
    if request.method == "POST" and death is None and form.is_valid():
        if "sure" not in request.POST:
            return render(request, "peer/people/died_sure.html", context)
        act = partial(deaths.record_death, person, by=who(request))
        if acted(form, lambda: act(**form.cleaned_data)) is not None:
            messages.success(request, _("Written down. Everything that was to go out about them has been stopped."))
            return redirect("people-died", public_id)
    return render(request, "peer/people/died.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def died_not(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back what a colleague wrote down by mistake."""
    person = _person(request, Perm.RECORD_DEATH, public_id)
    death = get_object_or_404(Death.objects.visible_to(who(request)).current(), person=person)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    act = partial(deaths.take_back, death, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Taken back. What was stopped stays stopped: please ring the family."))
        return redirect(_back(request, person))
    context = {"person": person, "death": death, "form": form}
    return render(request, "peer/people/died_not.html", context, status=422 if form.errors else 200)


# ── Silence of machines ─────────────────────────────────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
def restriction(request: HttpRequest, public_id: str) -> HttpResponse:
    """Restrict a record, or lift that, each with a reason."""
    person = _person(request, Perm.RESTRICT_PERSON, public_id)
    held = Restriction.objects.visible_to(who(request)).current().filter(person=person)
    asked = held.filter(cause=Restriction.Cause.ASKED).select_related("set_by").first()
    form = ReasonForm(request.POST if request.method == "POST" else None)
    act = partial(restrictions.lift, asked) if asked else partial(restrictions.restrict, person)
    do = lambda: act(by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, do) is not None:
        said = _("Lifted. The next news goes by itself again.") if asked else _("Restricted. A clinician rings.")
        messages.success(request, said)
        return redirect(_back(request, person))
    context = {"person": person, "asked": asked, "form": form, "back": _back(request, person)}
    return render(request, "peer/people/restriction.html", context, status=422 if form.errors else 200)


# ── The adults around ───────────────────────────────────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
def adult(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Write down what one adult is to a young person, may know and says."""
    person = _person(request, Perm.NOTE_ADULTS, public_id)
    relation = get_object_or_404(person.adults.select_related("adult"), pk=pk)
    form = AdultForm(request.POST if request.method == "POST" else None, relation=relation)
    if request.method == "POST" and form.is_valid():
        adults.note(relation, by=who(request), noted=form.noted())
        messages.success(request, _("Written down."))
        return redirect("waiting-detail", public_id)
    context = {"person": person, "relation": relation, "form": form}
    return render(request, "peer/people/adult.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Decide how to go on although adults disagree."""
    person = _person(request, Perm.RESTRICT_PERSON, public_id)
    held = Restriction.objects.visible_to(who(request)).current().filter(cause=Restriction.Cause.DISAGREE)
    found = get_object_or_404(held, person=person)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    act = partial(adults.decide, found, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Decided. The next news goes by itself again."))
        return redirect("waiting-detail", public_id)
    context = {"person": person, "form": form}
    return render(request, "peer/people/decide.html", context, status=422 if form.errors else 200)

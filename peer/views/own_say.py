"""A clinician's desk of young people's own say: talks that are owed, findings to ask about again (C5–C7)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import adults, clock, consents, gate
from peer.actions import competence
from peer.actions import consents as acts
from peer.actions import own_yes as own_yes_acts
from peer.forms.consents import AssessForm, OwnYesForm, SaidForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import CompetenceAssessment, DataRequest, OwnSay, Person
from peer.roles import Perm
from peer.web import acted, only_with, who


def _young(request: HttpRequest, public_id: str) -> Person:
    """Find the young person for a clinician; for anybody else there is no such page."""
    if not gate.can(who(request), Perm.ASSESS_COMPETENCE, gate.SERVICE):
        raise Http404
    people = Person.objects.visible_to(who(request)).filter(kind=Person.Kind.YOUNG_PERSON)
    return get_object_or_404(people, public_id=public_id)


@only_with(Perm.ASSESS_COMPETENCE)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the talks that are owed, what is to be asked again, and requests for copies, the most pressing first."""
    user = who(request)
    context = {
        "talks": OwnSay.objects.visible_to(user).waiting().select_related("person"),
        "reviews": CompetenceAssessment.objects.visible_to(user).to_review().select_related("person"),
        "copies": DataRequest.objects.visible_to(user).by_adults().to_do().select_related("asked_by", "person"),
        "now": clock.now(),
    }
    return render(request, "peer/own_say/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what one young person said yes to and can decide, and take in a new finding."""
    person, user = _young(request, public_id), who(request)
    form = AssessForm(request.POST if request.method == "POST" else None)
    assess = partial(competence.assess, person, by=user)
    if request.method == "POST" and form.is_valid() and acted(form, lambda: assess(found=form.found())) is not None:
        messages.success(request, _("Written down. We ask again on the day you chose."))
        return redirect("own-say-detail", public_id)
    if request.method != "POST":
        gate.looked(person, by=user, why="own say")
    context = {
        "person": person,
        "form": form,
        "asked": consents.of(person),
        "found": CompetenceAssessment.objects.visible_to(user)
        .filter(person=person)
        .select_related("assessed_by")
        .order_by("-pk"),
        "talks": OwnSay.objects.visible_to(user).waiting().filter(person=person),
        "own_again": consents.own_again(person),
        "may_be_asked": person.age() is not None and not adults.is_sixteen(person),
        "hear_news": adults.hear_news(person),
    }
    return render(request, "peer/own_say/detail.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, public_id: str, purpose: str) -> HttpResponse:
    """Write down what a young person said to one question, after its words were read out."""
    person = _young(request, public_id)
    asked = next((one for one in consents.of(person) if one.purpose == purpose and one.by_a_press), None)
    if asked is None:
        raise Http404
    form = SaidForm(request.POST if request.method == "POST" else None)
    act = partial(acts.note, person, by=who(request), purpose=purpose)
    do = lambda: act(given=form.cleaned_data["answer"] == "yes")  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, do) is not None:
        messages.success(request, _("Written down. It holds from now on."))
        return redirect("own-say-detail", public_id)
    context = {"person": person, "asked": asked, "form": form}
    return render(request, "peer/own_say/note.html", context, status=422 if form.errors else 200)


@require_POST
def own_yes(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Write down the own yes of somebody of 16, or their no, after the words were read out (C7)."""
    person, user = _young(request, public_id), who(request)
    owed = OwnSay.objects.visible_to(user).waiting().filter(person=person, about=OwnSay.About.OWN_YES)
    asked, form = get_object_or_404(owed, pk=pk), OwnYesForm(request.POST)
    if form.is_valid():
        own_yes_acts.note(asked, by=user, given=form.cleaned_data["answer"] == "yes")
        messages.success(request, _("Written down. Thank you for talking with them."))
    else:
        messages.error(request, _("Press one of the two."))
    return redirect("own-say-detail", public_id)


@require_POST
def talked(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """Write down that a clinician has talked with them."""
    person = _young(request, public_id)
    owed = get_object_or_404(OwnSay.objects.visible_to(who(request)).waiting().filter(person=person), pk=pk)
    competence.talked(owed, by=who(request))
    messages.success(request, _("Written down. Thank you for talking with them."))
    return redirect("own-say-detail", public_id)

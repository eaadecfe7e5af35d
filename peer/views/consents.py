"""What I said yes to: every purpose apart, taken back as easily as it was given (C1–C4, S69)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from peer import adults, consents
from peer.actions import consents as acts
from peer.actions import own_yes as own_yes_acts
from peer.forms.consents import AnswerForm, OwnYesForm
from peer.methods import require_POST, require_safe
from peer.models import Consent, Membership, OwnSay, Person
from peer.web import acted, who


def _me(request: HttpRequest) -> Person:
    """Name the person who asks; whoever only works here has no such page."""
    person = who(request).person
    if person is None or person.kind == Person.Kind.STAFF:
        raise Http404
    return person


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show every question with its words, my answer and when I gave it."""
    return _page(request, forms.Form())


@require_POST
def answer(request: HttpRequest, purpose: str) -> HttpResponse:
    """Take one yes, or one no, by one press."""
    person = _me(request)
    form = AnswerForm(request.POST, purpose=purpose)
    if purpose not in {asked.purpose for asked in consents.of(person) if asked.by_a_press}:
        raise Http404
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    user = who(request)

    def act() -> Consent:
        if said["answer"] == "yes":
            return acts.give(person, by=user, purpose=purpose, text_hash=said["words"])
        return acts.take_back(person, by=user, purpose=purpose)

    if acted(form, act) is None:
        return _page(request, form)
    given = said["answer"] == "yes"
    messages.success(request, _("Saved: yes. You can take it back.") if given else _("Saved: no. It holds from now."))
    return redirect("consents-own")


@require_POST
def own_yes(request: HttpRequest) -> HttpResponse:
    """Take one's own yes at 16, or the wish to talk first (C7)."""
    person, form = _me(request), OwnYesForm(request.POST)
    if not _asked_at_sixteen(person).exists():
        raise Http404
    if not form.is_valid():
        return _page(request, form)
    given, read = form.cleaned_data["answer"] == "yes", form.cleaned_data["words"].split()
    if acted(form, lambda: own_yes_acts.say(person, by=who(request), given=given, read=read)) is None:
        return _page(request, form)
    messages.success(
        request, _("Saved: it is your own yes.") if given else _("Saved. Somebody rings you to talk about it.")
    )
    return redirect("consents-own")


def _asked_at_sixteen(person: Person) -> QuerySet[OwnSay]:
    return person.own_says.filter(about=OwnSay.About.OWN_YES, state=OwnSay.State.OPEN)


def _page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    person, user = _me(request), who(request)
    context = {
        "asked": consents.of(person),
        "form": form,
        "is_young": person.kind == Person.Kind.YOUNG_PERSON,
        "decides_alone": adults.decides_alone(person),
        "talk": person.own_says.filter(about=OwnSay.About.PARENT_NEWS, state=OwnSay.State.OPEN).first(),
        "asked_at_sixteen": _asked_at_sixteen(person).first(),
        "own_again": consents.own_again(person),
        "groups": Membership.objects.visible_to(user).to_leave(user),
    }
    return render(request, "peer/consents/own.html", context, status=422 if form.errors else 200)

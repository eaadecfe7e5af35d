"""Asking for a copy of what is held, and the clinician who reads the request first (C8, matrix row 40)."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import gate
from peer.actions import copies
from peer.forms.consents import CopyAnswerForm
from peer.methods import require_http_methods
from peer.models import CopyRequest, ParentRelationship, Person
from peer.roles import Perm
from peer.web import acted, who

OLD_ENOUGH = 12  # from here somebody is taken to be able to say who reads about them (H09)


@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Show what I asked for, and let me ask for a copy of what is held about me."""
    person = who(request).person
    if person is None or person.kind == Person.Kind.STAFF:
        raise Http404
    return _ask(request, partial(copies.ask_own, person, by=who(request)))


@require_http_methods(["POST"])
def of_child(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask as an adult; every adult of every child gets the same words back."""
    children = ParentRelationship.objects.visible_to(who(request)).select_related("young_person", "adult")
    return _ask(request, partial(copies.ask_of_child, get_object_or_404(children, pk=pk), by=who(request)))


def _ask(request: HttpRequest, act: Any) -> HttpResponse:
    user = who(request)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("We have your request. A person reads it, and answers within a month."))
        return redirect("copies-own")
    asked = CopyRequest.objects.visible_to(user).filter(asked_by=user.person).select_related("about")
    waits = asked.waiting().values("about")
    children = ParentRelationship.objects.visible_to(user).exclude(young_person__in=waits)
    context = {
        "form": form,
        "asked": asked,
        "may_ask": not asked.waiting().filter(about=user.person).exists(),
        "children": children.select_related("young_person").order_by("pk"),
    }
    return render(request, "peer/copies/own.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read one request, and decide what may be given."""
    user = who(request)
    if not gate.can(user, Perm.ANSWER_COPY, gate.SERVICE):
        raise Http404
    asked = get_object_or_404(
        CopyRequest.objects.visible_to(user).waiting().select_related("asked_by", "about"), public_id=public_id
    )
    form = CopyAnswerForm(request.POST if request.method == "POST" else None)
    act = partial(copies.answer, asked, by=user)
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Decided. Nothing leaves by itself."))
        return redirect("own-say-index")
    age = asked.about.age()
    context = {"asked": asked, "form": form, "warn": asked.is_by_an_adult() and (age is None or age >= OLD_ENOUGH)}
    return render(request, "peer/copies/answer.html", context, status=422 if form.errors else 200)

"""Asking for a place in a group one has found, seeing what came of it, and saying yes (S1, S31)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from peer import eligibility
from peer.actions import invitations, join_requests
from peer.forms.invitations import AnswersForm, asked_words
from peer.forms.join_requests import AskForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Invitation, JoinRequest, Person
from peer.states import RuleBroken
from peer.web import acted, who


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a group that fits, and take the question for a place; a group that does not fit was never there (S31)."""
    person = _person(request)
    group = get_object_or_404(eligibility.groups_for(person), public_id=public_id)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = acted(form, lambda: join_requests.ask(person, by=who(request), group=group, **form.cleaned_data))
        if asked is not None:
            return redirect(asked)
    context = {"group": group, "people": group.to_meet(), "form": form}
    return render(request, "peer/join_requests/ask.html", context, status=422 if form.errors else 200)


@require_safe
def own(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what came of one's question, and what else there is."""
    asked = _own(request, public_id)
    context = {"asked": asked, "cards": eligibility.groups_for(asked.person).exclude(pk=asked.group_id)}
    return render(request, "peer/join_requests/own.html", context)


@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take one's question back."""
    asked = _own(request, public_id)
    try:
        join_requests.withdraw(asked, by=who(request))
    except RuleBroken as rule:
        messages.info(request, str(rule))
        return redirect(asked)
    return redirect("groups-index")


@require_POST
def put_away(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put away an answer one has read."""
    join_requests.put_away(_own(request, public_id), by=who(request))
    return redirect("groups-index")


@require_http_methods(["GET", "HEAD", "POST"])
def yes(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say yes to a place one asked for: the same words and answers as by a link."""
    invitation = _place(request, public_id)
    form = AnswersForm(request.POST or None, group=invitation.group)
    act = lambda: invitations.take(invitation, by=who(request), **form.answers())  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        return redirect("groups-index")
    context = {"form": form, "invitation": invitation, **asked_words()}
    return render(request, "peer/join_requests/yes.html", context, status=422 if form.errors else 200)


@require_POST
def no(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say no to a place after all."""
    invitations.refuse(_place(request, public_id), by=who(request))
    return redirect("groups-index")


def _person(request: HttpRequest) -> Person:
    person = who(request).person
    if person is None:
        raise Http404
    return person


def _own(request: HttpRequest, public_id: str) -> JoinRequest:
    rows = JoinRequest.objects.visible_to(who(request)).of(who(request)).select_related("group", "person", "invitation")
    return get_object_or_404(rows, public_id=public_id)


def _place(request: HttpRequest, public_id: str) -> Invitation:
    """Find the place that was kept for whoever asked for it."""
    return get_object_or_404(Invitation.objects.live().asked_for_by(who(request)), public_id=public_id)

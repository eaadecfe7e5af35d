"""The doors on every page: “I’m worried about someone” and “I need someone now”, without an account too (B6, X5).

What helps at once is on the page whether or not the database answers; a reference is typed, and stands in no address.
"""

from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from peer import gate
from peer.actions import help_requests
from peer.forms.help_requests import FindForm, HelpForm, WorryForm
from peer.methods import require_http_methods, require_safe
from peer.models import Duty, HelpRequest, Person
from peer.states import RuleBroken
from peer.web import once, sender, who

log = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Offer the two doors, and to read an answer."""
    mine = HelpRequest.objects.of(who(request)).order_by("-pk") if request.user.is_authenticated else ()
    return render(request, "peer/help_requests/index.html", {"mine": mine})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def someone(request: HttpRequest) -> HttpResponse:
    """Say that somebody worries you."""
    form = WorryForm(request.POST if request.method == "POST" else None, is_known=_person(request) is not None)
    return _door(request, form, kind=HelpRequest.Kind.SOMEONE)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Ask for a person, for oneself: help stands first, the box after it."""
    form = HelpForm(request.POST if request.method == "POST" else None, is_known=_person(request) is not None)
    return _door(request, form, kind=HelpRequest.Kind.ME)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Show what came of it to whoever types the reference; a page of it can be found in no history."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = HelpRequest.objects.by_reference(form.cleaned_data["reference"]).first()
        if asked is not None:
            return render(request, "peer/help_requests/own.html", {"asked": asked})
        form.add_error("reference", _("We can’t find that one. Please check each letter and number."))
    return render(request, "peer/help_requests/find.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def own(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show somebody who was signed in what came of what they asked."""
    mine = HelpRequest.objects.of(who(request))
    return render(request, "peer/help_requests/own.html", {"asked": get_object_or_404(mine, public_id=public_id)})


def _door(request: HttpRequest, form: HelpForm, *, kind: HelpRequest.Kind) -> HttpResponse:
    status, context = 200, {"form": form, "is_me": kind is HelpRequest.Kind.ME, "is_covered": _is_covered()}
    if request.method == "POST" and form.is_valid():
        try:
            asked = _ask(request, form, kind=kind)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        except DatabaseError:
            log.exception("somebody asked for help, and it could not be kept")
            context["not_kept"], status = True, 503
        else:
            told = {"asked": asked, "is_new": True, "is_covered": context["is_covered"]}
            known = asked.person_id is not None
            return redirect(asked) if known else render(request, "peer/help_requests/own.html", told)
    return render(request, "peer/help_requests/door.html", context, status=422 if form.errors else status)


def _ask(request: HttpRequest, form: HelpForm, *, kind: str) -> HelpRequest:
    def act(nonce: str) -> HelpRequest:
        return help_requests.ask(
            gate.SERVICE,
            by=help_requests.VISITOR,
            asked=help_requests.Asked(kind=kind, **form.cleaned_data),
            nonce=nonce,
            sender=sender(request, door="help"),
            person=_person(request),
        )

    return once(request, act, made=lambda nonce: HelpRequest.objects.get(form_nonce=nonce))


def _person(request: HttpRequest) -> Person | None:
    """Give who is signed in, where that is a person we know."""
    return getattr(request.user, "person", None)


def _is_covered() -> bool | None:
    """Tell whether a clinician is on call for some group now; None where nobody can say."""
    try:
        return bool(Duty.objects.current().exists())
    except DatabaseError:
        return None

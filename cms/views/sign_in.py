"""Signing in without a code by text: a card, a number read out, a way back; every wrong try gets the same page (B5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from cms import accounts
from cms.forms.accounts import CardForm, ComeBackForm, TogetherForm, WayBackForm
from peer import ways_in
from peer.actions import cards
from peer.gate import SERVICE
from peer.methods import require_http_methods
from peer.models import SignInCard, User

View = Callable[[HttpRequest], HttpResponse]


def door(name: str) -> Callable[[View], View]:
    """Open a page to everybody, so many tries from one place; what is typed stands in no log."""

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest) -> HttpResponse:
            if not ratelimit.consume(request, action=name):
                return cast("HttpResponse", ratelimit.respond_429(request))
            return view(request)

        methods = require_http_methods(["GET", "HEAD", "POST"])
        return login_not_required(never_cache(methods(sensitive_post_parameters()(limited))))

    return decorate


def _come_in(request: HttpRequest, user: User, *, how: str) -> None:
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, method=how)


@door("card")
def card(request: HttpRequest) -> HttpResponse:
    """Take the number of a card and three own words."""
    form = CardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = ways_in.by_card(form.cleaned_data["number"], form.cleaned_data["words"])
        if user is not None:
            _come_in(request, user, how="card")
            return redirect(settings.LOGIN_REDIRECT_URL)
        form.add_error(None, _("That didn’t work. Check the number and your words, or ring us."))
    return render(request, "account/card.html", {"form": form}, status=422 if form.errors else 200)


@door("together")
def together(request: HttpRequest) -> HttpResponse:
    """Take the six digits that somebody of staff reads out; a new card then asks for three words."""
    form = TogetherForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = cards.take_number(SERVICE, by=cards.DOOR, number=form.cleaned_data["number"])
        if user is not None:
            _come_in(request, user, how="together")
            new_card = SignInCard.objects.visible_to(user).filter(person=user.person_id, state=SignInCard.State.MADE)
            return redirect("account-words" if new_card.exists() else settings.LOGIN_REDIRECT_URL)
        form.add_error(None, _("That didn’t work. Ask for a new number: each works once, for 10 minutes."))
    return render(request, "account/together.html", {"form": form}, status=422 if form.errors else 200)


@door("way_back")
def way_back(request: HttpRequest) -> HttpResponse:
    """Ask for a way back; everybody gets a number to come back with, real or not."""
    form = WayBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = ways_in.ask_back(accounts.whose(form.cleaned_data["who"]), form.cleaned_data["secret"])
        return render(request, "account/way_back_asked.html", {"number": number})
    return render(request, "account/way_back.html", {"form": form}, status=422 if form.errors else 200)


@door("way_back")
def come_back(request: HttpRequest) -> HttpResponse:
    """Let them in a day later; every session of before has ended."""
    form = ComeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = ways_in.come_back(form.cleaned_data["number"])
        if user is not None:
            _come_in(request, user, how="way back")
            messages.success(request, _("You’re back in. Everywhere else you are signed out now."))
            return redirect("account-sessions")
        form.add_error(None, _("That doesn’t open anything yet, or not any more. Check it, or ring us."))
    return render(request, "account/come_back.html", {"form": form}, status=422 if form.errors else 200)

"""Peers say hello to whoever is new: a list, a card for each, and a way to hand it on (S2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer.actions import welcomes
from peer.forms.welcomes import HelloCardForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Welcome
from peer.models.welcomes import WelcomeQuerySet
from peer.roles import Perm
from peer.web import acted, only_with, pressed, who


def _mine(request: HttpRequest) -> WelcomeQuerySet:
    """Begin with the hellos that this peer may say."""
    return Welcome.objects.visible_to(who(request)).to_give(who(request))


@require_safe
@only_with(Perm.WELCOME_MEMBER)
def index(request: HttpRequest) -> HttpResponse:
    """List who is new in my groups, my own first."""
    return render(request, "peer/welcomes/index.html", {"welcomes": _mine(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@only_with(Perm.WELCOME_MEMBER)
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose a card for somebody who is new."""
    welcome = get_object_or_404(_mine(request), public_id=public_id)
    form = HelloCardForm(request.POST or None)
    act = lambda: welcomes.say_hello(welcome, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("They see your card the next time they look. Thank you."))
        return redirect("welcomes-index")
    context = {"welcome": welcome, "form": form}
    return render(request, "peer/welcomes/detail.html", context, status=422 if form.errors else 200)


@require_POST
@only_with(Perm.WELCOME_MEMBER)
def hand_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand it on to another peer."""
    welcome = get_object_or_404(_mine(request), public_id=public_id)
    is_done = pressed(
        request, lambda: welcomes.hand_on(welcome, by=who(request)), done=_("Somebody else says hello. That’s fine.")
    )
    return redirect("welcomes-index") if is_done else redirect(welcome)

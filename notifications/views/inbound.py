"""Texts that people sent us: what waits to be read, risk first, and what somebody did about each (N11, U3)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from notifications.actions import texts
from notifications.forms.inbound import HandleForm
from notifications.models import InboundText
from notifications.models.inbound import InboundTextQuerySet
from notifications.providers import twilio_recordings
from peer import clock, gate
from peer.methods import require_http_methods, require_safe
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken

PAGE = 30


def _texts(request: HttpRequest) -> InboundTextQuerySet:
    """Begin with the texts this person may read; whoever may read none gets the 404 of a page that never was."""
    user = cast(User, request.user)
    if not gate.can(user, Perm.READ_TEXTS, gate.SERVICE):
        raise Http404
    return InboundText.objects.visible_to(user).select_related("person", "contact")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what waits to be read."""
    context = {"texts": _texts(request).waiting()[:PAGE], "now": clock.now()}
    return render(request, "notifications/inbound/index.html", context)


@require_safe
def listen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Play what somebody said after the tone; who listened is written down."""
    spoken = get_object_or_404(_texts(request), public_id=public_id, kind=InboundText.Kind.VOICEMAIL)
    gate.looked(spoken, by=cast(User, request.user), why="listened")
    try:
        sound = twilio_recordings.fetch(spoken.sid)
    except twilio_recordings.NoRecording:
        raise Http404 from None
    return HttpResponse(sound, content_type="audio/wav", headers={"Cache-Control": "no-store"})


@require_http_methods(["GET", "HEAD", "POST"])
def handle(request: HttpRequest, public_id: str) -> HttpResponse:
    """Read one text and say what was done; who read it is written down."""
    text = get_object_or_404(_texts(request), public_id=public_id)
    user = cast(User, request.user)
    form = HandleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            texts.handle(text, by=user, **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Thank you, handled."))
            return redirect("texts-index")
    if not form.is_bound:
        gate.looked(text, by=user)
    context = {"one": text, "form": form}
    return render(request, "notifications/inbound/handle.html", context, status=422 if form.is_bound else 200)

"""Telling many at once: what was told, one notice with its words, and the second person's yes (decision 27)."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from notifications import broadcasts as expanding
from notifications import messages as words
from notifications.actions import broadcasts
from notifications.forms.broadcasts import AskForm, TakeBackForm
from notifications.models import Broadcast
from notifications.models.broadcasts import ALONE, BroadcastQuerySet
from notifications.notices import NOTICES
from peer import gate
from peer.gate import SERVICE
from peer.methods import require_http_methods, require_POST
from peer.models import User, WaitingListEntry
from peer.roles import Perm
from peer.states import IllegalMove, RuleBroken, StaleMove

PAGE = 30
TONES = {Broadcast.State.ASKED: "wait", Broadcast.State.GOING: "calm", Broadcast.State.DONE: "good"}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _broadcasts(request: HttpRequest) -> BroadcastQuerySet:
    """Begin with what this person may see; whoever may see nothing gets the 404 of a page that never was."""
    if not gate.can(_user(request), Perm.SEND_BROADCAST, SERVICE):
        raise Http404
    return Broadcast.objects.visible_to(_user(request)).select_related("asked_by", "seconded_by")


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show what was told, and take in what somebody wants to tell."""
    rows = list(_broadcasts(request).order_by("-pk")[:PAGE])
    entries = WaitingListEntry.objects.visible_to(_user(request)).order_by()
    known = sorted(entries.exclude(referral__pathway="").values_list("referral__pathway", flat=True).distinct())
    form = AskForm(request.POST if request.method == "POST" else None, pathways=known)
    if request.method == "POST" and form.is_valid():
        try:
            made = broadcasts.ask(SERVICE, by=_user(request), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect("broadcasts-detail", public_id=made.public_id)
    context = {"form": form, "rows": [(row, NOTICES[row.notice].title, _tone(row)) for row in rows], "alone": ALONE}
    return render(request, "notifications/broadcasts/index.html", context, status=422 if form.errors else 200)


def _tone(row: Broadcast) -> str:
    return TONES.get(Broadcast.State(row.state), "plain")


@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one notice as it will be read and heard, how far it is, and the way to take it back."""
    row = get_object_or_404(_broadcasts(request), public_id=public_id)
    is_open = row.state in {Broadcast.State.ASKED, Broadcast.State.GOING}
    form = TakeBackForm(request.POST or None) if is_open else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            broadcasts.take_back(row, by=_user(request), **form.cleaned_data)
        except (IllegalMove, StaleMove):
            messages.warning(request, _("It has gone already."))
        else:
            messages.success(request, _("Taken back. Who had not been told yet is not told."))
        return redirect("broadcasts-detail", public_id=public_id)
    context = {
        "row": row,
        "title": NOTICES[row.notice].title,
        "tone": _tone(row),
        "said": [(channel, _words(row.notice, channel)) for channel in NOTICES[row.notice].channels],
        "may_agree": row.state == Broadcast.State.ASKED
        and not (row.needs_second() and row.asked_by_id == _user(request).pk),
        "gone": expanding.notifications_of(row).count(),
        "form": form,
    }
    return render(request, "notifications/broadcasts/detail.html", context, status=422 if form and form.errors else 200)


def _words(notice: str, channel: str) -> str:
    return words.fill(channel, notice, {"your_word": _("their word"), "first_name": _("their name")})


@require_POST
def agree(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say yes as the second person."""
    row = get_object_or_404(_broadcasts(request), public_id=public_id)
    try:
        broadcasts.agree(row, by=_user(request))
    except (RuleBroken, IllegalMove, StaleMove) as broken:
        messages.warning(request, str(broken) if isinstance(broken, RuleBroken) else _("Somebody was quicker."))
    else:
        messages.success(request, _("It goes now."))
    return redirect("broadcasts-detail", public_id=public_id)

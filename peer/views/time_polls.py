"""Time polls: offering times, saying which suit one, and choosing one of them (S20)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from peer import clock, gate
from peer import hosts as who_hosts
from peer.actions import time_polls
from peer.forms.time_polls import ChooseForm, OfferForm, VoteForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import SupportGroup, TimePoll, TimeVote
from peer.roles import Perm
from peer.templatetags.peer import when
from peer.web import acted, for_whom_may, only_with, pressed, who


@require_safe
@only_with(Perm.OFFER_TIMES)
def index(request: HttpRequest) -> HttpResponse:
    """List the polls among whose times one is to choose."""
    rows = TimePoll.objects.visible_to(who(request)).owed_by(who(request))
    return render(request, "peer/time_polls/index.html", {"polls": rows, "now": clock.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask a group which of some times suit it."""
    group = get_object_or_404(SupportGroup.objects.visible_to(who(request)), public_id=public_id)
    for_whom_may(request, time_polls.offer, group)
    form = OfferForm(request.POST or None, initial={"way": "text"})
    act = lambda: time_polls.offer(group, by=who(request), **form.offered())  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid():
        poll = acted(form, act)
        if poll is not None:
            messages.success(request, _("Asked. Everybody in the group is told, by the way they like."))
            return redirect(poll)
    context = {"form": form, "group": group}
    return render(request, "peer/time_polls/offer.html", context, status=422 if form.errors else 200)


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the times: the question while it is open, then how many can, and what was chosen."""
    return _page(request, _poll(request, public_id))


@require_POST
def vote(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say for each time whether one can."""
    joined = SupportGroup.objects.joined_by(who(request)).values("pk")
    poll = get_object_or_404(_polls(request).filter(group__in=joined), public_id=public_id)
    form = VoteForm(request.POST, poll=poll, labels=_labels(poll))
    act = lambda: time_polls.vote(poll, by=who(request), says=form.says())  # noqa: E731 - run when the form is valid
    if form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Written down. You can change it until it closes."))
        return redirect(poll)
    return _page(request, poll, vote=form)


@require_POST
def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose one of the times; it becomes a session."""
    poll = for_whom_may(request, time_polls.choose, _poll(request, public_id))
    form = _choice(poll, request)
    act = lambda: time_polls.choose(poll, by=who(request), **form.cleaned_data)  # noqa: E731
    if form.is_valid():
        session = acted(form, act)
        if session is not None:
            messages.success(request, _("Planned. Everybody who was asked is told."))
            return redirect(session)
    return _page(request, poll, choice=form)


@require_POST
def drop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let it be."""
    poll = for_whom_may(request, time_polls.drop, _poll(request, public_id))
    pressed(request, lambda: time_polls.drop(poll, by=who(request)))
    return redirect(poll)


def _polls(request: HttpRequest) -> Any:
    return TimePoll.objects.visible_to(who(request)).with_options()


def _poll(request: HttpRequest, public_id: str) -> TimePoll:
    found: TimePoll = get_object_or_404(_polls(request), public_id=public_id)
    return found


def _labels(poll: TimePoll) -> dict[int, str]:
    return {option.number: capfirst(when(option.starts_at)) for option in poll.options.all()}


def _choice(poll: TimePoll, request: HttpRequest) -> ChooseForm:
    places = poll.group.memberships.filter(pk__in=who_hosts.of(poll.group)).order_by("pseudonym")
    return ChooseForm(request.POST or None, options=poll.options.all(), hosts=places, labels=_labels(poll))


def _page(
    request: HttpRequest, poll: TimePoll, *, vote: VoteForm | None = None, choice: ChooseForm | None = None
) -> HttpResponse:
    user = who(request)
    is_in = SupportGroup.objects.joined_by(user).filter(pk=poll.group_id).exists()
    may_choose = poll.state == TimePoll.State.CLOSED and gate.can(user, Perm.OFFER_TIMES, poll)
    said = TimeVote.objects.visible_to(user).filter(option__poll=poll).select_related("option")
    mine = {f"time_{one.option.number}": "yes" if one.can else "no" for one in said}
    if is_in and poll.is_open() and vote is None:
        vote = VoteForm(initial=mine, poll=poll, labels=_labels(poll))
    if may_choose and choice is None:
        choice = _choice(poll, request)
    options = list(poll.options.all())
    most = max((option.can_count for option in options), default=0)
    context = {
        "poll": poll,
        "group": poll.group,
        "options": options,
        "people": poll.people(),
        "said": bool(mine),
        "vote": vote,
        "choice": choice,
        "best": [option for option in options if most and option.can_count == most],
    }
    is_wrong = bool((vote and vote.errors) or (choice and choice.errors))
    return render(request, "peer/time_polls/detail.html", context, status=422 if is_wrong else 200)

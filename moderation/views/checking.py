"""Beside the queue: practice before the first real post, topics to stay away from, and the end of a turn (U14, W2)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from moderation import checking
from moderation.actions import checking as acts
from moderation.actions import claims
from moderation.forms.checking import DebriefForm, PracticeForm, TopicsForm
from moderation.models import CheckingTurn
from peer.methods import require_http_methods, require_POST, require_safe
from peer.roles import Perm
from peer.states import RuleBroken
from peer.web import acted, only_with, who


@require_safe
@only_with(Perm.READ_QUEUE)
def practice(request: HttpRequest) -> HttpResponse:
    """Go to the next invented post, or say that all are done."""
    left = checking.left_to_practise(who(request))
    if left:
        return redirect("queue-practice-post", left[0].key)
    return render(request, "moderation/checking/practised.html", {"of": len(checking.practice())})


@require_http_methods(["GET", "HEAD", "POST"])
@only_with(Perm.READ_QUEUE)
def practice_post(request: HttpRequest, key: str) -> HttpResponse:
    """Show one invented post; after an answer say what fits and why, and lead on."""
    post = checking.practice().get(key)
    if post is None:
        raise Http404
    form, answer = PracticeForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST" and form.is_valid():
        answer = acts.practise(who(request), by=who(request), key=key, kind=form.cleaned_data["kind"])
    left, of = checking.left_to_practise(who(request)), len(checking.practice())
    others = [one.key for one in left if one.key != key]
    context = {"post": post, "form": form, "answer": answer, "next": others[:1], "of": of, "now": of - len(left)}
    return render(request, "moderation/checking/practice.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only_with(Perm.READ_QUEUE)
def topics(request: HttpRequest) -> HttpResponse:
    """Choose what one does not want to read about; nobody asks why, and nobody says how many posts that is."""
    user = who(request)
    held = list(user.avoided_topics.values_list("topic", flat=True))
    form = TopicsForm(request.POST if request.method == "POST" else None, initial={"topics": held})
    if request.method == "POST" and form.is_valid():
        acts.stay_away(user, by=user, topics=form.cleaned_data["topics"])
        messages.success(request, _("Kept. Others read those posts. You can change this whenever you like."))
        return redirect("queue-list")
    return render(request, "moderation/checking/topics.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@only_with(Perm.READ_QUEUE)
def stop(request: HttpRequest) -> HttpResponse:
    """Be done for now: put everything down, and go to the three questions."""
    try:
        turn = claims.end_turn(who(request), by=who(request))
    except RuleBroken as rule:
        messages.info(request, str(rule))
        return redirect("queue-list")
    return redirect("queue-turn", turn.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def turn(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask how a turn was; leaving without an answer is fine."""
    found = get_object_or_404(CheckingTurn.objects.visible_to(who(request)).over(), public_id=public_id)
    form = DebriefForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = acted(form, lambda: acts.say_how_it_was(found, by=who(request), **form.cleaned_data))
        if said is not None:
            return render(request, "moderation/checking/thanks.html", {"said": said})
    return render(request, "moderation/checking/debrief.html", {"form": form}, status=422 if form.errors else 200)

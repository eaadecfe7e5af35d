"""One's own way out of a group: the page that says so, a second look, the last weeks, and one's own words."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import posting
from peer.actions import appeals, moving_on
from peer.forms.appeals import AppealForm
from peer.forms.moving_on import GoodbyeForm, WordsForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Appeal, Membership, MembershipDecision, MovingOn, Post, SupportGroup
from peer.states import RuleBroken
from peer.web import acted, or_404, who


def outside(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say honestly that one is not in this group now, since when and why; for anybody else it never was (U12)."""
    membership = _outside(request, public_id)
    decision = _decision(request, membership)
    context = {
        "membership": membership,
        "group": membership.group,
        "decision": decision,
        "appeal": Appeal.objects.visible_to(who(request)).filter(decision=decision).first() if decision else None,
        "has_words": Post.objects.visible_to(who(request)).filter(author=membership).exists(),
    }
    return render(request, "peer/memberships/outside.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a second look, and see honestly when it is read (M5, U3)."""
    membership = _outside(request, public_id)
    decision = or_404(_decision(request, membership))
    sent = Appeal.objects.visible_to(who(request)).filter(decision=decision).first()
    form = AppealForm(request.POST if request.method == "POST" else None)
    act = partial(appeals.appeal, decision, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        return redirect("memberships-appeal", public_id)
    context = {"membership": membership, "group": membership.group, "decision": decision, "appeal": sent, "form": form}
    return render(request, "peer/memberships/appeal.html", context, status=422 if form.errors else 200)


@require_safe
def words(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show all one wrote in a group, to keep: also after one has left (M3)."""
    rows = Membership.objects.visible_to(who(request)).filter(user=who(request)).exclude(pseudonym="")
    membership = get_object_or_404(rows.select_related("group"), group__public_id=public_id)
    posts = Post.objects.visible_to(who(request)).filter(author=membership).select_related("thread").order_by("pk")
    context = {"membership": membership, "group": membership.group, "posts": posts}
    return render(request, "peer/memberships/words.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def moving(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begin to move on, or say goodbye while one does (U12)."""
    membership = _inside(request, public_id)
    under_way = _under_way(request, membership)
    form = GoodbyeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and under_way is None:
        moving_on.begin_own(membership, by=who(request))
        return redirect("memberships-moving-on", public_id)
    if request.method == "POST" and under_way is not None and form.is_valid():
        said = acted(form, lambda: moving_on.say_goodbye(under_way, by=who(request), **form.cleaned_data))
        if said is not None:
            messages.success(request, _("Thank you. Somebody reads it, then the others see it."))
            return redirect("memberships-moving-on", public_id)
    return _moving_page(request, membership, under_way, form=form)


@require_POST
def keep_words(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose what becomes of one's words."""
    membership = _inside(request, public_id)
    under_way = get_object_or_404(MovingOn.objects.visible_to(who(request)).under_way(), membership=membership)
    form = WordsForm(request.POST)
    act = partial(moving_on.choose_words, under_way, by=who(request))
    if form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Kept. You can change it until the last day."))
        return redirect("memberships-moving-on", public_id)
    return _moving_page(request, membership, under_way, words_form=form)


@require_POST
def stay(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one's mind about moving on."""
    membership = _inside(request, public_id)
    under_way = get_object_or_404(MovingOn.objects.visible_to(who(request)).under_way(), membership=membership)
    try:
        moving_on.stay(under_way, by=who(request))
    except RuleBroken as rule:
        messages.error(request, str(rule))
        return redirect("memberships-moving-on", public_id)
    messages.success(request, _("You stay. Nothing has changed."))
    return redirect(membership.group)


def _moving_page(
    request: HttpRequest,
    membership: Membership,
    under_way: MovingOn | None,
    *,
    form: GoodbyeForm | None = None,
    words_form: WordsForm | None = None,
) -> HttpResponse:
    user = who(request)
    group = SupportGroup.objects.visible_to(user).with_standing(user).get(pk=membership.group_id)
    first = {"words": under_way.words} if under_way else {}
    context: dict[str, Any] = {
        "membership": membership,
        "group": group,
        "posting": posting.of(group),
        "moving": under_way,
        "form": form or GoodbyeForm(),
        "words_form": words_form or WordsForm(initial=first),
    }
    wrong = bool((form and form.errors) or (words_form and words_form.errors))
    return render(request, "peer/memberships/moving_on.html", context, status=422 if wrong else 200)


def _inside(request: HttpRequest, public_id: str) -> Membership:
    rows = Membership.objects.visible_to(who(request)).active().filter(user=who(request))
    return get_object_or_404(rows.select_related("group", "person"), group__public_id=public_id)


def _outside(request: HttpRequest, public_id: str) -> Membership:
    rows = Membership.objects.visible_to(who(request)).outside(who(request)).exclude(joined_at=None)
    return get_object_or_404(rows, group__public_id=public_id)


def _decision(request: HttpRequest, membership: Membership) -> MembershipDecision | None:
    rows = MembershipDecision.objects.visible_to(who(request)).about(membership)
    return rows.select_related("membership__group").first()


def _under_way(request: HttpRequest, membership: Membership) -> MovingOn | None:
    rows = MovingOn.objects.visible_to(who(request)).under_way().filter(membership=membership)
    return rows.select_related("membership__group", "goodbye", "next_group").first()

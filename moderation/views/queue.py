"""The moderator's queue, made for a phone between two lessons: what waits, and one post at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from moderation import checking, highlights
from moderation.actions import claims, decisions
from moderation.forms.decisions import ApproveForm, DecisionForm, DeclineForm, MoveUpForm, PassOnForm, ReturnForm
from moderation.forms.questions import AskForm
from moderation.models import (
    ModerationClaim,
    ModerationDecision,
    ModeratorQuestion,
    QueuedPost,
    WatchedGroup,
)
from moderation.models.queue import next_page
from moderation.models.reports import for_moderators
from peer import clock, sanitise, screening
from peer.gate import sent_before
from peer.methods import require_POST, require_safe
from peer.models import Post
from peer.roles import Perm
from peer.states import RuleBroken, StaleMove
from peer.web import number, only_with, who

FORMS: dict[str, type[DecisionForm]] = {
    "approve": ApproveForm,
    "return": ReturnForm,
    "decline": DeclineForm,
    "not-sure": PassOnForm,
    "might-know": PassOnForm,
    "worried": MoveUpForm,
}
ACTS: dict[str, Callable[..., ModerationDecision]] = {
    "approve": decisions.approve,
    "return": decisions.send_back,
    "decline": decisions.decline,
    "not-sure": decisions.ask_another,
    "might-know": decisions.might_know,
    "worried": decisions.move_up,
}


def said(decision: ModerationDecision) -> str:
    """Say in one sentence what a decision did."""
    kinds = ModerationDecision.Kind
    return {
        kinds.APPROVE: _("Thank you. It’s shared now."),
        kinds.FIRST_KEY: _("Thank you. One more person reads it before it’s shared."),
        kinds.WOULD_RETURN: _("Thank you. A second person reads your words first, because you are new to this."),
        kinds.WOULD_REJECT: _("Thank you. A second person reads your words first, because you are new to this."),
        kinds.RETURN: _("Thank you. They have your words, and theirs are kept."),
        kinds.REJECT: _("Thank you. They have your words. Deciding that isn’t easy."),
        kinds.NOT_SURE: _("That’s fine. Somebody else reads it next."),
        kinds.MIGHT_KNOW: _("Well done for saying so. Somebody else has it now."),
        kinds.MOVE_UP: _("Thank you. A clinician has it now. It’s not on you any more."),
        kinds.MOVE_DOWN: _("Done. Somebody of 18 or over reads it next."),
        kinds.RESTORE: _("Done. It’s shown again, and its writer has been told."),
        kinds.REMOVE: _("Done. Its writer has been told why."),
    }.get(kinds(decision.kind), _("Done."))


@require_safe
@only_with(Perm.READ_QUEUE)
def index(request: HttpRequest) -> HttpResponse:
    """Show what waits in one's own groups, the oldest first."""
    group = _group(request)
    user, is_peer = who(request), checking.is_peer(who(request))
    turn = checking.last_turn(user) if is_peer else None
    has_asked = getattr(turn, "has_asked", False)  # nobody asks outside a turn
    rest_now = checking.why_rest(user, turn=turn, at=clock.now()) if is_peer else ""
    after = number(request.GET.get("after")) or 0
    posts, older = ([], None) if rest_now else next_page(user, group=group, after=after)
    wanted = {"group": group.public_id} if group else {}
    context = {
        "posts": posts,
        "group": group,
        "older": f"?{urlencode(wanted | {'after': older})}" if older else "",
        "reports": [] if rest_now else for_moderators(user),
        "questions": ModeratorQuestion.objects.visible_to(user).asked_by(user) if has_asked else [],
        "is_peer": is_peer,
        "turn": turn,
        "rest": rest_now,
        "before": checking.before_first(user) if is_peer and not posts else [],
    }
    return render(request, "moderation/queue/index.html", context)


def _group(request: HttpRequest) -> WatchedGroup | None:
    """Find the one group to read for, where one of one's own was asked for."""
    wanted = request.GET.get("group", "")
    return WatchedGroup.objects.visible_to(who(request)).filter(public_id=wanted).first() if wanted else None


@require_POST
@only_with(Perm.READ_QUEUE)
def take_break(request: HttpRequest) -> HttpResponse:
    """Put everything down with one press, no reason asked (safety W3)."""
    claims.take_break(who(request), by=who(request))
    messages.success(request, _("All put down. Others take over. Have a drink, look out of the window."))
    return redirect("queue-rest")


@require_safe
@only_with(Perm.READ_QUEUE)
def rest(request: HttpRequest) -> HttpResponse:
    """Say that a break is a break, and who is there for a talk."""
    return render(request, "moderation/queue/rest.html")


@require_POST
def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a post to read, for ten minutes."""
    post = get_object_or_404(QueuedPost.objects.visible_to(who(request)), public_id=public_id)
    try:
        claims.claim(post, by=who(request))
    except RuleBroken as taken:
        messages.info(request, str(taken))
        return redirect("queue-list")
    return redirect("queue-detail", public_id)


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one post to the person who has taken it; to others of the group its first words."""
    post = get_object_or_404(QueuedPost.objects.visible_to(who(request)).with_group(), public_id=public_id)
    held = ModerationClaim.objects.visible_to(who(request)).live().filter(post_id=post.pk).first()
    if held is None:
        return render(request, "moderation/queue/closed.html", {"post": post})
    return render(request, "moderation/queue/detail.html", page_of(post) | {"claim": held, "ask": AskForm()})


@require_POST
def decide(request: HttpRequest, public_id: str, decision: str) -> HttpResponse:
    """Record one decision; whoever comes second is told so, and changes nothing (safety P8)."""
    if decision not in FORMS:
        raise Http404
    sent_before(who(request), *ACTS.values())
    post = QueuedPost.objects.visible_to(who(request)).with_group().filter(public_id=public_id).first()
    if post is None:
        return _decided_already(request, public_id)
    form = FORMS[decision](request.POST, post=post)
    if form.is_valid():
        try:
            made = ACTS[decision](post, by=who(request), **arguments(form))
        except StaleMove:
            return _decided_already(request, public_id)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            return redirect(made)
    context = page_of(post, decision=decision, form=form)
    return render(request, "moderation/queue/detail.html", context, status=422)


@require_safe
def done(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say what one's decision about a post did, as often as one asks (decision 25)."""
    made = ModerationDecision.objects.visible_to(who(request)).filter(post__public_id=public_id).order_by("-pk").first()
    if made is None:
        raise Http404
    context = {
        "said": said(made),
        "cares": bool(screening.screen(made.kind_words).level),
        "met_risk": made.kind == ModerationDecision.Kind.MOVE_UP,
        "is_peer": checking.is_peer(who(request)),
    }
    return render(request, "moderation/queue/done.html", context)


def _decided_already(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell somebody who had this post in hand that it is decided or changed; to all others it never was."""
    get_object_or_404(
        ModerationClaim.objects.visible_to(who(request)).filter(post__public_id=public_id).order_by("-pk")[:1]
    )
    words = request.POST.get("own_words") or request.POST.get("kind_words", "")
    return render(request, "moderation/queue/decided.html", {"words": words}, status=409)


def care(request: HttpRequest, words: str) -> None:
    """Meet a moderator's own worrying words at once, on the next page (U3)."""
    if screening.screen(words).level:
        messages.warning(request, _("Are things hard for you? A clinician reads what you wrote soon, and rings you."))


def arguments(form: DecisionForm) -> dict[str, Any]:
    """Pick from a form what its act takes by name."""
    names = {"content_hash", "cleared", "content_note", "kind_words", "rule", "level"}
    return {name: value for name, value in form.cleaned_data.items() if name in names}


def page_of(post: Post, *, decision: str = "", form: DecisionForm | None = None) -> dict[str, Any]:
    """Gather what the page of one waiting post shows; the form that was sent keeps what was typed."""
    forms = {name.replace("-", "_"): kind(post=post, prefix=None) for name, kind in FORMS.items()}
    if form is not None:
        forms[decision.replace("-", "_")] = form
    suggested = post.decisions.filter(kind__startswith="would_", content_hash=post.content_hash).order_by("-pk").first()
    if suggested is not None and form is None:
        decision = "return" if suggested.kind == ModerationDecision.Kind.WOULD_RETURN else "decline"
        forms[decision].initial.update(own_words=suggested.kind_words, rule=suggested.rule)
    in_body = [found for found in post.findings if found.get("part", "body") == "body"]
    in_title = [found for found in post.findings if found.get("part") == "title"]
    return {
        "post": post,
        "forms": forms,
        "wrong": form,
        "opened": decision,
        "title_pieces": highlights.pieces(post.thread.title, in_title) if post.opens_thread() else None,
        "body_pieces": highlights.pieces(post.body, in_body),
        "html": sanitise.as_cleaned(post.html),
        "suggested": suggested,
        "first_reader": post.decisions.filter(kind="first_key", content_hash=post.content_hash).exists(),
    }

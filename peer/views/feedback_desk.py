"""The desk of feedback: staff read what people told us, answer, promise, move it on and publish it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from peer import gate
from peer.actions import feedback
from peer.forms.feedback import MoveForm, PhoneForm, PromiseForm, PublishForm, ReplyForm, SettleForm, TakeDownForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Commitment, FeedbackItem, Person, User
from peer.models.feedback import FeedbackQuerySet
from peer.roles import Perm
from peer.states import RuleBroken

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

PAGE = 30


def _user(request: HttpRequest) -> User:
    """Name who asks; nobody comes here without signing in."""
    return cast(User, request.user)


@dataclass(frozen=True)
class Shelf:
    """One way to look at the feedback: its words, what it keeps and in which order."""

    title: StrPromise
    keep: Callable[[FeedbackQuerySet], FeedbackQuerySet]


SHELVES = {
    "open": Shelf(lazy("Open"), lambda items: items.still_open().order_by("due_at", "id")),
    "overdue": Shelf(lazy("Late"), lambda items: items.overdue().order_by("due_at", "id")),
    "to-agree": Shelf(lazy("To agree"), lambda items: items.to_agree().order_by("asked_at", "id")),
    "complaints": Shelf(lazy("Complaints"), lambda items: items.complaints().order_by("-id")),
    "all": Shelf(lazy("Everything"), lambda items: items.order_by("-id")),
}


def _staff(request: HttpRequest) -> FeedbackQuerySet:
    """Begin with what this person may read; whoever may read nothing gets the 404 of a page that never was."""
    if not gate.can(_user(request), Perm.READ_FEEDBACK, gate.SERVICE):
        raise Http404
    return FeedbackItem.objects.visible_to(_user(request))


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List feedback that waits for the service, soonest due first."""
    shown = request.GET.get("show", "open")
    if shown not in SHELVES:
        raise Http404
    items = SHELVES[shown].keep(_staff(request))[:PAGE]
    tabs = [{"title": shelf.title, "href": f"?show={key}", "current": key == shown} for key, shelf in SHELVES.items()]
    return render(request, "peer/feedback/index.html", {"items": items, "tabs": tabs})


@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """Write down what somebody says by phone; `?for=` names the person, who may hear what comes of it."""
    if not gate.can(_user(request), Perm.LOG_PHONE_FEEDBACK, gate.SERVICE):
        raise Http404
    person = Person.objects.visible_to(_user(request)).filter(public_id=request.GET.get("for", "")).first()
    form = PhoneForm(request.POST or None, is_known=person is not None)
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "read_back"}
        teller = person if given.pop("tell_me", False) else None
        item = feedback.log_by_phone(gate.SERVICE, by=_user(request), said=feedback.Said(**given), person=teller)
        return redirect("feedback-detail", item.public_id)
    return render(request, "peer/feedback/log.html", {"form": form}, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Verb:
    """One row of the table of acts: its words, the form that asks and the action that does it."""

    title: StrPromise
    button: StrPromise
    form: type[forms.Form]
    does: Callable[..., Any]


ACTS = {
    "reply": Verb(lazy("Reply"), lazy("Send the reply"), ReplyForm, feedback.reply),
    "move": Verb(lazy("Say where it stands"), lazy("Save"), MoveForm, feedback.move),
    "promise": Verb(lazy("Promise something"), lazy("Make the promise"), PromiseForm, feedback.promise),
    "ask": Verb(lazy("Publish"), lazy("Ask a second person"), PublishForm, feedback.ask_to_publish),
    "take-down": Verb(lazy("Take it off the website"), lazy("Take it down now"), TakeDownForm, feedback.take_down),
}


@dataclass(frozen=True)
class Act:
    """One thing that can be done to a piece of feedback now: its words, its form and where that goes."""

    title: StrPromise
    button: StrPromise
    form: forms.Form
    href: str


def _possible(item: FeedbackItem) -> list[str]:
    """Name the acts that make sense now."""
    verbs = ["reply", "promise"]
    verbs += ["move"] if FeedbackItem.MOVES.get(item.state) else []
    if item.published_at:
        return [*verbs, "take-down"]
    return verbs + (["ask"] if item.may_share and not item.is_complaint() else [])


def _form(verb: str, item: FeedbackItem, data: Any = None) -> forms.Form:
    options: dict[str, Any] = {"data": data, "auto_id": f"{verb}_%s"}
    if verb == "move":
        options["item"] = item
    if verb == "ask":
        suggested = "\n\n".join(words for _heading, words in item.parts())
        options["initial"] = {"said": item.said or suggested}
    return ACTS[verb].form(**options)


def _page(request: HttpRequest, item: FeedbackItem, *, wrong: dict[str, forms.Form] | None = None) -> HttpResponse:
    acts = [
        Act(
            title=ACTS[verb].title,
            button=ACTS[verb].button,
            form=(wrong or {}).get(verb) or _form(verb, item),
            href=reverse("feedback-act", args=[item.public_id, verb]),
        )
        for verb in _possible(item)
    ]
    promises = [
        (promise, SettleForm(auto_id=f"promise_{promise.pk}_%s"))
        for promise in item.commitments.all()
        if promise.state == Commitment.State.PROMISED
    ]
    mine = item.asked_by_id is not None and item.asked_by_id == request.user.pk
    context = {"item": item, "acts": acts, "promises": promises, "asked_by_me": mine}
    return render(request, "peer/feedback/detail.html", context, status=422 if wrong else 200)


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one thing that was said, and what can be done about it."""
    item = get_object_or_404(_staff(request).with_history(), public_id=public_id)
    return _page(request, item)


@require_POST
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Do one of the acts to a piece of feedback, or show its form again with what was typed."""
    item = get_object_or_404(_staff(request).with_history(), public_id=public_id)
    if verb not in ACTS:
        raise Http404
    form = _form(verb, item, request.POST)
    if form.is_valid():
        try:
            with suppress(gate.AlreadyDone):
                ACTS[verb].does(item, by=_user(request), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
    if form.errors:
        return _page(request, item, wrong={verb: form})
    messages.success(request, _("Saved."))
    return redirect("feedback-detail", item.public_id)


def _press(request: HttpRequest, item: FeedbackItem, act: Callable[[], object], *, done: str) -> HttpResponse:
    """Do what one button does, once however often it is pressed, and say on the item's page how it went."""
    try:
        with suppress(gate.AlreadyDone):
            act()
        messages.success(request, done)
    except RuleBroken as broken:
        messages.error(request, str(broken))
    return redirect("feedback-detail", item.public_id)


@require_POST
def agree(request: HttpRequest, public_id: str) -> HttpResponse:
    """Agree as the second person to exactly the words that were on the page."""
    item = get_object_or_404(_staff(request), public_id=public_id)
    publish = partial(feedback.publish, item, by=_user(request), seen=request.POST.get("seen", ""))
    return _press(request, item, publish, done=_("It is on the website now."))


@require_POST
def acknowledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell somebody who complained that it was read."""
    item = get_object_or_404(_staff(request), public_id=public_id)
    told = partial(feedback.acknowledge, item, by=_user(request))
    return _press(request, item, told, done=_("They can now see that you have read it, and by when you answer."))


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a promise ended."""
    commitment = get_object_or_404(Commitment.objects.visible_to(_user(request)), pk=pk)
    form = SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how it ended."))
        return redirect("feedback-detail", commitment.item.public_id)
    ended = partial(feedback.settle, commitment, by=_user(request), **form.cleaned_data)
    return _press(request, commitment.item, ended, done=_("Saved."))

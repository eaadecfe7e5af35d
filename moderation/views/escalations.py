"""The board with its clocks, taking something in hand, and writing down what was done (E5, E12)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from moderation import links, load
from moderation.actions import escalations
from moderation.forms.escalations import NoteForm, PersonForm, PromiseForm, ResolveForm
from moderation.models import Escalation, EscalationTimer, EscalationWords, OnCallShift
from peer import doors, gate
from peer.gate import looked
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken, StaleMove
from peer.web import for_whom_may, or_404, who


@dataclass(frozen=True)
class Heard:
    """What somebody said through one door, and where it is answered by whoever may open that desk."""

    door: str
    at: dt.datetime
    words: tuple[str, ...]
    desk: str

    @classmethod
    def of(cls, said: EscalationWords, row: Model, *, reader: User) -> Heard:
        """Read the words of a row."""
        door = doors.table()[said.door]
        rows = type(row)._default_manager.visible_to(reader) if door.desk else None  # type: ignore[attr-defined]
        is_theirs = rows is not None and rows.filter(pk=row.pk).exists()
        desk = reverse(door.desk, args=[row.public_id]) if is_theirs else ""  # type: ignore[attr-defined]
        return cls(doors.name_of(said.door), said.added_at, tuple(door.words(row)), desk)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show every clock that runs, to staff who are rung or who manage, and to whoever still has one in hand (E9)."""
    user = who(request)
    clocks = EscalationTimer.objects.visible_to(user).clocks(user)
    manages = user.may_in_service(*escalations.MANAGERS)
    or_404(clocks or manages or gate.has_role_for(who(request), Perm.ACKNOWLEDGE_ESCALATION) or None)
    context = {
        "clocks": clocks,
        "exhausted": [clock for clock in clocks if clock.exhausted_at and clock.waits],
        "loads": [
            (_("The last seven days"), load.over(user, load.WEEK)),
            (_("The last 90 days"), load.over(user, load.QUARTER)),
        ],
        "latest": load.latest(user),
        "late_posts": EscalationTimer.objects.visible_to(user).late_posts(user),
        "late_questions": EscalationTimer.objects.visible_to(user).late_questions(user),
        "manages": manages,
        "pauses": gate.has_role_for(who(request), Perm.FREEZE_GROUP),
    }
    return render(request, "moderation/escalations/index.html", context)


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one escalation to its clinician: what was written, who was paged, what was done."""
    escalation = get_object_or_404(Escalation.objects.visible_to(who(request)), public_id=public_id)
    looked(escalation, by=who(request), why="escalation")
    return _page(request, escalation)


@require_POST
def acknowledge(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have it in hand, signed in as oneself (E5)."""
    escalation = _clock(request, public_id, escalations.acknowledge)
    try:
        escalations.acknowledge(escalation, by=who(request), how="sign_in")
    except StaleMove:
        messages.info(request, _("Somebody else has it already. Thank you."))
        return redirect("escalations-list")
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect("escalations-list")
    messages.success(request, _("You have it. Nobody else is rung now."))
    readable = Escalation.objects.visible_to(who(request)).filter(pk=escalation.pk).exists()
    return redirect("escalations-detail", public_id) if readable else redirect("escalations-list")


@require_POST
def pass_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have the next person rung by one press: one's phone is flat soon, or one cannot act now (U4)."""
    escalation = _clock(request, public_id, escalations.pass_on)
    try:
        escalations.pass_on(escalation, by=who(request))
    except StaleMove:
        messages.info(request, _("Somebody else has it already. Thank you."))
    except RuleBroken as broken:
        messages.error(request, str(broken))
    else:
        messages.success(request, _("Passed on. The next person is being rung now."))
    return redirect("escalations-list")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take it, or pass it on, by the signed link of one's own page; opening it changes and says nothing (E5, U4)."""
    try:
        escalation, user = links.read(token)
    except (signing.BadSignature, LookupError) as gone:
        raise Http404 from gone
    done = ""
    if request.method == "POST":
        try:
            if request.POST.get("what") == "pass":
                escalations.pass_on(escalation, by=user)
                done = _("Passed on. The next person is being rung now.")
            else:
                escalations.acknowledge(escalation, by=user, how="link")
                done = _("You have it. Nobody else is rung now. Sign in to see what it is.")
        except StaleMove:
            done = _("Somebody else has it already. Thank you.")
    return render(request, "moderation/escalations/link.html", {"done": done})


@require_POST
def act(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Note, promise, offer, resolve, close or reopen; the form that was wrong keeps what was typed."""
    escalation = get_object_or_404(Escalation.objects.visible_to(who(request)), public_id=public_id)
    form = _form(what, escalation, request.POST)
    if form.is_valid():
        try:
            _do(what, escalation, by=who(request), form=form)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _("Written down."))
            return redirect("escalations-detail", public_id)
    return _page(request, escalation, what=what, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have another clinician paged, by a manager who sees no words (matrix row 16)."""
    escalation = _clock(request, public_id, escalations.reassign)
    form = PersonForm(request.POST or None, people=_clinicians(escalation))
    if request.method == "POST" and form.is_valid():
        escalations.reassign(escalation, by=who(request), to=form.cleaned_data["to"])
        messages.success(request, _("They are being rung now."))
        return redirect("escalations-list")
    context = {"escalation": escalation, "form": form}
    return render(request, "moderation/escalations/reassign.html", context, status=422 if form.errors else 200)


def _clock(request: HttpRequest, public_id: str, act: Callable[..., Any]) -> Escalation:
    """Find a worry of the board for whoever may do this to it; for anybody else it was never there."""
    rows = EscalationTimer.objects.visible_to(who(request))
    return for_whom_may(request, act, get_object_or_404(rows, public_id=public_id))


def _form(what: str, escalation: Escalation, data: Any = None) -> forms.Form:
    plain: dict[str, type[forms.Form]] = {
        "note": NoteForm,
        "promise": PromiseForm,
        "resolve": ResolveForm,
        "close": forms.Form,
        "reopen": forms.Form,
    }
    if what == "offer":
        return PersonForm(data, people=_clinicians(escalation))
    if what not in plain:
        raise Http404
    return plain[what](data)


def _do(what: str, escalation: Escalation, *, by: User, form: forms.Form) -> None:
    said = form.cleaned_data
    if isinstance(form, PromiseForm):
        escalations.promise(escalation, by=by, before_at=form.before_at())
    elif what in {"close", "reopen"}:
        (escalations.close if what == "close" else escalations.reopen)(escalation, by=by)
    elif what == "offer":
        escalations.offer(escalation, by=by, to=said["to"])
    elif what == "resolve":
        escalations.resolve(escalation, by=by, **said)
    else:
        escalations.note(escalation, by=by, words=said["words"])


def heard(escalation: Escalation, *, reader: User) -> list[Heard]:
    """Read what came through other doors, for the one page that says who looked; words that are gone stay gone."""
    found = [(words, words.door_row()) for words in escalation.heard.order_by("pk")]
    return [Heard.of(words, row, reader=reader) for words, row in found if row is not None]


def _clinicians(escalation: Escalation) -> Any:
    return OnCallShift.objects.none().clinicians_of(escalation.group).exclude(pk=escalation.owner_id or 0)


def _page(
    request: HttpRequest, escalation: Escalation, *, what: str = "", form: forms.Form | None = None
) -> HttpResponse:
    open_forms = {name: _form(name, escalation) for name in ("note", "promise", "offer", "resolve")}
    if form is not None:
        open_forms[what] = form
    context = {
        "escalation": escalation,
        "mine": escalation.is_own(who(request)),
        "may_reveal": escalation.about and gate.can(who(request), Perm.REVEAL_IDENTITY, escalation.about),
        "posts": escalation.posts.select_related("thread", "author").order_by("pk"),
        "heard": heard(escalation, reader=who(request)),
        "steps": escalation.steps.exclude(state="cancelled").select_related("user").order_by("round", "number", "pk"),
        "notes": escalation.notes.select_related("by").order_by("pk"),
        "forms": open_forms,
        "opened": what,
        "wrong": form,
    }
    return render(request, "moderation/escalations/detail.html", context, status=422 if form else 200)

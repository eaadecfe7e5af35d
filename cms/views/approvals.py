"""The steps of public texts on the site itself: a desk, the text as it would look, a yes or a kind wish (B2b)."""

from __future__ import annotations

import difflib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.actions import approvals
from cms.forms.approvals import ChangeForm, HandOnForm
from cms.models import DirectoryService, Mend, PageCheck
from cms.models.approvals import KEEPERS, askable
from cms.views.directory import facts_of
from peer import gate
from peer.methods import require_http_methods, require_POST, require_safe
from peer.roles import Perm
from peer.web import acted, only_with, pressed, who

SHOWN = 30
FACTS = ("phone", "email", "website", "address", "postcode", "cost_note")


@only_with(Perm.FOLLOW_TEXTS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List what waits for this person, what waits for others, and what came of it lately."""
    user = who(request)
    checks, mends = PageCheck.objects.visible_to(user), Mend.objects.visible_to(user)
    mine = checks.to_check(user)
    late = checks.late() if gate.can(user, Perm.HAND_TEXT_ON, gate.SERVICE) else checks.none()
    late_mends = mends.late() if gate.can(user, Perm.HAND_TEXT_ON, gate.SERVICE) else mends.none()
    others = checks.waiting().exclude(pk__in=mine.values("pk")).exclude(pk__in=late.values("pk"))
    context = {
        "to_check": mine.whole()[:SHOWN],
        "to_look_at": mends.to_look_at(user)[:SHOWN],
        "to_change": checks.to_change(user).whole()[:SHOWN],
        "to_settle": mends.to_settle(user)[:SHOWN],
        "late": late.whole()[:SHOWN],
        "late_mends": late_mends[:SHOWN],
        "on_the_way": others.whole()[:SHOWN],
        "ended": checks.ended().whole()[:SHOWN],
        "settled": mends.settled()[:SHOWN],
    }
    return render(request, "approvals/index.html", context)


def _check(request: HttpRequest, public_id: str) -> PageCheck:
    check: PageCheck = get_object_or_404(PageCheck.objects.visible_to(who(request)).whole(), public_id=public_id)
    return check


@only_with(Perm.FOLLOW_TEXTS)
@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one step: what is asked, by when, what is new in the text, and how to answer."""
    return _page(request, _check(request, public_id))


def _page(
    request: HttpRequest, check: PageCheck, *, change: ChangeForm | None = None, hand: HandOnForm | None = None
) -> HttpResponse:
    user = who(request)
    text = check.text
    wrong = next((form for form in (change, hand) if form is not None and form.errors), None)
    is_own = check.workflow_state.requested_by_id == user.pk
    steps = check.steps()
    context = {
        "check": check,
        "text": text,
        "reading": text.reading(),
        "changes": changes(text),
        "steps": steps,
        "may_answer": check.may_be_checked_by(user) and not check.is_in_other_hands(user),
        "is_mine": check.owner_id == user.pk,
        "may_stop": check.workflow_state.is_active and (is_own or user.may_in_service(*KEEPERS)),
        "edit_href": edit_address(text) if gate.can(user, Perm.EDIT_PAGES, gate.SERVICE) else "",
        "change": change or ChangeForm(initial={"seen": check.revision_id}),
        "hand": hand or _hand_form(request, check),
    }
    return render(request, "approvals/detail.html", context, status=422 if wrong else 200)


def _hand_form(request: HttpRequest, check: PageCheck) -> HandOnForm | None:
    """Give the form by which a service manager asks somebody by name, where nobody has looked in time."""
    if not gate.can(who(request), Perm.HAND_TEXT_ON, gate.SERVICE) or not check.is_late():
        return None
    return HandOnForm(people=askable(check))


def changes(text: Any, before: Any = None) -> list[tuple[bool, str]]:
    """List the lines that are new (True) or gone (False) against what is on the website, or against `before`."""
    if before is None and text.live_revision is not None:
        before = text.live_revision.as_object()
    lines = difflib.ndiff(_lines(before) if before is not None else [], _lines(text))
    return [(line.startswith("+"), line[2:]) for line in lines if line[:2] in {"+ ", "- "} and line[2:]]


def _lines(text: Any) -> list[str]:
    """Give all that people read, line by line; of a service also how to reach it, for that is what goes wrong."""
    lines = [line.strip() for line in text.plain_text().splitlines()]
    if isinstance(text, DirectoryService):
        named = ((text._meta.get_field(name).verbose_name, getattr(text, name)) for name in FACTS)
        lines += [f"{name}: {value}" for name, value in named if value] + [text.ages()]
    return lines


def edit_address(text: Any) -> str:
    """Give where an editor changes it."""
    if isinstance(text, Page):
        return reverse("wagtailadmin_pages:edit", args=[text.pk])
    return reverse("wagtailsnippets_cms_directoryservice:edit", args=[text.pk])


@only_with(Perm.FOLLOW_TEXTS)
@require_safe
def look(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the text as it would look on the website, with the way back to the answer."""
    check = _check(request, public_id)
    return as_it_looks(request, check.text, back=check.get_absolute_url())


def as_it_looks(request: HttpRequest, text: Any, *, back: str) -> HttpResponse:
    """Render a version of a page or service that is not on the website."""
    if not isinstance(text, Page):
        context = {"service": text, "facts": facts_of(text), "draft_back": back}
        return render(request, "directory/detail.html", context)
    request.is_preview = True  # type: ignore[attr-defined]
    answer: HttpResponse = text.serve(request)
    if isinstance(answer, TemplateResponse):
        answer.context_data = (answer.context_data or {}) | {"draft_back": back}
    return answer


@only_with(Perm.APPROVE_TEXT)
@require_POST
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say "I am looking at this"."""
    check = _check(request, public_id)
    pressed(request, lambda: approvals.take(check, by=who(request)), done=_("You are looking at this now."))
    return redirect(check)


@only_with(Perm.APPROVE_TEXT)
@require_POST
def put_down(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put it down for somebody else."""
    check = _check(request, public_id)
    done = _("You have put it down. Somebody else looks at it, and that’s fine.")
    pressed(request, lambda: approvals.put_down(check, by=who(request)), done=done)
    return redirect("approvals-index")


@only_with(Perm.APPROVE_TEXT)
@require_POST
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say yes to exactly the version that was on the page."""
    check, seen = _check(request, public_id), request.POST.get("seen", "")
    said = pressed(
        request, lambda: approvals.approve(check, by=who(request), seen=seen), done=_("Thank you for your yes.")
    )
    return redirect("approvals-index" if said else check)


@only_with(Perm.APPROVE_TEXT)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a change, or show the form again with what was typed."""
    check = _check(request, public_id)
    form = ChangeForm(request.POST or None, initial={"seen": check.revision_id})
    act = lambda: approvals.ask_change(  # noqa: E731 - run when the form is valid
        check, by=who(request), seen=form.cleaned_data["seen"], words=form.whole()
    )
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("They hear of it, with your words. Thank you for being kind."))
        return redirect("approvals-index")
    return _page(request, check, change=form)


@only_with(Perm.EDIT_PAGES)
@require_POST
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a text off its way, so that it is a draft again."""
    check = _check(request, public_id)
    done = _("It is a draft again. Whoever looked at it hears that.")
    pressed(request, lambda: approvals.stop(check, by=who(request)), done=done)
    return redirect("approvals-index")


@only_with(Perm.HAND_TEXT_ON)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_on(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask somebody by name to look at what nobody looked at in time."""
    check = _check(request, public_id)
    form = HandOnForm(request.POST or None, people=askable(check))
    act = lambda: approvals.hand_on(check, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("They are told, and have two working days."))
        return redirect("approvals-index")
    return _page(request, check, hand=form)

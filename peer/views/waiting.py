"""The caseload: who waits, one person's page, cohorts that leave the hold, and decisions with their reasons."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peer import clock, gate
from peer.actions import waiting
from peer.forms.waiting import DecideForm, FindForm, ReleaseForm
from peer.models import Person, TimelineEntry, TriageDecision, User, WaitingListEntry
from peer.models.waiting import WaitingListEntryQuerySet
from peer.roles import Perm
from peer.states import RuleBroken

PAGE = 25


def staff(request: HttpRequest, perm: Perm) -> User:
    """Name who asks; whoever has no caseload gets the 404 of a page that never was."""
    user = cast(User, request.user)
    if not gate.can(user, perm, gate.SERVICE):
        raise Http404
    return user


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """List the people who wait, the most overdue first."""
    user = staff(request, Perm.READ_CASELOAD)
    form = FindForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "state": ""}
    entries = WaitingListEntry.objects.visible_to(user).select_related("referral__person")
    found = list(_after(_found(entries, **wanted), request.GET.get("after", ""))[: PAGE + 1])
    context = {
        "form": form,
        "entries": found[:PAGE],
        "older_href": _next_page(wanted, found),
        "newer_href": f"?{urlencode(wanted)}" if request.GET.get("after") else "",
        "now": clock.now(),
        **WaitingListEntry.objects.visible_to(user).figures(clock.now()),
    }
    return render(request, "peer/waiting/index.html", context)


def _found(entries: WaitingListEntryQuerySet, *, q: str, state: str) -> WaitingListEntryQuerySet:
    entries = entries.filter(state=state) if state else entries.open()
    for word in q.split():
        person = Q(referral__person__given_name__icontains=word) | Q(referral__person__family_name__icontains=word)
        entries = entries.filter(person | Q(referral__reference__istartswith=word))
    return entries.order_by("due_at", "pk")


def _after(entries: WaitingListEntryQuerySet, cursor: str) -> WaitingListEntryQuerySet:
    """Go on after a place in the list (keyset: the hundredth page costs what the first does)."""
    due, _dot, key = cursor.partition("_")
    try:
        moment, pk = (dt.datetime.fromisoformat(due) if due else None), int(key)
    except ValueError:
        return entries
    if moment is None:
        return entries.filter(pk__gt=pk)
    return entries.filter(Q(due_at__gt=moment) | Q(due_at=moment, pk__gt=pk))


def _next_page(wanted: dict[str, str], found: list[WaitingListEntry]) -> str:
    if len(found) <= PAGE:
        return ""
    last = found[PAGE - 1]
    after = f"{last.due_at.isoformat() if last.due_at else ''}_{last.pk}"
    return f"?{urlencode(wanted | {'after': after})}"


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one person's wait: where they are, who may know what, what was decided and what happened."""
    user = staff(request, Perm.READ_CASELOAD)
    person = get_object_or_404(
        Person.objects.visible_to(user).prefetch_related("adults__adult__contact_points", "contact_points"),
        public_id=public_id,
        kind=Person.Kind.YOUNG_PERSON,
    )
    entries = WaitingListEntry.objects.visible_to(user).filter(referral__person=person).select_related("referral")
    gate.looked(person, by=user, why="caseload")
    context = {
        "person": person,
        "entries": [(entry, _outcomes(entry)) for entry in entries.order_by("-pk")],
        "decisions": TriageDecision.objects.visible_to(user)
        .filter(referral__person=person)
        .select_related("decided_by")
        .order_by("-pk"),
        "timeline": TimelineEntry.objects.visible_to(user).filter(person=person).order_by("-at", "-pk")[:100],
        "now": clock.now(),
    }
    return render(request, "peer/waiting/detail.html", context)


def _outcomes(entry: WaitingListEntry) -> list[str]:
    """List what can be decided about a place where it stands now."""
    if entry.state == WaitingListEntry.State.ON_HOLD:
        return []
    return [value for value, state in waiting.NEXT_STATE.items() if state in entry.MOVES.get(entry.state, set())]


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest) -> HttpResponse:
    """Let a cohort leave the hold: they hear from us, and each gets a call (U10)."""
    user = staff(request, Perm.RELEASE_COHORT)
    entries = WaitingListEntry.objects.visible_to(user)
    left = entries.may_leave_today()
    form = ReleaseForm(request.POST if request.method == "POST" else None, left=left)
    if request.method == "POST" and form.is_valid():
        try:
            count = waiting.release_cohort(gate.SERVICE, by=user, size=form.cleaned_data["size"])
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            said = ngettext("%(n)d family can hear from us now.", "%(n)d families can hear from us now.", count)
            messages.success(request, said % {"n": count})
            return redirect("waiting-release")
    context: dict[str, Any] = {"form": form, "left": left, "cohorts": entries.cohorts()[:20]}
    context |= {"next_up": entries.on_hold().select_related("referral__person")[:5]} | entries.figures(clock.now())
    return render(request, "peer/waiting/release.html", context, status=422 if form.errors else 200)


def _entry(request: HttpRequest, public_id: str) -> WaitingListEntry:
    user = staff(request, Perm.DECIDE_TRIAGE)
    entries = WaitingListEntry.objects.visible_to(user).select_related("referral__person")
    return get_object_or_404(entries, public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down a decision with its reason; weighty news becomes a call by a person (S9, U2)."""
    entry = _entry(request, public_id)
    form = DecideForm(request.POST if request.method == "POST" else None, outcomes=_outcomes(entry))
    if request.method == "POST" and form.is_valid():
        try:
            decision = waiting.decide(entry, by=cast(User, request.user), **form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(None, str(broken))
        else:
            messages.success(request, _said(decision))
            return redirect(entry)
    context = {"form": form, "entry": entry, "person": entry.person}
    return render(request, "peer/waiting/decide.html", context, status=422 if form.errors else 200)


def _said(decision: TriageDecision) -> str:
    if decision.is_weighty:
        return _("Saved. This is news for a person to give: a call is on the list, and a message says when we ring.")
    return _("Saved. The family hears that there is news, by text or by a call.")


@require_POST
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down that help has started."""
    entry = _entry(request, public_id)
    waiting.start(entry, by=cast(User, request.user))
    messages.success(request, _("Saved. The wait is over."))
    return redirect(entry)

"""The run sheet of whoever hosts a session, standing in, dropping out, and looking in on whoever left upset (U15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import clock, gate, posting, rooms, run_sheet, sheets
from peer.actions import callers, hosting
from peer.forms.sessions import DebriefForm, HeadsForm, LookedInForm, ThereForm, UpsetForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import (
    Attendance,
    GroupSession,
    PhonePlace,
    SessionCaller,
    SessionCheckIn,
    SessionSlot,
    SupportGroup,
)
from peer.models.sessions import Way
from peer.roles import Perm
from peer.states import RuleBroken
from peer.web import acted, for_whom_may, only_with, or_404, who


@require_safe
def sheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the run sheet to whoever hosts."""
    return _page(request, _hosted(request, public_id))


@require_POST
def be_here(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that one is there, or has to go."""
    act = hosting.go if "go" in request.POST else hosting.be_here
    return _do(request, public_id, lambda session: act(session, by=who(request)))


@require_POST
def tick(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    """Tick a step."""
    return _do(request, public_id, lambda session: hosting.tick(session, by=who(request), step=step))


@require_POST
def left_upset(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that somebody left upset."""
    session = _hosted(request, public_id)
    form = UpsetForm(request.POST, people=_people(session))
    act = lambda: hosting.left_upset(session, by=who(request), who=form.cleaned_data["who"])  # noqa: E731
    if form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("A clinician looks in on them today. Thank you for noticing."))
        return redirect("hosting-sheet", session.public_id)
    return _page(request, session, upset=form)


@require_POST
def there(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down that somebody was there, and how."""
    session = _hosted(request, public_id)
    form = ThereForm(request.POST, rows=session.attendances.all())
    if not form.is_valid():
        messages.error(request, _("Choose who was there, and how."))
        return redirect("hosting-sheet", session.public_id)
    return _do(request, public_id, lambda held: hosting.mark_there(held, by=who(request), **form.cleaned_data))


@require_POST
def count_heads(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down how many dropped in."""
    session = _hosted(request, public_id)
    form = HeadsForm(request.POST, slots=session.slots.filter(way=Way.DROP_IN))
    act = lambda: hosting.count_heads(session, by=who(request), **form.cleaned_data)  # noqa: E731
    if form.is_valid() and acted(form, act) is not None:
        return redirect("hosting-sheet", session.public_id)
    return _page(request, session, heads=form)


@require_POST
def own_code(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give whoever hosts a code of their own to ring in with."""
    return _do(request, public_id, lambda session: callers.host_code(session, by=who(request)))


CALLS = {"let-in": callers.let_in, "not-now": callers.not_now, "end": callers.end_for}


@require_POST
def caller(request: HttpRequest, public_id: str, caller_id: str, what: str) -> HttpResponse:
    """Let a caller in, ask them to ring later, or end it for them."""
    act = or_404(CALLS.get(what))
    rows = SessionCaller.objects.visible_to(who(request)).live().select_related("session__group", "membership")
    found = get_object_or_404(rows, public_id=caller_id, session__public_id=public_id)
    return _do(request, public_id, lambda _session: act(found, by=who(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def debrief(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say how it was."""
    session = _hosted(request, public_id)
    form = DebriefForm(request.POST or None)
    act = lambda: hosting.debrief(session, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Thank you. Have a drink, look out of the window."))
        return redirect(session)
    context = {"session": session, "form": form}
    return render(request, "peer/sessions/debrief.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def drop_out(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask once, then let a host go."""
    session = _hosted(request, public_id)
    if request.method == "POST":
        try:
            hosting.drop_out(session, by=who(request))
            messages.success(request, _("That’s fine. Others are asked to stand in."))
        except RuleBroken as rule:
            messages.error(request, str(rule))
        return redirect(session)
    return render(request, "peer/sessions/drop_out.html", {"session": session})


@require_POST
def stand_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """Host a session for somebody who cannot."""
    rows = GroupSession.objects.visible_to(who(request)).with_people()
    session = for_whom_may(request, hosting.stand_in, get_object_or_404(rows, public_id=public_id))
    try:
        hosting.stand_in(session, by=who(request))
        messages.success(request, _("Thank you. You host it now."))
    except RuleBroken as rule:
        messages.error(request, str(rule))
    return redirect(session)


# ── Looking in ──────────────────────────────────────────────────────────────────────────────────────────────────────
@require_safe
@only_with(Perm.CHECK_IN_AFTER_SESSION)
def check_ins(request: HttpRequest) -> HttpResponse:
    """List whom to look in on today."""
    rows = SessionCheckIn.objects.visible_to(who(request)).open()
    return render(request, "peer/sessions/check_ins.html", {"tasks": rows, "now": clock.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one of them, and take what was done."""
    rows = SessionCheckIn.objects.visible_to(who(request)).open()
    task = for_whom_may(request, hosting.looked_in, get_object_or_404(rows, public_id=public_id))
    form = LookedInForm(request.POST or None)
    act = lambda: hosting.looked_in(task, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Written down. Thank you."))
        return redirect("check-ins-index")
    return render(
        request, "peer/sessions/check_in.html", {"task": task, "form": form}, status=422 if form.errors else 200
    )


# ── Parts ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _hosted(request: HttpRequest, public_id: str) -> GroupSession:
    """Find a session that one hosts; for anybody else there is no such page."""
    rows = GroupSession.objects.visible_to(who(request)).with_people()
    session = get_object_or_404(rows, public_id=public_id)
    if not gate.can(who(request), Perm.HOST_SESSION, session):
        raise Http404
    return session


def _do(request: HttpRequest, public_id: str, act: Callable[[GroupSession], Any]) -> HttpResponse:
    session = _hosted(request, public_id)
    try:
        act(session)
    except RuleBroken as rule:
        messages.error(request, str(rule))
    return redirect("hosting-sheet", session.public_id)


def _people(session: GroupSession) -> Any:
    """Keep who said that they come or was there, but none who hosts."""
    answered = session.attendances.exclude(state=Attendance.State.NOT_COMING, outcome="").values("membership")
    hosting_now = session.hosts.staying().values("membership")
    return session.group.memberships.filter(pk__in=answered).exclude(pk__in=hosting_now).order_by("pseudonym")


def _heads(slot: SessionSlot, slots: Any) -> HeadsForm:
    return HeadsForm(initial={"slot": slot, "heads": slot.headcount}, slots=slots)


def _page(
    request: HttpRequest, session: GroupSession, *, upset: UpsetForm | None = None, heads: HeadsForm | None = None
) -> HttpResponse:
    user = who(request)
    group = SupportGroup.objects.visible_to(user).with_standing(user).get(pk=session.group_id)
    ticked = {tick.step: tick for tick in session.ticks.select_related("by")}
    own = sheets.of(group)
    steps = [(step, ticked.get(step.key)) for step in own.steps.values()]
    opens_at = session.starts_at - run_sheet.minutes("brief")
    people = _people(session)
    drop_in = session.slots.filter(way=Way.DROP_IN)
    rows = session.attendances.exclude(state=Attendance.State.NOT_COMING, outcome="")
    context = {
        "session": session,
        "group": group,
        "room": rooms.of(session, posting.of(group)),
        "me": next((host for host in session.hosted_by if host.membership.user_id == user.pk), None),
        "opens_at": opens_at,
        "is_open": opens_at <= clock.now(),
        "opening": own.opening,
        "principles": own.principles,
        "parts": [(part, [row for row in steps if row[0].part == part]) for part in sheets.PARTS],
        "people": rows.select_related("membership", "slot").order_by("membership__pseudonym"),
        "heads": [heads] if heads else [_heads(slot, drop_in) for slot in drop_in],
        "upset": upset or (UpsetForm(people=people) if people.exists() else None),
        "by_phone": session.slots.filter(way=Way.PHONE).exists(),
        "own_place": PhonePlace.objects.visible_to(user).filter(session=session).first(),
        "callers": SessionCaller.objects.visible_to(user).live().filter(session=session).select_related("membership"),
        "said_how": session.hosts.filter(membership__user=user, debrief__isnull=False).exists(),
    }
    return render(request, "peer/sessions/sheet.html", context, status=422 if upset or heads else 200)

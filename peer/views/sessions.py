"""The sessions of a group: when the next one is, coming or not, the way in, how it was; and planning them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from peer import clock, gate, listened, posting, rooms, run_sheet, sheets
from peer import hosts as who_hosts
from peer.actions import callers, hosting, sessions
from peer.forms.sessions import (
    ComeForm,
    HostsForm,
    LinkForm,
    ListenedForm,
    MeetOtherwiseForm,
    MoveForm,
    PlanForm,
    SlotForm,
)
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Attendance, GroupSession, PhonePlace, SessionSlot, SupportGroup, TimePoll, User
from peer.models.sessions import GroupSessionQuerySet, Way
from peer.roles import Perm
from peer.states import RuleBroken
from peer.web import acted, for_whom_may, or_404, who

AHEAD = 8
POLLS = [TimePoll.State.OPEN, TimePoll.State.CLOSED]


@require_safe
def index(request: HttpRequest, public_id: str) -> HttpResponse:
    """List the sessions to come, and show how listened to people felt in those that have been."""
    user = who(request)
    group = get_object_or_404(SupportGroup.objects.visible_to(user), public_id=public_id)
    rows = _sessions(request).to_come().filter(group=group)[:AHEAD]
    said = dict(Attendance.objects.visible_to(user).filter(membership__user=user).values_list("session", "state"))
    context = {
        "group": group,
        "sessions": [(session, said.get(session.pk, "")) for session in rows],
        "figures": listened.figures(group),
        "polls": TimePoll.objects.visible_to(user).filter(group=group, state__in=POLLS).order_by("-asked_at"),
    }
    return render(request, "peer/sessions/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """Plan a session, or a series."""
    group = get_object_or_404(SupportGroup.objects.visible_to(who(request)), public_id=public_id)
    for_whom_may(request, sessions.plan, group)
    places = group.memberships.filter(pk__in=who_hosts.of(group)).order_by("pseudonym")
    form = PlanForm(request.POST or None, hosts=places, initial={"way": "text", "repeats": "weekly"})
    act = lambda: sessions.plan(group, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid():
        session = acted(form, act)
        if session is not None:
            return redirect(session)
    return _form(request, form, group=group, title=_("Plan a session"), button=_("Plan it"))


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one session: when, who hosts, whether one comes, the way in, and afterwards one question."""
    session = get_object_or_404(_sessions(request), public_id=public_id)
    return render(request, "peer/sessions/detail.html", _context(request, session))


@require_POST
def come(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that one comes."""
    session = get_object_or_404(_joined(request), public_id=public_id)
    form = ComeForm(request.POST, slots=session.slots.all())
    if form.is_valid():
        _said(request, lambda: sessions.come(session, by=who(request), slot=form.cleaned_data["slot"]))
    return redirect(session)


@require_POST
def not_come(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say that one does not come."""
    session = get_object_or_404(_joined(request), public_id=public_id)
    _said(request, lambda: sessions.not_come(session, by=who(request)))
    return redirect(session)


@require_POST
def come_in(request: HttpRequest, public_id: str) -> HttpResponse:
    """Come into the room."""
    session = get_object_or_404(_joined(request), public_id=public_id)
    came = _said(request, lambda: hosting.come_in(session, by=who(request)))
    return redirect(session.thread if came and session.thread else session)


@require_POST
def by_phone(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose between ringing in with a code and being rung."""
    session = get_object_or_404(_joined(request), public_id=public_id)
    _said(request, lambda: callers.choose(session, by=who(request), is_rung="ring" in request.POST))
    return redirect(session)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def video(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask whether one can talk privately, then show where the video meeting is; the answer is kept nowhere."""
    session = get_object_or_404(_joined(request), public_id=public_id)
    slot = or_404(_video(session, who(request)))
    answer = "alone" if "alone" in request.POST else "text" if "text" in request.POST else ""
    group = SupportGroup.objects.visible_to(who(request)).with_standing(who(request)).get(pk=session.group_id)
    room = rooms.of(session, posting.of(group))
    context = {"session": session, "group": group, "answer": answer, "room": room}
    return render(request, "peer/sessions/video.html", context | ({"link": slot.link} if answer else {}))


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down where the video meeting is."""
    session = for_whom_may(request, sessions.set_link, get_object_or_404(_sessions(request), public_id=public_id))
    slot = or_404(session.slots.filter(way=Way.ONLINE).first())
    form = LinkForm(request.POST or None, initial={"link": slot.link})
    act = lambda: sessions.set_link(session, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Written down."))
        return redirect(session)
    title = _("Where the video meeting is")
    return _form(request, form, group=session.group, session=session, title=title, button=_("Write it down"))


@require_POST
def clinician(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask for a clinician, without anybody in the room seeing it."""
    session = get_object_or_404(_joined(request), public_id=public_id)
    if _said(request, lambda: hosting.ask_for_clinician(session, by=who(request))):
        messages.success(request, _("A clinician is being rung now. Nobody in the room sees that you asked."))
    return redirect(session)


@require_POST
def say_listened(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say with one press how listened to one felt."""
    session = get_object_or_404(_joined(request), public_id=public_id)
    form = ListenedForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Press a number from 0 to 10."))
    elif _said(request, lambda: hosting.say_listened(session, by=who(request), said=form.cleaned_data["said"])):
        messages.success(request, _("Thank you. Your group sees all answers together, never yours alone."))
    return redirect(session)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a session another time."""
    session = for_whom_may(request, sessions.move, get_object_or_404(_sessions(request), public_id=public_id))
    local = session.starts_at.astimezone(clock.LONDON)
    form = MoveForm(request.POST or None, initial={"day": local.date(), "at": local.time()})
    act = lambda: sessions.move(session, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Moved. Everybody who comes is told."))
        return redirect(session)
    return _form(request, form, group=session.group, session=session, title=_("Move it"), button=_("Move it"))


@require_http_methods(["GET", "HEAD", "POST"])
def add_slot(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give a session one more way to take part."""
    session = for_whom_may(request, sessions.add_slot, get_object_or_404(_sessions(request), public_id=public_id))
    local = session.starts_at.astimezone(clock.LONDON)
    form = SlotForm(request.POST or None, initial={"day": local.date(), "at": local.time(), "way": "phone"})
    act = lambda: sessions.add_slot(session, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        return redirect(session)
    title = _("One more way to take part")
    return _form(request, form, group=session.group, session=session, title=title, button=_("Add it"))


@require_http_methods(["GET", "HEAD", "POST"])
def meet_otherwise(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let people meet in another way, once or from now on."""
    session = for_whom_may(request, sessions.meet_otherwise, get_object_or_404(_sessions(request), public_id=public_id))
    slots = session.slots.order_by("starts_at", "id")
    form = MeetOtherwiseForm(request.POST or None, session=session, slots=slots, initial={"slot": slots.first()})
    act = lambda: sessions.meet_otherwise(session, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Changed. Everybody who comes keeps their place and is told."))
        return redirect(session)
    title = _("Meet in another way")
    return _form(request, form, group=session.group, session=session, title=title, button=_("Change it"))


@require_http_methods(["GET", "HEAD", "POST"])
def change_hosts(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say who hosts, once or from now on."""
    session = for_whom_may(request, sessions.set_hosts, get_object_or_404(_sessions(request), public_id=public_id))
    group = session.group
    places = group.memberships.filter(pk__in=who_hosts.of(group)).order_by("pseudonym")
    now = [host.membership_id for host in session.hosted_by]
    form = HostsForm(request.POST or None, session=session, hosts=places, initial={"hosts": now})
    act = lambda: sessions.set_hosts(session, by=who(request), **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Done. Whoever is new to it has been told."))
        return redirect(session)
    return _form(request, form, group=group, session=session, title=_("Who hosts"), button=_("Save"))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask once, then call a session off and tell everybody."""
    session = for_whom_may(request, sessions.cancel, get_object_or_404(_sessions(request), public_id=public_id))
    if request.method == "POST":
        _said(request, lambda: sessions.cancel(session, by=who(request)))
        return redirect(session)
    return render(request, "peer/sessions/cancel.html", {"session": session, "group": session.group})


@require_POST
def end_series(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the series of a session come to an end; what is planned stays."""
    rows = _sessions(request).filter(series__isnull=False).select_related("series__group")
    session = get_object_or_404(rows, public_id=public_id)
    series = for_whom_may(request, sessions.end_series, or_404(session.series))
    if _said(request, lambda: sessions.end_series(series, by=who(request))):
        messages.success(request, _("Nothing more is added. What is planned stays until you cancel it."))
    return redirect(session)


def _sessions(request: HttpRequest) -> GroupSessionQuerySet:
    return GroupSession.objects.visible_to(who(request)).with_people()


def _joined(request: HttpRequest) -> GroupSessionQuerySet:
    """Begin with the sessions of one's own groups: staff beside a group do not come to it."""
    user = who(request)
    return _sessions(request).filter(group__in=SupportGroup.objects.joined_by(user).values("pk"))


def _video(session: GroupSession, user: User) -> SessionSlot | None:
    """Find the video meeting that is open to somebody now."""
    return next((slot for slot in session.slots.all() if slot.opens_video_to(user, clock.now())), None)


def _said(request: HttpRequest, act: Callable[[], Any]) -> Any:
    """Act; where a rule says no, say its sentence on the next page."""
    try:
        return act()
    except RuleBroken as rule:
        messages.error(request, str(rule))
        return None


def _context(request: HttpRequest, session: GroupSession) -> dict[str, Any]:
    user, now = who(request), clock.now()
    group = SupportGroup.objects.visible_to(user).with_standing(user).get(pk=session.group_id)
    writing = posting.of(group)
    mine = Attendance.objects.visible_to(user).filter(session=session, membership__user=user).first()
    is_near = session.starts_at - run_sheet.minutes("brief") <= now < session.ends_at + run_sheet.hours("debrief")
    asks = session.has_been() and now <= session.ends_at + run_sheet.hours("answers")
    was_asked = bool(mine and mine.state != Attendance.State.NOT_COMING and asks)
    answered = was_asked and session.listened.filter(membership__user=user).exists()
    hosts_it = any(host.membership.user_id == user.pk for host in session.hosted_by)
    return {
        "session": session,
        "group": group,
        "posting": writing,
        "room": rooms.of(session, writing),
        "mine": mine,
        "sheet": sheets.of(group),
        "has_video": bool(group.membership_id) and _video(session, user) is not None,
        "may_link": session.is_to_come() and session.slots.filter(way=Way.ONLINE).exists(),
        "phone_place": PhonePlace.objects.visible_to(user).filter(session=session, barred_at=None).first(),
        "is_near": is_near and session.state != GroupSession.State.CANCELLED,
        "asks": was_asked and not answered,
        "numbers": range(11),
        "hosts_it": hosts_it,
        "may_stand_in": session.is_to_come() and not hosts_it and gate.can(user, Perm.STAND_IN, session),
        "may_plan": session.is_to_come() and gate.can(user, Perm.PLAN_SESSION, session),
    }


def _form(request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
    return render(request, "peer/sessions/form.html", {"form": form} | context, status=422 if form.errors else 200)

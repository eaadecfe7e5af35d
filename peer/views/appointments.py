"""Appointments at the desk: planned, kept or missed, and followed up by somebody by a time (S55)."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import clock
from peer.actions import appointments
from peer.forms.appointments import FollowUpForm, PlanForm
from peer.methods import require_http_methods, require_POST, require_safe
from peer.models import Appointment, Person
from peer.roles import Perm
from peer.web import acted, for_whom_may, only_with, or_404, pressed, who

PAGE = 50
ACTS = {"came": appointments.came, "missed": appointments.missed, "cancel": appointments.cancel}


@require_safe
@only_with(Perm.KEEP_APPOINTMENTS)
def index(request: HttpRequest) -> HttpResponse:
    """List what somebody owes something now, and what is to come."""
    rows = Appointment.objects.visible_to(who(request))
    ahead = rows.filter(state=Appointment.State.PLANNED, starts_at__gt=clock.now()).select_related("person")
    context = {"owed": rows.owed()[:PAGE], "ahead": ahead.order_by("starts_at", "pk")[:PAGE], "now": clock.now()}
    return render(request, "peer/appointments/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, public_id: str) -> HttpResponse:
    """Write down when somebody is to be seen."""
    person = get_object_or_404(Person.objects.visible_to(who(request)), public_id=public_id)
    for_whom_may(request, appointments.plan, person)
    form = PlanForm(request.POST or None)
    act = partial(appointments.plan, person, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Written down."))
        return redirect("waiting-detail", public_id)
    context = {"person": person, "form": form}
    return render(request, "peer/appointments/plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only_with(Perm.KEEP_APPOINTMENTS)
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one appointment; take what came of following it up."""
    appointment = _appointment(request, public_id)
    form = FollowUpForm(request.POST or None)
    act = partial(appointments.follow_up, appointment, by=who(request))
    if request.method == "POST" and form.is_valid() and acted(form, lambda: act(**form.cleaned_data)) is not None:
        messages.success(request, _("Written down. Thank you."))
        return redirect("appointments-index")
    context = {"appointment": appointment, "form": form, "has_begun": appointment.starts_at <= clock.now()}
    return render(request, "peer/appointments/detail.html", context, status=422 if form.errors else 200)


@require_POST
@only_with(Perm.KEEP_APPOINTMENTS)
def note(request: HttpRequest, public_id: str, what: str) -> HttpResponse:
    """Write down that they came, that they were not there, or that it is called off."""
    act = or_404(ACTS.get(what))
    appointment = _appointment(request, public_id)
    pressed(request, lambda: act(appointment, by=who(request)))
    return redirect(appointment)


def _appointment(request: HttpRequest, public_id: str) -> Appointment:
    rows = Appointment.objects.visible_to(who(request)).select_related("person", "owner", "done_by")
    found: Appointment = get_object_or_404(rows, public_id=public_id)
    return for_whom_may(request, appointments.missed, found)

"""Appointments: planned, kept, missed and followed up; a missed one is our task, and takes nobody off a list (S55)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from peer import clock, run_sheet, workdays
from peer.events import emit
from peer.gate import System, action
from peer.models import Appointment, Person, TimelineEntry, User
from peer.news import AppointmentMissed
from peer.roles import Perm, Role
from peer.states import RuleBroken
from peer.templatetags.peer import when

CLOCK = System("clock", may=frozenset({Perm.KEEP_APPOINTMENTS}))
State = Appointment.State
FOLLOW_UP_DAYS = 1  # working days


@action(Perm.KEEP_APPOINTMENTS)
def plan(person: Person, *, by: User, starts_at: dt.datetime) -> Appointment:
    """Write down when somebody is to be seen."""
    if person.kind != Person.Kind.YOUNG_PERSON or person.deceased_at is not None:
        raise RuleBroken(_("Only who waits for help is given an appointment."))
    if starts_at <= clock.now():
        raise RuleBroken(_("Choose a time to come."))
    made: Appointment = Appointment.objects.create(
        person=person,
        starts_at=starts_at,
        made_by=by,
        owner=by,
        owner_role=Role.CO_ORDINATOR,
        due_at=starts_at + run_sheet.hours("write_down"),
    )
    _tell(made, _("You are to be seen %(when)s.") % {"when": when(starts_at)})
    return made


@action(Perm.KEEP_APPOINTMENTS)
def came(appointment: Appointment, *, by: User) -> Appointment:
    """Write down that somebody came."""
    _check_begun(appointment)
    appointment.move_to(State.CAME, due_at=None, done_by=by, done_at=clock.now())
    return appointment


@action(Perm.KEEP_APPOINTMENTS)
def missed(appointment: Appointment, *, by: User) -> Appointment:
    """Write down that somebody was not there, by the right word for their age; whoever writes it follows it up."""
    _check_begun(appointment)
    appointment.move_to(
        State.MISSED,
        outcome=appointment.missed_is(),
        owner=by,
        owner_role=Role.CO_ORDINATOR,
        due_at=workdays.due(days=FOLLOW_UP_DAYS),
    )
    _tell(appointment, _("We missed you. Your place on the list stays as it is. Somebody gets in touch."))
    emit(AppointmentMissed(appointment))
    return appointment


@action(Perm.KEEP_APPOINTMENTS)
def cancel(appointment: Appointment, *, by: User | System) -> Appointment:
    """Call an appointment off; that is nobody's absence, and of somebody who died nothing more is written (U6)."""
    done_by = None if isinstance(by, System) else by
    appointment.move_to(State.CANCELLED, due_at=None, done_by=done_by, done_at=clock.now())
    if appointment.person.deceased_at is None:
        _tell(appointment, _("This time does not take place any more. Your place on the list stays as it is."))
    return appointment


@action(Perm.KEEP_APPOINTMENTS)
def follow_up(appointment: Appointment, *, by: User, note: str) -> Appointment:
    """Write down what came of following it up."""
    if not note.strip():
        raise RuleBroken(_("Write down what you did, in a few words."))
    appointment.move_to(State.FOLLOWED_UP, note=note, due_at=None, done_by=by, done_at=clock.now())
    return appointment


@action(Perm.KEEP_APPOINTMENTS)
def climb(appointment: Appointment, *, by: System) -> Appointment:
    """Hand what nobody followed up in time to the service manager."""
    rows = Appointment.objects.filter(pk=appointment.pk, state=appointment.state)
    rows = rows.exclude(owner_role=Role.SERVICE_MANAGER)
    if not rows.update(owner=None, owner_role=Role.SERVICE_MANAGER, due_at=workdays.due(days=FOLLOW_UP_DAYS)):
        raise RuleBroken(_("Somebody was quicker."))
    return appointment


# ── Parts of acts ───────────────────────────────────────────────────────────────────────────────────────────────────
def _check_begun(appointment: Appointment) -> None:
    if appointment.starts_at > clock.now():
        raise RuleBroken(_("It has not begun yet."))


def _tell(appointment: Appointment, words: str) -> None:
    """Write it into the wait, for the person and for adults who may know routine news; nothing but this moves."""
    TimelineEntry.objects.create(
        person=appointment.person,
        kind=TimelineEntry.Kind.NOTE,
        at=clock.now(),
        words=words,
        for_adults=TimelineEntry.ForAdults.ROUTINE,
    )

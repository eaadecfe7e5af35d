"""Hosting a session: being there, the run sheet, a stand-in, who left upset, how it was (U15)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, posting, rhythm, rooms, run_sheet, sheets
from peer import hosts as who_hosts
from peer.actions import sessions
from peer.events import emit
from peer.gate import action
from peer.models import (
    Attendance,
    Duty,
    GroupSession,
    ListenedTo,
    Membership,
    SessionCheckIn,
    SessionDebrief,
    SessionHost,
    SessionSlot,
    SessionTick,
    Thread,
    User,
)
from peer.models.sessions import SessionHostQuerySet, Way
from peer.news import ClinicianAsked, HostWantsTalk
from peer.roles import Perm, Role
from peer.states import RuleBroken
from peer.templatetags.peer import when

State = GroupSession.State


@action(Perm.HOST_SESSION)
def be_here(session: GroupSession, *, by: User) -> GroupSession:
    """Say that one is there; once two are who read posts, the room opens at its time."""
    held = _held(session)
    opens = held.starts_at - run_sheet.minutes("brief")
    if clock.now() < opens:
        raise RuleBroken(_("The run sheet opens %(when)s.") % {"when": when(opens)})
    _mine(held, by).update(here_at=clock.now())
    if held.thread_id is None and held.slots.filter(way=Way.TEXT).exists():
        place = Membership.objects.active().get(group=held.group_id, user=by)
        title = _("Session, %(day)s") % {"day": f"{held.starts_at.astimezone(clock.LONDON):%-d %B %Y}"}
        held.thread = Thread.objects.create(group=held.group, title=title, started_by=place, is_room=True)
        held.save(update_fields=["thread"])
    return held


@action(Perm.HOST_SESSION)
def go(session: GroupSession, *, by: User) -> GroupSession:
    """Say that one has to go; with fewer than two who read posts the room shuts, and says so."""
    _mine(session, by).update(here_at=None)
    return session


@action(Perm.HOST_SESSION)
def drop_out(session: GroupSession, *, by: User) -> GroupSession:
    """Say that one cannot host; somebody stands in by a time, or it is called off and everybody is told."""
    held = _held(session)
    _mine(held, by).update(dropped_at=clock.now(), here_at=None)
    who_hosts.look_for_one(held)
    return held


@action(Perm.STAND_IN)
def stand_in(session: GroupSession, *, by: User) -> GroupSession:
    """Host a session for somebody who cannot."""
    held = _held(session)
    place = Membership.objects.active().get(group=held.group_id, user=by)
    roles = who_hosts.of(held.group)
    host, is_new = SessionHost.objects.get_or_create(session=held, membership=place, defaults={"role": roles[place.pk]})
    if not is_new and host.dropped_at is None:
        raise RuleBroken(_("You host it already. Thank you."))
    SessionHost.objects.filter(pk=host.pk).update(dropped_at=None, role=roles[place.pk])
    if held.state == State.TO_COVER and not who_hosts.are_too_few(held):
        held.move_to(State.PLANNED, owner_role=Role.PEER_FACILITATOR, due_at=held.ends_at)
    return held


@action(Perm.HOST_SESSION)
def tick(session: GroupSession, *, by: User, step: str) -> SessionTick:
    """Tick a step of the run sheet; that is kept with who did it, and when (S77)."""
    if step not in sheets.of(session.group).steps:
        raise RuleBroken(_("There is no such step."))
    if session.ticks.filter(step=step).exists():
        raise RuleBroken(_("Somebody ticked this already."))
    made: SessionTick = SessionTick.objects.create(session=session, step=step, by=by, at=clock.now())
    return made


@action(Perm.HOST_SESSION)
def left_upset(session: GroupSession, *, by: User, who: Membership) -> SessionCheckIn:
    """Say that somebody left upset: a clinician looks in on them the same day, and nobody in the room learns of it."""
    if who.group_id != session.group_id or not session.attendances.filter(membership=who).exists():
        raise RuleBroken(_("Choose somebody who was in this session."))
    on_duty = Duty.objects.current().filter(group=session.group_id).order_by("from_at", "pk").first()
    try:
        return SessionCheckIn.objects.create(
            session=session,
            about=who,
            asked_by=by,
            owner=on_duty.user if on_duty else None,
            owner_role=Role.CLINICIAN,
            due_at=_same_day(clock.now()),
            made_at=clock.now(),
        )
    except IntegrityError:
        raise RuleBroken(_("A clinician looks in on them already.")) from None


@action(Perm.HOST_SESSION)
def mark_there(session: GroupSession, *, by: User, attendance: Attendance, channel: str) -> Attendance:
    """Write down that somebody was there, and how: by phone counts as much as in the room (S19)."""
    if attendance.session_id != session.pk:
        raise RuleBroken(_("Choose somebody who was in this session."))
    return _there(attendance, channel=channel)


@action(Perm.HOST_SESSION)
def count_heads(session: GroupSession, *, by: User, slot: SessionSlot, heads: int) -> SessionSlot:
    """Write down how many dropped in; their names are nobody's business (S116)."""
    if slot.session_id != session.pk or slot.way != Way.DROP_IN:
        raise RuleBroken(_("Heads are only counted where people drop in."))
    SessionSlot.objects.filter(pk=slot.pk).update(headcount=heads)
    slot.headcount = heads
    return slot


@action(Perm.HOST_SESSION)
def debrief(session: GroupSession, *, by: User, felt: str, wants_talk: bool) -> SessionDebrief:
    """Say how it was, once; who asks for somebody to talk to is talked to."""
    if session.ends_at > clock.now() or not session.has_been():
        raise RuleBroken(_("Say how it was once it is over."))
    host = _mine(session, by).get()
    if SessionDebrief.objects.filter(host=host).exists():
        raise RuleBroken(_("You told us how this one was. Thank you."))
    said: SessionDebrief = SessionDebrief.objects.create(host=host, felt=felt, wants_talk=wants_talk, at=clock.now())
    if session.state == State.HELD:
        session.move_to(State.CLOSED, due_at=None)
    if wants_talk:
        emit(HostWantsTalk(by))
    return said


# ── In the room ─────────────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.COME_TO_SESSION)
def come_in(session: GroupSession, *, by: User) -> Attendance:
    """Come into the room while it is open; that is how one was there."""
    group = posting.standing(session.group, by)
    room = rooms.of(session, posting.of(group))
    if not room.is_open or room.slot is None:
        raise RuleBroken(_("The room is shut right now."))
    place = Membership.objects.active().get(group=session.group_id, user=by)
    found = session.attendances.filter(membership=place).first()
    if found is None or found.slot_id != room.slot.pk or found.state != Attendance.State.COMING:
        found = sessions.come(session, by=by, slot=room.slot)
    if found.state != Attendance.State.COMING:
        raise RuleBroken(_("All places are taken right now. Press “I’ll come” and you are in the line."))
    return _there(found, channel=room.slot.way)


@action(Perm.COME_TO_SESSION)
def ask_for_clinician(session: GroupSession, *, by: User) -> GroupSession:
    """Ask for a clinician now, without anybody in the room seeing it; somebody is rung at once."""
    now = clock.now()
    if not session.starts_at - run_sheet.minutes("brief") <= now < session.ends_at + run_sheet.hours("debrief"):
        raise RuleBroken(_("This is for while the session is on. Press “Need help now?” at the top."))
    emit(ClinicianAsked(session, Membership.objects.active().get(group=session.group_id, user=by)))
    return session


@action(Perm.COME_TO_SESSION)
def say_listened(session: GroupSession, *, by: User, said: int) -> ListenedTo:
    """Say how listened to one felt, 0 to 10, once; the group sees all answers together, never one (S22)."""
    place = Membership.objects.active().get(group=session.group_id, user=by)
    if not session.has_been() or clock.now() > session.ends_at + run_sheet.hours("answers"):
        raise RuleBroken(_("This question is for the three days after a session."))
    there = session.attendances.filter(membership=place).exclude(state=Attendance.State.NOT_COMING).first()
    if there is None:
        raise RuleBroken(_("This question is for those who were there."))
    if session.listened.filter(membership=place).exists():
        raise RuleBroken(_("You told us how this one was. Thank you."))
    _there(there, channel=there.slot.way)
    answer: ListenedTo = ListenedTo.objects.create(session=session, membership=place, said=said, at=clock.now())
    return answer


@action(Perm.CHECK_IN_AFTER_SESSION)
def looked_in(task: SessionCheckIn, *, by: User, note: str) -> SessionCheckIn:
    """Write down that one has looked in on somebody, and what comes next."""
    if not note.strip():
        raise RuleBroken(_("Write down what you did, in a few words."))
    task.move_to(SessionCheckIn.State.DONE, note=note, done_by=by, done_at=clock.now(), due_at=None)
    return task


# ── Parts of acts ───────────────────────────────────────────────────────────────────────────────────────────────────
def _mine(session: GroupSession, by: User) -> SessionHostQuerySet:
    return session.hosts.staying().filter(membership__user=by)


def _held(session: GroupSession) -> GroupSession:
    """Hold a session that is not over, so that two changes never cross."""
    held = GroupSession.objects.select_for_update(of=("self",)).select_related("group").get(pk=session.pk)
    if not held.is_to_come():
        raise RuleBroken(_("This session is over or cancelled already."))
    return held


def _there(attendance: Attendance, *, channel: str) -> Attendance:
    if channel not in Way.values:
        raise RuleBroken(_("Choose how they were there."))
    attendance.outcome, attendance.channel = Attendance.Outcome.THERE, channel
    attendance.save(update_fields=["outcome", "channel"])
    return attendance


def _same_day(now: dt.datetime) -> dt.datetime:
    """Give this evening's hour; late in the day, at least so many hours that somebody can."""
    evening = rhythm.moment(now.astimezone(clock.LONDON).date(), dt.time(run_sheet.number("check_in_by")))
    return max(evening, now + run_sheet.hours("check_in_least"))

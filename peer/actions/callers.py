"""Coming to a session by telephone: a code or a call back, waiting, and being let in by a host alone (S19, B12)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import clock, phone
from peer.events import emit
from peer.gate import System, action
from peer.models import Attendance, GroupSession, Membership, PhonePlace, SessionCaller, User
from peer.models.callers import fresh_code
from peer.models.dated import public_id
from peer.models.sessions import Way
from peer.news import SessionRings
from peer.roles import Perm, Role
from peer.states import RuleBroken

PHONE = System("telephone", may=frozenset({Perm.KEEP_SESSIONS}))
State = SessionCaller.State
TRIES = 5  # for a code that nobody else has


# ── Before ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.COME_TO_SESSION)
def choose(session: GroupSession, *, by: User, is_rung: bool) -> PhonePlace:
    """Choose between ringing in with a code and being rung, for a place by telephone that one has."""
    place = _place(session, Membership.objects.active().get(group=session.group_id, user=by))
    if not session.is_to_come() or not phone.is_booked(place):
        raise RuleBroken(_("Say first that you come by telephone."))
    place.is_rung = is_rung
    place.save(update_fields=["is_rung"])
    return place


@action(Perm.HOST_SESSION)
def host_code(session: GroupSession, *, by: User) -> PhonePlace:
    """Give a host their own code; it opens the line only once they have said that they are there."""
    if not session.is_to_come() or not session.slots.filter(way=Way.PHONE).exists():
        raise RuleBroken(_("Nobody comes to this one by telephone."))
    return _place(session, Membership.objects.active().get(group=session.group_id, user=by))


# ── On the telephone ────────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.KEEP_SESSIONS)
def ring_in(session: GroupSession, *, by: System, place: PhonePlace, sid: str) -> SessionCaller:
    """Take a call whose code was right: a host is on the line, everybody else waits for one."""
    place = PhonePlace.objects.select_for_update(of=("self",)).get(pk=place.pk)  # two calls with one code cross here
    slot = phone.slot_now(session)
    before = list(SessionCaller.objects.live().filter(session=session, membership=place.membership_id))
    for call in before:
        if phone.is_silent(call):
            call.move_to(State.GONE, due_at=None)
    is_busy = any(call.state != State.GONE for call in before)
    if slot is None or is_busy or not phone.may_come(place):
        raise RuleBroken(_("This opens nothing now."))
    is_host, now = phone.hosts(place), clock.now()
    if is_host and not slot.line:
        slot.line = public_id()
        slot.save(update_fields=["line"])
    caller: SessionCaller = SessionCaller.objects.create(
        sid=sid[:40],
        session=session,
        membership=place.membership,
        is_host=is_host,
        state=State.IN if is_host else State.WAITING,
        at=now,
        seen_at=now,
        let_in_at=now if is_host else None,
        owner_role=Role.PEER_FACILITATOR,
        due_at=slot.ends_at,
    )
    return caller


@action(Perm.KEEP_SESSIONS)
def came_in(caller: SessionCaller, *, by: System) -> SessionCaller:
    """Count somebody who is put on the line as there, by telephone."""
    there = caller.session.attendances.filter(membership=caller.membership_id).first()
    if there is not None:
        there.outcome, there.channel = Attendance.Outcome.THERE, Way.PHONE
        there.save(update_fields=["outcome", "channel"])
    return caller


@action(Perm.KEEP_SESSIONS)
def gone(caller: SessionCaller, *, by: System) -> SessionCaller:
    """Note that a call is over."""
    caller.move_to(State.GONE, due_at=None)
    return caller


@action(Perm.KEEP_SESSIONS)
def end(caller: SessionCaller, *, by: System) -> SessionCaller:
    """End the call of somebody who may not be on the line any more: they left, or the group was paused."""
    caller.move_to(State.ENDED)
    return caller


@action(Perm.KEEP_SESSIONS)
def ring_them(place: PhonePlace, *, by: System) -> PhonePlace:
    """Have somebody rung who asked for it, once: the host is there."""
    if PhonePlace.objects.filter(pk=place.pk, rung_at=None).update(rung_at=clock.now()):
        booked = place.session.attendances.filter(membership=place.membership_id, state=Attendance.State.COMING)
        emit(SessionRings(booked.select_related("membership__person", "session", "slot").get()))
    return place


# ── By a host ───────────────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.HOST_SESSION)
def let_in(caller: SessionCaller, *, by: User) -> SessionCaller:
    """Let somebody in who waits; a host must be on the line, and somebody on call."""
    if not phone.has_host(caller.session):
        raise RuleBroken(_("Ring in with your own code first, so that nobody is let into an empty line."))
    if not phone.is_covered(caller.session):
        raise RuleBroken(_("No clinician is on call right now, so nobody can be let in."))
    caller.move_to(State.IN, let_in_at=clock.now(), let_in_by=by)
    return caller


@action(Perm.HOST_SESSION)
def not_now(caller: SessionCaller, *, by: User) -> SessionCaller:
    """Ask somebody who waits to ring a little later; their code goes on working."""
    caller.move_to(State.NOT_NOW)
    return caller


@action(Perm.HOST_SESSION)
def end_for(caller: SessionCaller, *, by: User) -> SessionCaller:
    """End the session for one person: the call is cut and their code opens nothing any more; a host gets another."""
    caller.move_to(State.ENDED)
    place = PhonePlace.objects.filter(session=caller.session_id, membership=caller.membership_id)
    if caller.is_host:
        place.update(code=_free_code())
    else:
        place.update(barred_at=clock.now())
    return caller


# ── Parts of acts ───────────────────────────────────────────────────────────────────────────────────────────────────
def _place(session: GroupSession, membership: Membership) -> PhonePlace:
    """Find somebody's way in by telephone, or make one with a code that nobody has."""
    found = PhonePlace.objects.filter(session=session, membership=membership).first()
    if found is not None:
        return found
    return PhonePlace.objects.create(session=session, membership=membership, code=_free_code())


def _free_code() -> str:
    codes = (fresh_code() for _try in range(TRIES))
    return next(code for code in codes if not PhonePlace.objects.filter(code=code).exists())

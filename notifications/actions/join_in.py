"""What keys bring about in a call to a session: waiting, being let in by a host, going (S19, B12)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Sum

from notifications import join_in, numbers
from notifications.join_in import Joining, Stand
from notifications.models import InboundCall
from notifications.voice import MOST_WRONG, Meeting, Said
from notifications.waits import WRONG_WORDS_A_DAY
from peer import clock, phone
from peer.actions import callers
from peer.actions.callers import PHONE
from peer.models import Attendance, PhonePlace, SessionCaller
from peer.states import IllegalMove, RuleBroken, StaleMove

State = SessionCaller.State
NO_NUMBER = "withheld"
MANY = 10  # who withhold their number are many, and count as one
LEAVES = "participant-leave"
STANDS = {State.WAITING: Stand.WAITS, State.IN: Stand.GOES_IN, State.NOT_NOW: Stand.NOT_NOW}


def hear(sid: str, *, step: str, digits: str = "") -> Said | None:
    """Answer one moment of a call to a session; None for a call that is none (N18)."""
    if not sid or step not in join_in.STEPS:
        return None
    with transaction.atomic():
        call = InboundCall.objects.filter(sid=sid[:40]).first()
        if step == "code" and call is None:
            return None
        if step == "over":
            _left(sid)
        return join_in.STEPS[step](_moment(sid, digits=digits, call=call))


def begin_after_word(attendance: Attendance, sid: str) -> Said:
    """Let somebody wait for a host whom we have rung, and who has shown who they are."""
    place = PhonePlace.objects.filter(session=attendance.session_id, membership=attendance.membership_id).first()
    joining = _moment(sid, digits=place.code if place else "", call=None)
    return join_in.arrived(joining) if joining.opens() else join_in.over(joining)


def _left(sid: str) -> None:
    """Note that a call is over, once."""
    caller = SessionCaller.objects.filter(sid=sid[:40]).exclude(state=State.GONE).first()
    if caller is None:
        return
    try:
        callers.gone(caller, by=PHONE)
    except (StaleMove, IllegalMove):
        return  # told twice


def told(*, sid: str, event: str) -> None:
    """Take what the network tells of a meeting: who hung up is not on the line any more."""
    if event == LEAVES and sid:
        _left(sid)


def _moment(sid: str, *, digits: str, call: InboundCall | None) -> Joining:
    return Joining(
        digits=digits,
        opens=lambda: _opens(sid, digits, call),
        wrong=lambda: _wrong(call),
        choose=lambda only_listens: _choose(sid, only_listens=only_listens),
        stand=lambda: _stand(sid),
        meeting=lambda: _meeting(sid),
    )


def _opens(sid: str, code: str, call: InboundCall | None) -> bool:
    """Take a code; a wrong one, one of another time, one that is in a call already: all open nothing."""
    place = None if call is not None and _is_guessing(call) else phone.opened_by(code)
    if place is None:
        return False
    try:
        callers.ring_in(place.session, by=PHONE, place=place, sid=sid)
    except RuleBroken:
        return False
    return True


def _is_guessing(call: InboundCall) -> bool:
    lately = InboundCall.objects.filter(where_hash=call.where_hash, at__gt=clock.now() - dt.timedelta(days=1))
    wrong: int = lately.aggregate(wrong=Sum("keys_wrong"))["wrong"] or 0
    most = WRONG_WORDS_A_DAY * (MANY if call.where_hash == numbers.hashed(NO_NUMBER) else 1)
    return wrong >= most


def _wrong(call: InboundCall | None) -> int:
    if call is None:
        return MOST_WRONG
    InboundCall.objects.filter(pk=call.pk).update(keys_wrong=F("keys_wrong") + 1)
    call.refresh_from_db(fields=["keys_wrong"])
    return call.keys_wrong


def _caller(sid: str) -> SessionCaller | None:
    rows = SessionCaller.objects.select_related("session__group", "membership")
    return rows.filter(sid=sid[:40]).first()


def _choose(sid: str, *, only_listens: bool) -> None:
    SessionCaller.objects.live().filter(sid=sid[:40]).update(only_listens=only_listens)


def _stand(sid: str) -> Stand:
    """Say what holds now, and end what is over; the network has asked, so the call is alive."""
    caller = _caller(sid)
    if caller is None:
        return Stand.OVER
    SessionCaller.objects.filter(pk=caller.pk).update(seen_at=clock.now())
    stand = STANDS.get(State(caller.state), Stand.OVER)
    if stand is Stand.WAITS and phone.is_given_up(caller.session):
        stand = Stand.NOBODY
    if stand is Stand.GOES_IN and not phone.has_host(caller.session):
        stand = Stand.OVER
    if stand not in {Stand.WAITS, Stand.GOES_IN}:
        _left(sid)
    return stand


def _meeting(sid: str) -> Meeting | None:
    """Give the line to a host, or to whoever a host has let in; anybody else gets none, whatever they ask for."""
    caller = _caller(sid)
    slot = phone.slot_now(caller.session) if caller is not None else None
    if caller is None or slot is None or caller.state != State.IN or not slot.line:
        return None
    if not caller.is_host and not phone.has_host(caller.session):
        return None
    callers.came_in(caller, by=PHONE)
    until = slot.ends_at + phone.GOODBYE - clock.now()
    return Meeting(
        slot.line, is_host=caller.is_host, only_listens=caller.only_listens, lasts=int(until.total_seconds())
    )

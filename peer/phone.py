"""Who may come into a session by telephone now: which code opens something, and what a caller waits for (S19, B12)."""

from __future__ import annotations

import datetime as dt

from peer import clock, run_sheet
from peer import hosts as who_hosts
from peer.models import (
    Attendance,
    Duty,
    GroupSession,
    Membership,
    PhonePlace,
    SessionCaller,
    SessionSlot,
    SupportGroup,
)
from peer.models.sessions import Way

TO_COME = (GroupSession.State.PLANNED, GroupSession.State.TO_COVER)
GOODBYE = dt.timedelta(minutes=10)  # after the end; then the network hangs up
SILENT = dt.timedelta(seconds=40)  # a waiting call of which the network asks nothing more has hung up


def opened_by(code: str) -> PhonePlace | None:
    """Find what a code opens at this moment; nothing tells why it opens nothing."""
    rows = PhonePlace.objects.filter(code=code, barred_at=None).select_related("session__group", "membership")
    place = rows.first()
    return place if place is not None and may_come(place) else None


def may_come(place: PhonePlace) -> bool:
    """Tell whether somebody may ring in now: in the time of a telephone slot, booked for it or hosting it."""
    slot = slot_now(place.session)
    if slot is None or place.barred_at or place.membership.state != Membership.State.ACTIVE:
        return False
    return hosts(place) or is_booked(place)


def slot_now(session: GroupSession) -> SessionSlot | None:
    """Give the telephone slot that goes on now, from the time at which hosts meet; none while the group is paused."""
    now = clock.now()
    if session.state not in TO_COME or session.group.state != SupportGroup.State.OPEN:
        return None
    opens = now + run_sheet.minutes("brief")
    slots = session.slots.filter(way=Way.PHONE, starts_at__lte=opens, ends_at__gt=now)
    return slots.order_by("starts_at", "id").first()


def hosts(place: PhonePlace) -> bool:
    """Tell whether somebody hosts it, still may, and has said on their own page that they are there."""
    here = place.session.hosts.here().filter(membership=place.membership_id).exists()
    return here and place.membership_id in who_hosts.of(place.session.group)


def is_booked(place: PhonePlace) -> bool:
    """Tell whether somebody has a place by telephone."""
    booked = place.session.attendances.filter(membership=place.membership_id, slot__way=Way.PHONE)
    return booked.filter(state=Attendance.State.COMING).exists()


def is_covered(session: GroupSession) -> bool:
    """Tell whether somebody of the clinicians is on call for the group now."""
    return Duty.objects.current().filter(group=session.group_id).exists()


def has_host(session: GroupSession) -> bool:
    """Tell whether somebody who hosts is on the line."""
    return SessionCaller.objects.hosting().filter(session=session).exists()


def is_silent(caller: SessionCaller) -> bool:
    """Tell whether a call that waits, or was let in and never came to the line, has hung up meanwhile."""
    late = clock.now() - SILENT
    if caller.state == SessionCaller.State.IN:
        return caller.let_in_at is not None and caller.seen_at < caller.let_in_at < late
    return caller.state in {SessionCaller.State.WAITING, SessionCaller.State.NOT_NOW} and caller.seen_at < late


def is_given_up(session: GroupSession) -> bool:
    """Tell whether no host is on the line though the time for that is over."""
    slot = slot_now(session)
    return slot is None or (clock.now() >= slot.starts_at + run_sheet.minutes("give_up") and not has_host(session))


def may_stay(caller: SessionCaller) -> bool:
    """Tell whether a call may go on: still in the group, which is not paused, and a host still one (P10, M7)."""
    session, membership = caller.session, caller.membership
    if session.state == GroupSession.State.CANCELLED or session.group.state != SupportGroup.State.OPEN:
        return False
    is_in = membership.state == Membership.State.ACTIVE
    return is_in and (not caller.is_host or membership.pk in who_hosts.of(session.group))

"""What is told of sessions: when, in words that give nothing away, and whether it is still so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications.models import Notification
from peer import clock, phone
from peer.models import Attendance, GroupSession, Membership, PhonePlace
from peer.models.sessions import Way
from peer.news import (
    HostTold,
    ListenedAsked,
    SessionAsked,
    SessionCancelled,
    SessionMoved,
    SessionOtherwise,
    SessionPlaceFree,
    SessionRings,
    SessionSoon,
)
from peer.templatetags.peer import time_of, when

TO_COME = (GroupSession.State.PLANNED, GroupSession.State.TO_COVER)
COMING, WAITING = Attendance.State.COMING, Attendance.State.WAITING
OfAttendance = (
    ListenedAsked | SessionSoon | SessionMoved | SessionOtherwise | SessionCancelled | SessionPlaceFree | SessionRings
)
OfSession = HostTold | SessionAsked


def when_of(news: OfAttendance | OfSession) -> str:
    """Say when: the hour today for a reminder, the whole day for what may be read days later."""
    if isinstance(news, SessionAsked):
        first = news.session.slots.bookable().first()
        return whole(first.starts_at if first else news.session.starts_at)
    if isinstance(news, HostTold):
        return whole(news.session.starts_at)
    starts_at = news.attendance.slot.starts_at
    return when(starts_at) if isinstance(news, SessionSoon) else whole(starts_at)


def version(news: OfAttendance | OfSession) -> str:
    """Name which time of which kind of news this is."""
    session = news.session if isinstance(news, OfSession) else news.attendance.session
    kind = news.what if isinstance(news, HostTold) else type(news).__name__
    changed = f"-{news.attendance.slot.times_changed}" if isinstance(news, SessionOtherwise) else ""
    return f"{kind}-{session.times_moved}-{session.starts_at:%Y%m%d%H%M}{changed}"


def is_to_come(told: Notification) -> bool:
    """Tell, right before it goes, whether somebody still comes, and to the hour it names, which is ahead (N13)."""
    return _attendance(told, state=COMING, slot__starts_at__gt=clock.now(), **_as_told(told))


def is_still_then(told: Notification) -> bool:
    """Tell, right before it goes, whether the new time of which it speaks is the one that holds, and still ahead."""
    return _attendance(told, state__in=[COMING, WAITING], slot__ends_at__gt=clock.now(), **_as_told(told))


def is_still_that_way(told: Notification) -> bool:
    """Tell, right before it goes, whether the way to meet of which it speaks is the one that holds, and still ahead."""
    changed = told.event_key.rsplit("-", 1)[1]
    return is_still_then(told) and _attendance(told, slot__times_changed=changed)


def is_not_past(told: Notification) -> bool:
    """Tell, right before it goes, whether the time of which it speaks is still ahead."""
    return _attendance(told, slot__ends_at__gt=clock.now())


def is_unanswered(told: Notification) -> bool:
    """Tell, right before it goes, whether somebody has not answered yet, and may still come then."""
    _kind, pk, version_of = told.event_key.split(":")
    rows = GroupSession.objects.filter(pk=pk, times_moved=_times_moved(version_of), state__in=TO_COME)
    rows = rows.filter(starts_at__gt=clock.now()).exclude(attendances__membership__person=told.recipient_id)
    return rows.filter(group__memberships__in=Membership.objects.active().filter(person=told.recipient_id)).exists()


def _as_told(told: Notification) -> dict[str, object]:
    """Give what must hold for a message to be true: the session takes place, and has not moved since."""
    version_of = told.event_key.split(":")[2]
    return {"session__state__in": TO_COME, "session__times_moved": _times_moved(version_of)}


def _times_moved(version_of: str) -> int:
    return int(version_of.split("-")[1])


def rung(told: Notification) -> Attendance:
    """Find the booking that a call which lets somebody in is about."""
    return Attendance.objects.get(pk=told.event_key.split(":")[1])


def is_awaited(told: Notification) -> bool:
    """Tell, right before somebody is rung, whether they may still come in and a host is on the line (N13)."""
    booked = rung(told)
    place = PhonePlace.objects.filter(session=booked.session_id, membership=booked.membership_id).first()
    return place is not None and phone.may_come(place) and phone.has_host(place.session)


def is_needed(told: Notification) -> bool:
    """Tell, right before it goes, whether a session still wants a host."""
    pk = told.event_key.split(":")[1]
    return GroupSession.objects.to_come().filter(pk=pk, state=GroupSession.State.TO_COVER).exists()


def always(_told: Notification) -> bool:
    """Let it go whenever it goes: it says its day."""
    return True


def about_hosts(what: str) -> Callable[[HostTold], bool]:
    """Match news for hosts of one kind."""
    return lambda news: news.what == what


def _attendance(told: Notification, **so: object) -> bool:
    return Attendance.objects.filter(pk=told.event_key.split(":")[1], **so).exists()


def whole(moment: dt.datetime) -> str:
    """Say a moment with its day and its hour of London: "Tuesday 24 November, 7pm"."""
    local = moment.astimezone(clock.LONDON)
    return f"{date_format(local, 'l j F')}, {time_of(moment)}"


def by_way(way: str) -> str:
    """Say in which way people meet, in words that tell a stranger nothing."""
    return {
        Way.TEXT: _("in writing"),
        Way.ONLINE: _("by video"),
        Way.PHONE: _("by phone"),
        Way.IN_PERSON: _("in person"),
        Way.DROP_IN: _("just drop in"),
    }[Way(way)]

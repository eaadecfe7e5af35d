"""Sessions: the weeks ahead laid down, people reminded, what nobody hosts called off, what is over closed."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q

from peer import clock, hosts, phone, run_sheet
from peer.actions import callers, sessions, time_polls
from peer.models import (
    Attendance,
    GroupSession,
    PhonePlace,
    SessionCaller,
    SessionHost,
    SessionSeries,
    SessionSlot,
    SupportGroup,
    TimePoll,
)
from peer.models.sessions import Way
from peer.roles import Role
from peer.sweeps.each import each, in_order

State, OPEN = GroupSession.State, SupportGroup.State.OPEN
Call = SessionCaller.State
MANAGER = Role.SERVICE_MANAGER
DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
SOON = dt.timedelta(days=4)  # nobody is asked or reminded longer before


def look_after_sessions() -> int:
    """Do for sessions what is due, and count what was done."""
    return sum(step() for step in STEPS)


def _lay_ahead() -> int:
    due = [series for series in SessionSeries.objects.going_on() if series.missing()]
    return each(due, sessions.lay_ahead, by=sessions.CLOCK)


def _seek() -> int:
    """Look for a stand-in as soon as hosts are too few: somebody left, or looks after the group no more."""
    now = clock.now()
    ahead = GroupSession.objects.to_come().filter(state=State.PLANNED, starts_at__gt=now, starts_at__lt=now + WEEK)
    alone = [session for session in ahead.select_related("group") if hosts.are_too_few(session)]
    return each(alone, sessions.seek_host, by=sessions.CLOCK)


def _fill() -> int:
    """Give away places that are free while somebody waits in line."""
    waiting = Attendance.objects.waiting().filter(session__in=GroupSession.objects.to_come().order_by().values("pk"))
    slots = SessionSlot.objects.filter(pk__in=waiting.order_by().values("slot"))
    return each([slot for slot in slots if not slot.is_full()], sessions.fill, by=sessions.CLOCK)


def _ask() -> int:
    """Ask whether people come, up to the hour of the reminder; later it is too late to be any use."""
    now = clock.now()
    due = [one for one in _near(asked_at=None) if hosts.asks_at(one.starts_at) <= now < hosts.reminds_at(one.starts_at)]
    return each(due, sessions.ask, by=sessions.CLOCK)


def _near(**so: None) -> list[GroupSession]:
    """Give the sessions of open groups that begin within days, hosted and still ahead."""
    now = clock.now()
    near = GroupSession.objects.to_come().filter(starts_at__gt=now, starts_at__lt=now + SOON, state=State.PLANNED)
    return list(near.filter(group__state=OPEN, **so).select_related("group"))


def _remind() -> int:
    now = clock.now()
    due = [session for session in _near(reminded_at=None) if hosts.reminds_at(session.starts_at) <= now]
    return each(due, sessions.remind, by=sessions.CLOCK)


def _ring() -> int:
    """Ring whoever comes by telephone and would rather be rung, once a host is on the line."""
    on_line = SessionCaller.objects.hosting().values("session")
    asked = PhonePlace.objects.filter(is_rung=True, rung_at=None, session__in=on_line)
    rows = asked.filter(session__starts_at__lte=clock.now()).select_related("session__group", "membership")
    rows = rows.order_by("pk")
    due = [place for place in rows if phone.may_come(place) and phone.is_booked(place)]
    return each(due, callers.ring_them, by=callers.PHONE)


def _look_after_calls() -> int:
    """End calls that may not go on, and forget those of which the network tells nothing more."""
    rows = SessionCaller.objects.exclude(state=Call.GONE).select_related("session__group", "membership")
    every, now = list(rows.order_by("pk")), clock.now()
    live = [caller for caller in every if caller.state in {Call.WAITING, Call.IN}]
    silent = [one for one in every if phone.is_silent(one)]
    late = [one for one in every if one.due_at is not None and one.due_at < now - phone.GOODBYE]
    over = {one.pk: one for one in [*silent, *late]}
    ended = each([one for one in live if not phone.may_stay(one)], callers.end, by=callers.PHONE)
    return ended + each(over.values(), callers.gone, by=callers.PHONE)


def _forget() -> int:
    """Delete the codes and the calls of sessions that were over a day ago: who was there is written down elsewhere."""
    over = GroupSession.objects.filter(ends_at__lt=clock.now() - DAY).values("pk")
    return sum(rows.filter(session__in=over).delete()[0] for rows in (PhonePlace.objects, SessionCaller.objects))


def _polls() -> int:
    """Close the polls whose time has come, and hand a choice that is overdue to the manager."""
    over = in_order(TimePoll.objects.filter(state=TimePoll.State.OPEN, closes_at__lte=clock.now()))
    late = in_order(TimePoll.objects.to_choose().filter(due_at__lte=clock.now()).exclude(owner_role=MANAGER))
    return each(over, time_polls.close, by=time_polls.CLOCK) + each(late, time_polls.climb, by=time_polls.CLOCK)


def _call_off() -> int:
    """Cancel, and tell, where nobody stood in, where no host came in time, or where the group is paused."""
    now = clock.now()
    nobody = in_order(GroupSession.objects.filter(state=State.TO_COVER, due_at__lte=now))
    late = now - run_sheet.minutes("give_up")
    begun = GroupSession.objects.filter(state=State.PLANNED, starts_at__lte=late, ends_at__gt=now)
    here = SessionHost.objects.here().filter(session=OuterRef("pk"))
    on_line = SessionCaller.objects.hosting().filter(session=OuterRef("pk"))
    elsewhere = SessionSlot.objects.filter(session=OuterRef("pk")).exclude(way=Way.PHONE)
    by_phone = begun.filter(Exists(here), ~Exists(elsewhere), ~Exists(on_line), slots__line="", group__state=OPEN)
    alone = begun.filter(~Exists(here) | ~Q(group__state=OPEN))
    return each([*nobody, *alone, *by_phone.distinct()], sessions.cancel, by=sessions.CLOCK)


def _close() -> int:
    over = in_order(GroupSession.objects.filter(state=State.PLANNED, ends_at__lte=clock.now()))
    return each(over, sessions.close, by=sessions.CLOCK)


def _ask_after() -> int:
    """Let somebody talk with each host who was there and has not said in time how it was."""
    return each(SessionHost.objects.silent().order_by("session__ends_at", "pk"), sessions.ask_after, by=sessions.CLOCK)


STEPS = (
    _lay_ahead, _seek, _fill, _ask, _remind, _ring, _call_off, _close, _ask_after, _look_after_calls, _forget, _polls,
)  # fmt: skip

"""When somebody meets, as a calendar reads it: hours of London, and no word that tells a stranger to what (S20)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from peer import clock
from peer.models import Attendance, GroupSession, User

TYPE = "text/calendar; charset=utf-8"
KEPT = dt.timedelta(days=30)  # so long after it was, a time still stands in the calendar
AGAIN = dt.timedelta(hours=1)  # how often a calendar should look
WINTER, SUMMER = dt.timedelta(), dt.timedelta(hours=1)  # from UTC
SHIFTS = (  # since 1996; both at 1 o'clock UTC on the last Sunday: of March into summer, of October out of it
    (TimezoneDaylight, "BST", WINTER, SUMMER, dt.date(1996, 3, 31), dt.time(1)),
    (TimezoneStandard, "GMT", SUMMER, WINTER, dt.date(1996, 10, 27), dt.time(2)),
)


def booked(user: User) -> models.QuerySet[Attendance]:
    """Give what somebody has said that they come to, in groups they are in now; a place in a line is not one yet."""
    mine = Attendance.objects.visible_to(user).filter(membership__user=user).coming()
    return mine.filter(slot__ends_at__gt=clock.now() - KEPT).select_related("session", "slot").order_by("pk")


def of(rows: Iterable[Attendance]) -> bytes:
    """Write a calendar of what somebody comes to."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{settings.SERVICE_NAME}//EN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", settings.SERVICE_NAME)
    calendar.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    calendar.add_component(_london())
    for row in rows:
        calendar.add_component(_event(row))
    return bytes(calendar.to_ical())


def _event(row: Attendance) -> Event:
    session, slot = row.session, row.slot
    is_off = session.state == GroupSession.State.CANCELLED
    event = Event()
    event.add("uid", f"{session.public_id}-{slot.pk}@{settings.SHORT_ADDRESS}")
    event.add("sequence", session.times_moved + slot.times_changed + is_off)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("dtstamp", clock.now().replace(microsecond=0))
    event.add("dtstart", slot.starts_at.astimezone(clock.LONDON))
    event.add("dtend", slot.ends_at.astimezone(clock.LONDON))
    event.add("summary", settings.SERVICE_NAME)
    event.add("description", _("To change it, sign in at %(address)s") % {"address": settings.SHORT_ADDRESS})
    event.add("class", "PRIVATE")
    return event


def _london() -> Timezone:
    """Write down when the clocks of London change: by rule, in two lines, for calendars that know no places."""
    zone = Timezone()
    zone.add("tzid", clock.LONDON.key)
    for kind, name, before, after, first, at in SHIFTS:
        shift = kind()
        shift.add("tzname", name)
        shift.add("tzoffsetfrom", before)
        shift.add("tzoffsetto", after)
        shift.add("dtstart", dt.datetime.combine(first, at))
        shift.add("rrule", vRecur(freq="YEARLY", bymonth=first.month, byday="-1SU"))
        zone.add_component(shift)
    return zone

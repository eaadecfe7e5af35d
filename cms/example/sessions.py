"""The weekly sessions of both groups: the next one this week with some who come, and three that have been."""

from __future__ import annotations

import datetime as dt
from functools import partial

from peer import clock
from peer.actions import meeting_places, sessions, time_polls
from peer.models import (
    Attendance,
    GroupSession,
    ListenedTo,
    Membership,
    SessionDebrief,
    SessionHost,
    SessionTick,
    SupportGroup,
    User,
)
from peer.roles import Role
from peer.run_sheet import steps

AT, MINUTES = dt.time(19), 60
PLACE = {
    "where": "The community room above the library, 1 Larch Street. The door is green.",
    "getting_there": "Bus 5 stops outside. Tell a host if the fare is a problem, and we pay it.",
    "access": "A lift, a toilet with a rail, a quiet room next door. Ben waits at the door from 6.45pm.",
    "from_afar": "Ring in, or write in the text room at the same time.",
}
TUESDAY, THURSDAY = 1, 3
HOSTS = {"lantern": (TUESDAY, ("Ben", "Mo", "Dr Lee")), "harbour": (THURSDAY, ("Ben", "Mo", "Dr Lee"))}
SAID = ((9, 8, 10, 7), (8, 9, 6, 10, 9, 8), (10, 9, 8, 9, 7, 10))  # how listened to people felt, week by week
QUIET = 2  # who was there each week and gave no number


def load_sessions(groups: dict[str, SupportGroup]) -> None:
    """Plan each group's week by its host, let some say that they come, and tell of the weeks before."""
    for key, (weekday, names) in HOSTS.items():
        group = groups[key]
        places = {place.pseudonym: place for place in Membership.objects.active().filter(group=group)}
        hosts = [places[name] for name in names if name in places]
        first = _next(weekday) - dt.timedelta(weeks=len(SAID))
        with clock.at(dt.datetime.combine(first - dt.timedelta(days=2), dt.time(12), tzinfo=clock.LONDON)):
            planned = sessions.plan(
                group,
                by=_user(hosts[0]),
                day=first,
                at=AT,
                minutes=MINUTES,
                way="text",
                repeats="weekly",
                capacity=None,
                hosts=hosts,
            )
        if planned.series is not None:
            sessions.lay_ahead(planned.series, by=sessions.CLOCK)
        for week, session in enumerate(group.sessions.filter(ends_at__lt=clock.now()).order_by("starts_at")):
            _tell(session, said=SAID[week % len(SAID)])
        _answer(group)
    _by_telephone(groups["harbour"])
    _ask_times(groups["lantern"])


def _next(weekday: int) -> dt.date:
    """Give the next such weekday, today only while there is time to come."""
    today = clock.today()
    return today + dt.timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _user(place: Membership) -> User:
    if place.user is None:
        raise ValueError(f"{place} has no account")
    return place.user


def _members(group: SupportGroup) -> list[Membership]:
    rows = Membership.objects.active().filter(group=group, roles__role=Role.YOUNG_PERSON)
    return list(rows.select_related("user").order_by("pk"))


def _answer(group: SupportGroup) -> None:
    """Let six say that they come to the next one, and one that they do not."""
    session = GroupSession.objects.to_come().filter(group=group).first()
    if session is None:
        return
    members = _members(group)
    for member in members[1:7]:
        sessions.come(session, by=_user(member), slot=session.slots.get())
    sessions.not_come(session, by=_user(members[7]))


def _by_telephone(group: SupportGroup) -> None:
    """Let people come to the next session of a group by telephone or by video too."""
    session = GroupSession.objects.to_come().filter(group=group).first()
    if session is None:
        return
    host = _user(session.hosts.select_related("membership__user").order_by("id")[0].membership)
    day = session.starts_at.astimezone(clock.LONDON).date()
    add = partial(sessions.add_slot, session, by=host, day=day, at=AT, minutes=MINUTES, capacity=None)
    phone = add(way="phone")
    add(way="online")
    sessions.set_link(session, by=host, link="https://meet.example/quiet-heron")
    sessions.come(session, by=_user(_members(group)[0]), slot=phone)


def _ask_times(group: SupportGroup) -> None:
    """Ask a group which of three evenings suits for a meeting, and let some say."""
    host = Membership.objects.active().get(group=group, pseudonym="Ben")
    meeting_places.describe(group, by=_user(host), **PLACE)
    days = [clock.today() + dt.timedelta(days=number) for number in (9, 10, 12)]
    times = [dt.datetime.combine(day, AT, tzinfo=clock.LONDON) for day in days]
    closes_at = dt.datetime.combine(days[0] - dt.timedelta(days=4), dt.time(20), tzinfo=clock.LONDON)
    poll = time_polls.offer(group, by=_user(host), times=times, way="in_person", minutes=MINUTES, closes_at=closes_at)
    for number, member in enumerate(_members(group)[1:6]):
        time_polls.vote(poll, by=_user(member), says={1: number != 2, 2: number % 2 == 0, 3: number != 0})


def _tell(session: GroupSession, *, said: tuple[int, ...]) -> None:
    """Let a session have been: hosted, ticked, with people in it, and how it was."""
    hosts = list(session.hosts.select_related("membership").order_by("id"))
    begun, over = session.starts_at, session.ends_at
    SessionHost.objects.filter(session=session).update(here_at=begun - dt.timedelta(minutes=12))
    host = _user(hosts[0].membership)
    SessionTick.objects.bulk_create(SessionTick(session=session, step=key, by=host, at=begun) for key in steps())
    members = _members(session.group)[: len(said) + QUIET]
    Attendance.objects.bulk_create(
        Attendance(
            session=session,
            slot=session.slots.get(),
            membership=member,
            said_at=begun,
            outcome=Attendance.Outcome.THERE,
            channel="text",
        )
        for member in members
    )
    ListenedTo.objects.bulk_create(
        ListenedTo(session=session, membership=member, said=number, at=over)
        for member, number in zip(members, said, strict=False)
    )
    SessionDebrief.objects.create(host=hosts[0], felt=SessionDebrief.Felt.FINE, wants_talk=False, at=over)
    with clock.at(over + dt.timedelta(minutes=1)):
        sessions.close(session, by=sessions.CLOCK)
    session = GroupSession.objects.get(pk=session.pk)
    session.move_to(GroupSession.State.CLOSED, due_at=None)

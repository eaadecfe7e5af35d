"""Sessions: planned ahead, moved, called off, answered; whoever comes is told of every change (S19, S104, U15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext as _

from peer import clock, meeting, posting, rhythm, run_sheet
from peer import hosts as who_hosts
from peer.events import emit
from peer.gate import System, action
from peer.models import (
    Attendance,
    GroupSession,
    Membership,
    SessionHost,
    SessionSeries,
    SessionSlot,
    SupportGroup,
    User,
)
from peer.models.sessions import Way
from peer.news import (
    HostSilent,
    HostTold,
    ListenedAsked,
    SessionAsked,
    SessionCancelled,
    SessionMoved,
    SessionOtherwise,
    SessionPlaceFree,
    SessionSoon,
)
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.KEEP_SESSIONS, Perm.PLAN_SESSION}))
State, Said = GroupSession.State, Attendance.State
ONCE = "once"


# ── Planning ────────────────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.PLAN_SESSION)
def plan(
    group: SupportGroup,
    *,
    by: User | System,
    day: dt.date,
    at: dt.time,
    minutes: int,
    way: str,
    repeats: str,
    capacity: int | None,
    hosts: Collection[Membership],
) -> GroupSession:
    """Plan a session, or a series of them, with the people who host it."""
    meeting.check(group, way)
    _check_time(group, rhythm.moment(day, at), minutes)
    roles = who_hosts.of(group)
    if any(host.pk not in roles for host in hosts):
        raise RuleBroken(_("Choose hosts who look after this group."))
    if repeats == ONCE:
        start = rhythm.moment(day, at)
        session = _new(group, start, start + dt.timedelta(minutes=minutes), way=way, capacity=capacity)
    else:
        series = SessionSeries.objects.create(
            group=group, rhythm=repeats, starts_on=day, at=at, minutes=minutes, way=way, capacity=capacity
        )
        session = _new(group, *series.span(day), series=series, day=day, way=way, capacity=capacity)
    _host(session, [(host, roles[host.pk]) for host in hosts])
    if who_hosts.are_too_few(session):
        raise RuleBroken(_("Two people must host: in a text room two who read posts, and one of them a peer."))
    if session.series is not None:
        _lay_ahead(session.series)
    return session


@action(Perm.KEEP_SESSIONS)
def lay_ahead(series: SessionSeries, *, by: System) -> SessionSeries:
    """Write down the sessions of the weeks ahead, so that people can answer each."""
    _lay_ahead(series)
    return series


@action(Perm.PLAN_SESSION)
def add_slot(
    session: GroupSession, *, by: User, day: dt.date, at: dt.time, minutes: int, way: str, capacity: int | None
) -> SessionSlot:
    """Give a session one more way to take part: another time, or the telephone (S19)."""
    session = _held(session)
    meeting.check(session.group, way)
    start = rhythm.moment(day, at)
    end = start + dt.timedelta(minutes=minutes)
    _check_time(session.group, start, minutes)
    slot = session.slots.create(starts_at=start, ends_at=end, way=way, capacity=capacity)
    session.starts_at, session.ends_at = min(session.starts_at, start), max(session.ends_at, end)
    session.due_at = session.ends_at if session.state == State.PLANNED else session.due_at
    session.save(update_fields=["starts_at", "ends_at", "due_at"])
    return slot


@action(Perm.PLAN_SESSION)
def set_link(session: GroupSession, *, by: User, link: str) -> GroupSession:
    """Write down where the video meeting is, or take it away; who has a place sees it, at its time alone."""
    held = _held(session)
    if link and not link.startswith("https://"):
        raise RuleBroken(_("The address must begin with https."))
    if not held.slots.filter(way=Way.ONLINE).update(link=link or None):
        raise RuleBroken(_("Nobody comes to this one by video."))
    return held


@action(Perm.PLAN_SESSION)
def move(session: GroupSession, *, by: User, day: dt.date, at: dt.time) -> GroupSession:
    """Give a session another time; whoever comes keeps their place and is told by their own way."""
    session = _held(session)
    start, was = rhythm.moment(day, at), session.starts_at
    if start == was:
        raise RuleBroken(_("That is when it is already. Choose another time."))
    _check_time(session.group, start, int((session.ends_at - was).total_seconds() // 60))
    for slot in session.slots.all():
        slot.starts_at, slot.ends_at = slot.starts_at + (start - was), slot.ends_at + (start - was)
        slot.save(update_fields=["starts_at", "ends_at"])
    session.was_at, session.starts_at, session.ends_at = was, start, session.ends_at + (start - was)
    session.times_moved += 1
    session.asked_at = session.reminded_at = None
    session.due_at = session.ends_at if session.state == State.PLANNED else who_hosts.cover_by(session)
    session.save(update_fields=["was_at", "starts_at", "ends_at", "times_moved", "asked_at", "reminded_at", "due_at"])
    for attendance in session.attendances.to_tell():
        emit(SessionMoved(attendance))
    _tell_hosts(session, "moved", but=by)
    return session


@action(Perm.PLAN_SESSION)
def meet_otherwise(
    session: GroupSession, *, by: User, slot: SessionSlot, way: str, and_after: bool = False
) -> GroupSession:
    """Let people meet in another way at the same hour, once or from now on; places stay, and all are told (S54)."""
    if way == Way.DROP_IN or way not in Way.values or way == slot.way:
        raise RuleBroken(_("Choose another way to meet."))
    meeting.check(session.group, way)
    was = slot.way
    for held in _with_later(session, and_after=and_after):
        for one in _locked_slots(held).values():
            if one.pk == slot.pk or (held.pk != session.pk and one.way == was):
                _meet_otherwise(held, one, way, by=by)
        who_hosts.look_for_one(held)
    if and_after and session.series is not None:
        SessionSeries.objects.filter(pk=session.series.pk, way=was).update(way=way)
    return session


@action(Perm.PLAN_SESSION)
def set_hosts(
    session: GroupSession, *, by: User, hosts: Collection[Membership], and_after: bool = False
) -> GroupSession:
    """Say who hosts, once or from now on; whoever is new to it, or need not any more, is told of the first."""
    roles = who_hosts.of(session.group)
    if any(host.pk not in roles for host in hosts):
        raise RuleBroken(_("Choose hosts who look after this group."))
    for held in _with_later(session, and_after=and_after):
        freed = held.hosts.exclude(membership__in=hosts).select_related("membership__person")
        known = set(held.hosts.staying().values_list("membership", flat=True))
        if held.pk == session.pk:
            _tell_changed_hosts(held, [host for host in hosts if host.pk not in known], freed.staying(), but=by)
        freed.delete()
        held.hosts.filter(membership__in=hosts).update(dropped_at=None)
        _host(held, [(host, roles[host.pk]) for host in hosts if not held.hosts.filter(membership=host).exists()])
        if who_hosts.are_too_few(held):
            raise RuleBroken(_("Two people must host: in a text room two who read posts, and one of them a peer."))
        if held.state == State.TO_COVER:
            held.move_to(State.PLANNED, owner=None, owner_role=Role.PEER_FACILITATOR, due_at=held.ends_at)
    return session


@action(Perm.PLAN_SESSION)
def cancel(session: GroupSession, *, by: User | System) -> GroupSession:
    """Call a session off; everybody who comes, waits for a place or hosts is told."""
    session = _held(session)
    session.move_to(State.CANCELLED, due_at=None)
    for attendance in session.attendances.to_tell():
        emit(SessionCancelled(attendance))
    _tell_hosts(session, "off", but=by)
    return session


@action(Perm.PLAN_SESSION)
def end_series(series: SessionSeries, *, by: User) -> SessionSeries:
    """Let a series come to an end: what is planned stays until somebody cancels it, nothing more is added."""
    if SessionSeries.objects.filter(pk=series.pk, ended_on=None).update(ended_on=clock.today()) == 0:
        raise RuleBroken(_("This series has ended already."))
    series.ended_on = clock.today()
    return series


# ── Coming, or not ──────────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.COME_TO_SESSION)
def come(session: GroupSession, *, by: User, slot: SessionSlot) -> Attendance:
    """Say that one comes; where all places are taken one waits for the next, in the order of asking."""
    return _come(session, _place(session, by), slot)


@action(Perm.COME_TO_SESSION)
def not_come(session: GroupSession, *, by: User) -> Attendance:
    """Say that one does not come; whoever waits longest gets the place and is told."""
    place = _place(session, by)
    slots = _locked_slots(session)
    _check_to_come(session)
    found = session.attendances.filter(membership=place).first()
    if found is None:
        return session.attendances.create(
            slot=next(iter(slots.values())), membership=place, state=Said.NOT_COMING, said_at=clock.now()
        )
    if found.state != Said.NOT_COMING:
        found.move_to(Said.NOT_COMING, said_at=clock.now())
        _fill(slots[found.slot_id])
    return found


# ── What the clock does ─────────────────────────────────────────────────────────────────────────────────────────────
@action(Perm.KEEP_SESSIONS)
def ask(session: GroupSession, *, by: System) -> GroupSession:
    """Ask everybody who has not answered whether they come, once; those who look after the group are not asked."""
    rows = GroupSession.objects.filter(pk=session.pk, asked_at=None, times_moved=session.times_moved)
    if rows.update(asked_at=clock.now()) and session.slots.bookable().exists():
        answered = session.attendances.values("membership")
        people = Membership.objects.active().filter(group=session.group_id, person__deceased_at=None)
        people = people.exclude(pk__in=answered).exclude(pk__in=who_hosts.of(session.group))
        for place in people.select_related("person"):
            emit(SessionAsked(session, place))
    return session


@action(Perm.KEEP_SESSIONS)
def remind(session: GroupSession, *, by: System) -> GroupSession:
    """Remind everybody who comes, once."""
    rows = GroupSession.objects.filter(pk=session.pk, reminded_at=None, times_moved=session.times_moved)
    if rows.update(reminded_at=clock.now()):
        for attendance in session.attendances.to_tell().filter(state=Said.COMING):
            emit(SessionSoon(attendance))
    return session


@action(Perm.KEEP_SESSIONS)
def seek_host(session: GroupSession, *, by: System) -> GroupSession:
    """Ask for a stand-in where somebody who hosts has left, or looks after the group no more."""
    held = _held(session)
    who_hosts.look_for_one(held)
    return held


@action(Perm.KEEP_SESSIONS)
def fill(slot: SessionSlot, *, by: System) -> SessionSlot:
    """Give the place of somebody who left the group to whoever has waited longest."""
    held = SessionSlot.objects.select_for_update().get(pk=slot.pk)
    _fill(held)
    return held


@action(Perm.KEEP_SESSIONS)
def ask_after(host: SessionHost, *, by: System) -> SessionHost:
    """Let somebody ask a host who has not said how it was; what the session owed, their talk owes from now on."""
    rows = SessionHost.objects.filter(pk=host.pk, asked_after_at=None, debrief=None)
    if rows.update(asked_after_at=clock.now()) and host.membership.user is not None:
        emit(HostSilent(host.membership.user))
        if host.session.state == State.HELD:
            GroupSession.objects.get(pk=host.session_id).move_to(State.CLOSED, due_at=None)
    return host


@action(Perm.KEEP_SESSIONS)
def close(session: GroupSession, *, by: System) -> GroupSession:
    """Let a session that is over have been, and owe its hosts' word on how it was; who did not come was not there."""
    session = _held(session)
    first = session.hosts.here().select_related("membership").order_by("here_at", "id").first()
    due_at = session.ends_at + run_sheet.hours("debrief")
    owner = first.membership.user if first else None
    role = first.role if first else Role.CLINICIAN
    session.move_to(State.HELD, owner=owner, owner_role=role, due_at=due_at)
    expected = session.attendances.filter(state=Said.COMING, outcome="")
    expected.exclude(slot__way=Way.DROP_IN).update(outcome=Attendance.Outcome.NOT_THERE)
    there = session.attendances.filter(outcome=Attendance.Outcome.THERE).order_by("pk")
    for one in there.select_related("membership__person", "slot"):
        emit(ListenedAsked(one))
    return session


# ── Parts of acts ───────────────────────────────────────────────────────────────────────────────────────────────────
def _new(
    group: SupportGroup,
    start: dt.datetime,
    end: dt.datetime,
    *,
    way: str,
    capacity: int | None,
    series: SessionSeries | None = None,
    day: dt.date | None = None,
) -> GroupSession:
    session = GroupSession.objects.create(
        group=group,
        series=series,
        series_on=day,
        starts_at=start,
        ends_at=end,
        owner_role=Role.PEER_FACILITATOR,
        due_at=end,
    )
    session.slots.create(starts_at=start, ends_at=end, way=way, capacity=capacity)
    return session


def _lay_ahead(series: SessionSeries) -> None:
    """Add what is missing, with the hosts of the session before, as far as they still look after the group."""
    last = series.sessions.order_by("-series_on").first()
    roles = who_hosts.of(series.group)
    for day in series.missing():
        session = _new(
            series.group, *series.span(day), series=series, day=day, way=series.way, capacity=series.capacity
        )
        before = [host.membership for host in last.hosts.select_related("membership")] if last else []
        _host(session, [(place, roles[place.pk]) for place in before if place.pk in roles])
        who_hosts.look_for_one(session)
        last = session


def _host(session: GroupSession, people: Sequence[tuple[Membership, Role]]) -> None:
    SessionHost.objects.bulk_create(SessionHost(session=session, membership=place, role=role) for place, role in people)


def _held(session: GroupSession) -> GroupSession:
    """Hold a session that is still to come, so that two changes never cross."""
    rows = GroupSession.objects.select_for_update(of=("self",)).select_related("group", "series")
    held = rows.get(pk=session.pk)
    if held.state not in {State.PLANNED, State.TO_COVER}:
        raise RuleBroken(_("This session is over or cancelled already."))
    return held


def _with_later(session: GroupSession, *, and_after: bool) -> list[GroupSession]:
    """Hold a session that has not begun and, where asked for, those of its series after it, in their order."""
    held = _held(session)
    if held.starts_at <= clock.now():
        raise RuleBroken(_("It has begun already."))
    if not and_after or held.series is None:
        return [held]
    later = held.series.sessions.to_come().filter(starts_at__gt=held.starts_at)
    return [held, *(_held(one) for one in later)]


def _meet_otherwise(session: GroupSession, slot: SessionSlot, way: str, *, by: User) -> None:
    slot.way, slot.times_changed = way, slot.times_changed + 1
    slot.save(update_fields=["way", "times_changed"])
    for attendance in session.attendances.to_tell().filter(slot=slot):
        emit(SessionOtherwise(attendance))
    _tell_hosts(session, "otherwise", but=by)


def _check_time(group: SupportGroup, start: dt.datetime, minutes: int) -> None:
    if start <= clock.now():
        raise RuleBroken(_("Choose a time to come."))
    last = start + dt.timedelta(minutes=minutes, microseconds=-1)
    if posting.next_open(group, start) != start or posting.next_open(group, last) != last:
        hours = {"opens": f"{group.opens:%H:%M}", "closes": f"{group.closes:%H:%M}"}
        raise RuleBroken(_("The group is open from %(opens)s to %(closes)s. Choose a time in between.") % hours)


def _check_to_come(session: GroupSession) -> None:
    session.refresh_from_db(fields=["state", "ends_at"])
    if not session.is_to_come():
        raise RuleBroken(_("This session is over, or it does not take place."))


def _place(session: GroupSession, by: User) -> Membership:
    place = Membership.objects.active().filter(group=session.group_id, user=by).first()
    if place is None:
        raise RuleBroken(_("Only people in the group come to its sessions."))
    return place


def _locked_slots(session: GroupSession) -> dict[int, SessionSlot]:
    """Hold the ways to take part, always in the same order: whoever asks at once is answered one after another."""
    rows = SessionSlot.objects.filter(session=session).select_for_update()  # not what a page has counted beside them
    return {slot.pk: slot for slot in rows.order_by("id")}


def _come(session: GroupSession, place: Membership, slot: SessionSlot) -> Attendance:
    slots = _locked_slots(session)
    _check_to_come(session)
    wanted = slots.get(slot.pk)
    if wanted is None or wanted.ends_at <= clock.now():
        raise RuleBroken(_("Choose a time that is still to come."))
    found = session.attendances.filter(membership=place).first()
    if found is not None and found.slot_id == wanted.pk and found.state != Said.NOT_COMING:
        return found  # said already, and in its place in the line
    state, now = (Said.COMING if wanted.has_room() else Said.WAITING), clock.now()
    if found is None:
        return session.attendances.create(slot=wanted, membership=place, state=state, said_at=now)
    left = slots[found.slot_id] if found.state == Said.COMING else None
    if found.state == state:
        found.slot, found.said_at = wanted, now
        found.save(update_fields=["slot", "said_at"])
    else:
        found.move_to(state, slot=wanted, said_at=now)
    if left is not None and left.pk != wanted.pk:
        _fill(left)
    return found


def _fill(slot: SessionSlot) -> None:
    """Give a free place to whoever has waited longest, and tell them."""
    for waiting in slot.attendances.waiting().select_related("membership__person", "session", "slot"):
        if slot.is_full():
            return
        waiting.move_to(Said.COMING)
        emit(SessionPlaceFree(waiting))


def _tell_changed_hosts(
    session: GroupSession, chosen: Iterable[Membership], freed: Iterable[SessionHost], *, but: User
) -> None:
    told = [(place, "chosen") for place in chosen] + [(host.membership, "freed") for host in freed]
    for place, what in told:
        if place.user_id != but.pk:
            emit(HostTold(session, place, what))


def _tell_hosts(session: GroupSession, what: str, *, but: User | System) -> None:
    for host in session.hosts.staying().select_related("membership__person"):
        if host.membership.user_id != getattr(but, "pk", None):
            emit(HostTold(session, host.membership, what))

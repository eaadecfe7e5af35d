"""Who hosts sessions: who could, whether they are enough, and by when a stand-in must be found."""

from __future__ import annotations

import datetime as dt

from peer import clock, rhythm, rooms, run_sheet
from peer.events import emit
from peer.models import GroupSession, Membership, MembershipRole, SupportGroup
from peer.models.sessions import HOSTS, Way
from peer.news import HostTold
from peer.roles import Role

EARLIEST, EVENING = (
    9,
    dt.time(17),
)  # of the London day: no reminder earlier; what begins early is said the evening before
ORDER = (Role.CLINICIAN, Role.PEER_MODERATOR, Role.PEER_FACILITATOR)


def of(group: SupportGroup) -> dict[int, Role]:
    """Give who could host in a group: the membership's key, and as what; whoever reads posts counts as that first."""
    rows = MembershipRole.objects.in_group(group).filter(role__in=HOSTS).values_list("membership", "role")
    held: dict[int, set[str]] = {}
    for place, role in rows:
        held.setdefault(place, set()).add(role)
    return {place: next(role for role in ORDER if role in roles) for place, roles in held.items()}


def are_too_few(session: GroupSession) -> bool:
    """Tell whether a session lacks hosts now: it needs a peer and one more, and in a text room two who read posts."""
    able = of(session.group)
    places = session.hosts.staying().values_list("membership", flat=True)
    roles = [able[place] for place in places if place in able]
    if session.slots.filter(way=Way.TEXT).exists():
        readers = [role for role in roles if role != Role.PEER_FACILITATOR]
        return Role.PEER_MODERATOR not in roles or len(readers) < rooms.READERS
    return set(roles) <= {Role.CLINICIAN} or len(roles) < rooms.READERS


def cover_by(session: GroupSession) -> dt.datetime:
    """Give the moment by which a stand-in must be found: hours before, but never sooner than somebody could answer."""
    least = min(clock.now() + run_sheet.minutes("cover_least"), session.starts_at)
    return max(session.starts_at - run_sheet.minutes("cover_by"), least)


def reminds_at(starts_at: dt.datetime) -> dt.datetime:
    """Give the moment of the reminder, in UTC: some hours before, or the evening before what begins in the morning."""
    at = starts_at - run_sheet.minutes("remind")
    if at.astimezone(clock.LONDON).hour >= EARLIEST:
        return at
    return rhythm.moment(starts_at.astimezone(clock.LONDON).date() - dt.timedelta(days=1), EVENING)


def asks_at(starts_at: dt.datetime) -> dt.datetime:
    """Give the moment, in UTC, at which people are asked whether they come: in the evening, days before."""
    days = dt.timedelta(days=run_sheet.number("ask"))
    return rhythm.moment(starts_at.astimezone(clock.LONDON).date() - days, EVENING)


def look_for_one(session: GroupSession) -> None:
    """Let a session whose hosts are too few owe a stand-in from now on; whoever could is asked.

    One that has begun is not called off over people's heads: its room shuts by itself.
    """
    is_ahead = session.state == GroupSession.State.PLANNED and session.starts_at > clock.now()
    if not is_ahead or not are_too_few(session):
        return
    session.move_to(GroupSession.State.TO_COVER, owner=None, owner_role=Role.CLINICIAN, due_at=cover_by(session))
    hosting = session.hosts.staying().values("membership")
    able = Membership.objects.filter(pk__in=of(session.group)).exclude(pk__in=hosting)
    dropped = session.hosts.filter(dropped_at__isnull=False).values("membership")
    for place in able.exclude(pk__in=dropped).select_related("person"):
        emit(HostTold(session, place, "needed"))

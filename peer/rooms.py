"""Whether a session's text room is open now, and if not, why: two must be there who read posts (U11, U15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from peer import clock, posting, run_sheet
from peer.models import Attendance, Duty, GroupSession, Membership, MembershipRole, SessionHost, SessionSlot, Thread
from peer.models.sessions import Way
from peer.roles import Role
from peer.states import RuleBroken

READERS = 2  # people there who read posts; one of them is a peer


class Missing(StrEnum):
    """What keeps a room shut; the words stand in templates/peer/sessions/_room.html."""

    NO_ROOM = "no_room"
    EARLY = "early"
    OVER = "over"
    READERS = "readers"
    POSTING = "posting"


@dataclass(frozen=True)
class Room:
    """The answer for one session at one moment; `missing` is None where the room is open."""

    missing: Missing | None
    slot: SessionSlot | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether one may come in and write."""
        return self.missing is None

    @property
    def is_soon(self) -> bool:
        """Tell whether it opens by itself once everybody is there."""
        return self.missing in {Missing.READERS, Missing.POSTING}


def of(session: GroupSession, now: posting.Posting, *, at: dt.datetime | None = None) -> Room:
    """Judge the room of a session of a group in which `now` says whether one may write."""
    at = at or clock.now()
    slots = [slot for slot in session.slots.all() if slot.way == Way.TEXT]
    if not slots or session.state == GroupSession.State.CANCELLED:
        return Room(Missing.NO_ROOM)
    slot = next((slot for slot in slots if slot.starts_at <= at < slot.ends_at), None)
    if slot is None or session.state not in {GroupSession.State.PLANNED, GroupSession.State.TO_COVER}:
        is_early = session.is_to_come() and any(at < slot.starts_at for slot in slots)
        return Room(Missing.EARLY if is_early else Missing.OVER)
    if not has_readers(session):
        return Room(Missing.READERS, slot)
    return Room(None if now.is_open else Missing.POSTING, slot)


def has_readers(session: GroupSession) -> bool:
    """Tell whether two are there who may read posts now, one of them a peer: a clinician never hosts alone (S90)."""
    here = SessionHost.objects.here().filter(session=session).values("membership")
    peers = MembershipRole.objects.peers_who_check().filter(membership__in=here)
    peer_places = set(peers.values_list("membership", flat=True))
    on_duty = Duty.objects.current().filter(group=session.group_id).values("user")
    clinicians = MembershipRole.objects.inside().filter(role=Role.CLINICIAN, membership__in=here)
    readers = peer_places | set(clinicians.filter(membership__user__in=on_duty).values_list("membership", flat=True))
    return bool(peer_places) and len(readers) >= READERS


def check(thread: Thread, author: Membership, now: posting.Posting) -> None:
    """Refuse words to a room that is shut, and of whoever has not come in by its door; they can be kept for later."""
    session = GroupSession.objects.filter(thread=thread).prefetch_related("slots").first()
    if session is None or not of(session, now).is_open:
        raise RuleBroken(_("The room is shut right now, so this is not sent. You can keep it for later."))
    came_in = session.attendances.filter(membership=author, outcome=Attendance.Outcome.THERE).exists()
    if not came_in and not session.hosts.staying().filter(membership=author).exists():
        raise RuleBroken(_("Come in by the page of the session first. You can keep this for later."))


def shown_by(at: dt.datetime) -> dt.datetime:
    """Give the moment by which a post in a room is to be read."""
    return at + run_sheet.minutes("shown_within")

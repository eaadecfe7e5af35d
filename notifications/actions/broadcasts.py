"""Telling many at once: one person asks, a second one agrees, and either can take it back (decision 27, N20)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from notifications import broadcasts, consequences
from notifications.models import Broadcast, Channel
from notifications.notices import NOTICES
from peer import clock, workdays
from peer.gate import TheService, action
from peer.models import User
from peer.roles import Perm, Role
from peer.states import RuleBroken

State = Broadcast.State


@action(Perm.SEND_BROADCAST)
def ask(service: TheService, *, by: User, notice: str, pathway: str = "") -> Broadcast:
    """Put a notice to all who wait in front of whoever says yes to it; nothing goes yet."""
    families = broadcasts.those_who_wait(pathway).count()
    if notice not in NOTICES or not families:
        raise RuleBroken(_("Nobody would hear of it: nobody waits there."))
    made: Broadcast = Broadcast.objects.create(
        notice=notice,
        pathway=pathway,
        families=families,
        asked_by=by,
        owner_role=Role.SERVICE_MANAGER,
        due_at=workdays.due(days=1),
        created_at=clock.now(),
    )
    return made


@action(Perm.SEND_BROADCAST)
def agree(broadcast: Broadcast, *, by: User) -> Broadcast:
    """Let it go: to a few by whoever asked, to many as the second person."""
    asked_it = broadcast.asked_by_id == by.pk
    if asked_it and broadcast.needs_second():
        raise RuleBroken(_("Two people agree before so many are told. You asked, so somebody else says yes."))
    broadcast.move_to(State.GOING, seconded_by=None if asked_it else by)
    return broadcast


@action(Perm.SEND_BROADCAST)
def take_back(broadcast: Broadcast, *, by: User, reason: str) -> Broadcast:
    """Take it back: who has not been told is not told; what has gone has gone."""
    if not reason.strip():
        raise RuleBroken(_("Say why it is taken back."))
    broadcast.move_to(State.CANCELLED, reason=reason, ended_at=clock.now(), due_at=None)
    whose = Q(notification__in=broadcasts.notifications_of(broadcast))
    for channel in Channel:
        consequences.cancel(whose, channel=channel, reason="taken back")
    return broadcast

"""Pausing a group at once, and opening it again with care (safety P10, H13)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from moderation.models import Escalation
from peer.events import emit
from peer.gate import System, action
from peer.models import AftermathTask, SupportGroup, User
from peer.news import GroupFrozen
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.FREEZE_GROUP)
def freeze(group: SupportGroup, *, by: User | System, reason: str) -> SupportGroup:
    """Pause a group: nothing is posted, approved or shown in it until somebody opens it again."""
    group.move_to(SupportGroup.State.FROZEN)
    emit(GroupFrozen(group))
    return group


@action(Perm.REOPEN_GROUP)
def reopen(group: SupportGroup, *, by: User, reason: str) -> SupportGroup:
    """Open a paused group again, once nobody is still being rung about it and somebody covers it."""
    if Escalation.objects.filter(group=group, state=Escalation.State.PAGING).exists():
        raise RuleBroken(_("Somebody in this group still waits for a clinician. Take that in hand first."))
    if AftermathTask.objects.untold(group).exists():
        raise RuleBroken(_("Somebody here has died, and the group has not been told yet. Tell people first."))
    if not group.duties.current().exists():
        raise RuleBroken(_("Nobody is on call for this group. Start a shift first."))
    group.move_to(SupportGroup.State.OPEN)
    return group

"""Pausing a group at once, and opening it again in two steps by two people (safety P10, H13)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from moderation.models import Escalation, GroupPause
from peer import clock
from peer.events import emit
from peer.gate import System, action
from peer.models import AftermathTask, Duty, Membership, MembershipRole, SupportGroup, User
from peer.news import GroupFrozen, PlaceNews
from peer.roles import Perm, Role
from peer.states import RuleBroken


@action(Perm.FREEZE_GROUP)
def freeze(group: SupportGroup, *, by: User | System, reason: str) -> SupportGroup:
    """Pause a group: nothing is posted, approved or shown in it until two people have opened it again."""
    hold(group)
    group.move_to(SupportGroup.State.FROZEN)
    emit(GroupFrozen(group))
    return group


def hold(group: SupportGroup) -> None:
    """Wait until every post that is on its way into a group has arrived, and let no other begin.

    Whoever sends holds the duties of the group, and whoever approves the group: the same two, in the same order.
    """
    list(Duty.objects.current().filter(group=group).order_by("pk").select_for_update().values_list("pk"))
    SupportGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


@action(Perm.REOPEN_GROUP)
def let_read(group: SupportGroup, *, by: User, reason: str) -> SupportGroup:
    """Let people read again, once nobody is still being rung about the group, it knows what it must, and is covered."""
    if Escalation.objects.filter(group=group, state=Escalation.State.PAGING).exists():
        raise RuleBroken(_("Somebody in this group still waits for a clinician. Take that in hand first."))
    if AftermathTask.objects.untold(group).exists():
        raise RuleBroken(_("Somebody here has died, and the group has not been told yet. Tell people first."))
    _check_covered(group)
    group.move_to(SupportGroup.State.READING)
    pause = _pause_of(group)
    pause.move_to(GroupPause.State.READING, read_by=by, read_at=clock.now(), due_at=pause.due_at)
    _tell_everybody(pause)
    return group


@action(Perm.REOPEN_GROUP)
def reopen(group: SupportGroup, *, by: User, reason: str) -> SupportGroup:
    """Let people write again, as the second person; one of the two is a clinician of the group."""
    pause = _pause_of(group)
    if pause.state == GroupPause.State.READING:
        if pause.read_by_id == by.pk:
            raise RuleBroken(_("You let people read again. Somebody else must say that they can write."))
        if not _is_clinician(group, by) and not _is_clinician(group, pause.read_by):
            raise RuleBroken(_("One of the two must be a clinician of this group."))
    _check_covered(group)
    group.move_to(SupportGroup.State.OPEN)
    pause.move_to(GroupPause.State.OVER, open_by=by, open_at=clock.now(), due_at=None)
    _tell_everybody(pause)
    return group


def _check_covered(group: SupportGroup) -> None:
    if not group.duties.current().exists():
        raise RuleBroken(_("Nobody is on call for this group. Start a shift first."))


def _is_clinician(group: SupportGroup, user: User | None) -> bool:
    held = MembershipRole.objects.in_group(group).filter(membership__user=user, role=Role.CLINICIAN)
    return user is not None and held.exists()


def _pause_of(group: SupportGroup) -> GroupPause:
    pause = GroupPause.objects.going(group)
    if pause is None:
        raise RuleBroken(_("This group is not paused."))
    return pause


def _tell_everybody(pause: GroupPause) -> None:
    """Let everybody in the group hear that there is news; what it is stands on the group's own page."""
    for place in pause.group.memberships.filter(state=Membership.State.ACTIVE).select_related("person").order_by("pk"):
        emit(PlaceNews(place, pause, pause.state))

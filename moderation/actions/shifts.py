"""The rota and the shifts: what is on call is written down as `peer.Duty`, by which posting opens and closes (E2)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from moderation import paging
from moderation.models import Escalation, OnCallShift
from moderation.models.shifts import EARLY
from moderation.news import CoverLost, ShiftStarted
from peer import clock
from peer.events import emit
from peer.gate import System, action
from peer.models import Duty, MembershipRole, SupportGroup, User
from peer.roles import Perm, Role
from peer.states import RuleBroken

LONGEST = dt.timedelta(hours=14)


@action(Perm.PLAN_ROTA)
def plan(group: SupportGroup, *, by: User, user: User, from_at: dt.datetime, until_at: dt.datetime) -> OnCallShift:
    """Put a clinician of the group on the rota; refused while no proved number reaches them (B15)."""
    if user.paged_ok_at is None:
        raise RuleBroken(
            _("%(name)s has no proved phone number yet, so a call would not reach them.") % {"name": user.display_name}
        )
    clinician = MembershipRole.objects.current().filter(role=Role.CLINICIAN, membership__state="active")
    if not clinician.filter(membership__user=user, membership__group=group).exists():
        raise RuleBroken(_("%(name)s is not a clinician of this group.") % {"name": user.display_name})
    if not clock.now() < until_at or not dt.timedelta() < until_at - from_at <= LONGEST:
        raise RuleBroken(_("A shift ends after it starts, lasts 14 hours at most, and is not in the past."))
    if OnCallShift.objects.cover().between(from_at, until_at).filter(group=group, user=user).exists():
        raise RuleBroken(_("%(name)s already has a shift then.") % {"name": user.display_name})
    return OnCallShift.objects.create(group=group, user=user, from_at=from_at, until_at=until_at)


@action(Perm.PLAN_ROTA)
def cancel(shift: OnCallShift, *, by: User) -> OnCallShift:
    """Take a planned shift off the rota; one that is on can only be handed over or ended by its clinician (E9)."""
    shift.move_to(OnCallShift.State.CANCELLED)
    return shift


@action(Perm.RUN_SHIFT)
def start(shift: OnCallShift, *, by: User) -> OnCallShift:
    """Begin: from this second the clinician covers the group."""
    now = clock.now()
    if not shift.from_at - EARLY <= now < shift.until_at:
        raise RuleBroken(_("A shift can be started from half an hour before until its end."))
    duty = Duty.objects.create(group=shift.group, user=shift.user, from_at=now, until_at=shift.until_at)
    shift.move_to(OnCallShift.State.ON, started_at=now, duty=duty)
    emit(ShiftStarted(shift))
    return shift


@action(Perm.RUN_SHIFT)
def hand_over(shift: OnCallShift, *, by: User, to: OnCallShift) -> OnCallShift:
    """Go, now that the next person is there; what one has in hand is offered to them, not dropped (E9)."""
    if to.group_id != shift.group_id or to.pk == shift.pk or to.state != OnCallShift.State.ON:
        raise RuleBroken(_("The next person has not started their shift yet."))
    _stop(shift, OnCallShift.State.HANDED_OVER)
    for escalation in Escalation.objects.unsettled().filter(group=shift.group, owner=shift.user):
        if Escalation.State.HANDED_OVER in Escalation.MOVES[escalation.state]:
            escalation.move_to(
                Escalation.State.HANDED_OVER, offered_to=to.user, due_at=clock.now() + paging.span("act_within")
            )
    return shift


@action(Perm.RUN_SHIFT)
def end(shift: OnCallShift, *, by: User) -> OnCallShift:
    """Stop; with nobody else on call, posting closes at this second."""
    _stop(shift, OnCallShift.State.DONE)
    return shift


@action(Perm.KEEP_WATCH)
def time_is_up(shift: OnCallShift, *, by: System) -> OnCallShift:
    """Write down that a shift is over; its duty ended by itself at that time."""
    shift.move_to(OnCallShift.State.DONE, ended_at=shift.until_at)
    _say_if_uncovered(shift.group, at=shift.until_at)
    return shift


@action(Perm.KEEP_WATCH)
def nobody_came(shift: OnCallShift, *, by: System) -> OnCallShift:
    """Write down that a planned shift was never started."""
    shift.move_to(OnCallShift.State.MISSED)
    return shift


def _stop(shift: OnCallShift, state: str) -> None:
    now = clock.now()
    shift.move_to(state, ended_at=now)
    Duty.objects.filter(shift=shift, until_at__gt=now).update(until_at=now)
    _say_if_uncovered(shift.group, at=now)


def _say_if_uncovered(group: SupportGroup, *, at: dt.datetime) -> None:
    if not Duty.objects.current().filter(group=group).exists():
        emit(CoverLost(group, at))

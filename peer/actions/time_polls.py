"""Time polls: times offered, one vote for each person and time, closed when it says, chosen by a person (S20)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from peer import clock, meeting, posting, run_sheet
from peer.actions import sessions
from peer.events import emit
from peer.gate import System, action
from peer.models import GroupSession, Membership, SupportGroup, TimeOption, TimePoll, TimeVote, User
from peer.models.time_polls import FEWEST, MOST
from peer.news import TimeChosen, TimesOffered
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.KEEP_SESSIONS}))
REPLY = System("reply", may=frozenset({Perm.KEEP_SESSIONS}))
State = TimePoll.State


@action(Perm.OFFER_TIMES)
def offer(
    group: SupportGroup, *, by: User, times: Collection[dt.datetime], way: str, minutes: int, closes_at: dt.datetime
) -> TimePoll:
    """Ask everybody in a group which of some times suit them, until a time that is said."""
    held = SupportGroup.objects.select_for_update().get(pk=group.pk)
    if held.state != SupportGroup.State.OPEN:
        raise RuleBroken(_("The group is paused or closed. Ask again when it is open."))
    if held.time_polls.filter(state=State.OPEN).exists():
        raise RuleBroken(_("Some times are being asked about already. Wait until that is over."))
    if not FEWEST <= len(set(times)) <= MOST:
        raise RuleBroken(_("Offer %(least)s to %(most)s different times.") % {"least": FEWEST, "most": MOST})
    if not clock.now() < closes_at < min(times):
        raise RuleBroken(_("It must close after now, and before the first of the times."))
    poll = TimePoll.objects.create(
        group=held,
        asked_by=by,
        way=way,
        minutes=minutes,
        asked_at=clock.now(),
        closes_at=closes_at,
        owner=by,
        owner_role=Role.PEER_FACILITATOR,
        due_at=closes_at,
    )
    meeting.check(held, way)
    for number, starts_at in enumerate(sorted(set(times)), 1):
        last = starts_at + dt.timedelta(minutes=minutes, microseconds=-1)
        if posting.next_open(held, starts_at) != starts_at or posting.next_open(held, last) != last:
            raise RuleBroken(_("Choose times at which the group is open."))
        poll.options.create(number=number, starts_at=starts_at)
    for membership in _members(held):
        emit(TimesOffered(poll, membership))
    return poll


@action(Perm.COME_TO_SESSION)
def vote(poll: TimePoll, *, by: User, says: Mapping[int, bool]) -> TimePoll:
    """Say for each offered time whether one can; once more replaces it, and no role counts for more."""
    place = Membership.objects.active().filter(group=poll.group_id, user=by).first()
    if place is None:
        raise RuleBroken(_("Only people in the group say which times suit them."))
    _vote(poll, place, says)
    return poll


@action(Perm.KEEP_SESSIONS)
def vote_by_text(poll: TimePoll, *, by: System, place: Membership, numbers: Collection[int]) -> TimePoll:
    """Take the numbers of the times at which somebody can; at the others they cannot."""
    _vote(poll, place, {option.number: option.number in numbers for option in poll.options.all()})
    return poll


@action(Perm.KEEP_SESSIONS)
def close(poll: TimePoll, *, by: System) -> TimePoll:
    """Close a poll whose time has come; whoever asked chooses, by a time."""
    poll.move_to(State.CLOSED, due_at=clock.now() + run_sheet.hours("choose_by"))
    return poll


@action(Perm.KEEP_SESSIONS)
def climb(poll: TimePoll, *, by: System) -> TimePoll:
    """Hand a choice that nobody made in time to the service manager."""
    rows = TimePoll.objects.filter(pk=poll.pk, state=State.CLOSED).exclude(owner_role=Role.SERVICE_MANAGER)
    if not rows.update(owner=None, owner_role=Role.SERVICE_MANAGER, due_at=clock.now() + run_sheet.hours("choose_by")):
        raise RuleBroken(_("Somebody was quicker."))
    return poll


@action(Perm.OFFER_TIMES)
def choose(poll: TimePoll, *, by: User, option: TimeOption, hosts: Collection[Membership]) -> GroupSession:
    """Choose one of the times, whichever a person thinks best; it becomes a session, and everybody asked is told."""
    held = TimePoll.objects.select_for_update(of=("self",)).select_related("group").get(pk=poll.pk)
    if option.poll_id != held.pk:
        raise RuleBroken(_("Choose one of the times that were offered."))
    local = option.starts_at.astimezone(clock.LONDON)
    session = sessions.plan(
        held.group,
        by=sessions.CLOCK,
        day=local.date(),
        at=local.time(),
        minutes=held.minutes,
        way=held.way,
        repeats=sessions.ONCE,
        capacity=None,
        hosts=hosts,
    )
    held.move_to(State.CHOSEN, session=session, due_at=None)
    for membership in _members(held.group):
        emit(TimeChosen(held, membership))
    return session


@action(Perm.OFFER_TIMES)
def drop(poll: TimePoll, *, by: User) -> TimePoll:
    """Let it be: none of the times will do."""
    poll.move_to(State.DROPPED, due_at=None)
    return poll


# ── Parts of acts ───────────────────────────────────────────────────────────────────────────────────────────────────
def _members(group: SupportGroup) -> list[Membership]:
    rows = Membership.objects.active().filter(group=group, person__deceased_at=None)
    return list(rows.select_related("person").order_by("pk"))


def _vote(poll: TimePoll, place: Membership, says: Mapping[int, bool]) -> None:
    held = TimePoll.objects.select_for_update(of=("self",)).get(pk=poll.pk)  # a vote and the closing never cross
    if not held.is_open():
        raise RuleBroken(_("This is closed now. Thank you."))
    options = {option.number: option for option in held.options.all()}
    if set(says) != set(options):
        raise RuleBroken(_("Say yes or no to each time."))
    for number, can in says.items():
        TimeVote.objects.update_or_create(
            option=options[number], membership=place, defaults={"can": can, "at": clock.now()}
        )

"""Moving on from a group: begun, said goodbye to, prolonged or called off, and over (U12)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from peer import clock, endings, goodbyes
from peer.actions import talk
from peer.gate import System, action
from peer.models import Membership, MovingOn, Post, SupportGroup, User
from peer.roles import Perm
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.PLAN_GOODBYE}))
MOST_WEEKS = 12
Cause, State = MovingOn.Cause, MovingOn.State


@action(Perm.PLAN_GOODBYE)
def begin(membership: Membership, *, by: User, next_group: SupportGroup | None = None) -> MovingOn:
    """Let somebody begin to move on: they still read and write, and hear of it twice."""
    return _begun(membership, Cause.STAFF, by=by, next_group=next_group)


@action(Perm.CHOOSE_GOODBYE)
def begin_own(membership: Membership, *, by: User) -> MovingOn:
    """Begin to move on oneself; one can change one's mind until the last day."""
    return _begun(membership, Cause.OWN, by=by, next_group=None)


@action(Perm.CHOOSE_GOODBYE)
def choose_words(moving: MovingOn, *, by: User, words: str) -> MovingOn:
    """Choose whether one's words stay in the group or are taken away at the end."""
    _check_runs(moving)
    moving.words = words
    moving.save(update_fields=["words"])
    return moving


@action(Perm.CHOOSE_GOODBYE)
def say_goodbye(moving: MovingOn, *, by: User, body: str) -> MovingOn:
    """Say goodbye to the group; somebody reads it before it shows, as every post."""
    _check_runs(moving)
    if moving.goodbye is not None and moving.goodbye.state not in {Post.State.WITHDRAWN, Post.State.REJECTED}:
        raise RuleBroken(_("You said goodbye already. You can change those words under “Your words”."))
    title = _("Goodbye from %(name)s") % {"name": moving.membership.pseudonym}
    moving.goodbye = talk.start_thread(moving.membership.group, by=by, title=title, body=body)
    moving.save(update_fields=["goodbye"])
    return moving


@action(Perm.CHOOSE_GOODBYE)
def stay(moving: MovingOn, *, by: User) -> MovingOn:
    """Change one's mind about moving on, where it was one's own idea."""
    if moving.cause != Cause.OWN:
        raise RuleBroken(_("Would you like more time? Ring us, and we’ll look at it together."))
    moving.move_to(State.CALLED_OFF, due_at=None)
    return moving


@action(Perm.PLAN_GOODBYE)
def call_off(moving: MovingOn, *, by: User, reason: str) -> MovingOn:
    """Let somebody stay after all."""
    moving.move_to(State.CALLED_OFF, due_at=None)
    return moving


@action(Perm.PLAN_GOODBYE)
def more_time(moving: MovingOn, *, by: User, weeks: int) -> MovingOn:
    """Give somebody more weeks; they are told again a week before the new end."""
    if not 0 < weeks <= MOST_WEEKS:
        raise RuleBroken(_("Choose between 1 and %(most)d weeks.") % {"most": MOST_WEEKS})
    ends_at = moving.ends_at + dt.timedelta(weeks=weeks)
    due_at = ends_at - endings.days("told_again", "before")
    if moving.state == State.NEARLY:
        moving.move_to(State.BEGUN, ends_at=ends_at, due_at=due_at)
    else:
        _check_runs(moving)
        moving.ends_at, moving.due_at = ends_at, due_at
        moving.save(update_fields=["ends_at", "due_at"])
    return moving


@action(Perm.PLAN_GOODBYE)
def go_on(moving: MovingOn, *, by: System) -> MovingOn:
    """Take the next step whose time has come: tell them again, or let them go."""
    if moving.state == State.BEGUN and clock.now() < moving.ends_at:
        goodbyes.remind(moving)
    else:
        goodbyes.go(moving)
    return moving


def _begun(membership: Membership, cause: str, *, by: User, next_group: SupportGroup | None) -> MovingOn:
    if membership.state != Membership.State.ACTIVE:
        raise RuleBroken(_("This person is not in the group now."))
    moving = goodbyes.begin(membership, cause, by=by, next_group=next_group)
    if moving is None:
        raise RuleBroken(_("That has begun already."))
    return moving


def _check_runs(moving: MovingOn) -> None:
    if moving.is_final():
        raise RuleBroken(_("That is over."))

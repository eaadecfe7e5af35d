"""Taking a post to read, and putting it down again."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from moderation import checking
from moderation.models import CheckingTurn, ModerationClaim
from moderation.models.queue import is_grown_up
from peer import clock
from peer.gate import action
from peer.models import Post, SupportGroup, User
from peer.roles import Perm
from peer.states import RuleBroken

HELD_FOR = dt.timedelta(minutes=10)


@action(Perm.READ_QUEUE)
def claim(post: Post, *, by: User) -> ModerationClaim:
    """Take a post to read: for ten minutes nobody else is sent to it."""
    now = clock.now()
    checking.check_ready(by)
    if checking.is_peer(by):
        _go_on(by, at=now)
    _check_waits(Post.objects.select_for_update(of=("self",)).get(pk=post.pk), by=by)
    held = ModerationClaim.objects.live().filter(post_id=post.pk).select_related("by").first()
    if held and held.by_id != by.pk:
        raise RuleBroken(_("%(name)s is reading this one.") % {"name": held.by.display_name})
    ModerationClaim.objects.filter(post_id=post.pk, released_at__isnull=True).update(released_at=now)
    try:
        return ModerationClaim.objects.create(post_id=post.pk, by=by, claimed_at=now, expires_at=now + HELD_FOR)
    except IntegrityError as rival:
        raise RuleBroken(_("Somebody else has just opened this one.")) from rival


@action(Perm.TAKE_BREAK)
def take_break(user: User, *, by: User) -> int:
    """Put down everything one is reading, at once and without a reason (safety W3)."""
    return _put_down(ModerationClaim.objects.filter(by=user))


@action(Perm.TAKE_BREAK)
def end_turn(user: User, *, by: User) -> CheckingTurn:
    """Be done for now: put everything down, and say how it was if one likes."""
    _put_down(ModerationClaim.objects.filter(by=user))
    turn = checking.last_turn(user)
    if turn is None:
        raise RuleBroken(_("You have not read any posts yet."))
    _end(turn, at=clock.now())
    return turn


def _check_waits(post: Post, *, by: User) -> None:
    """Open nothing that was taken back, decided or sent to a clinician in this very moment (P12, W1)."""
    if post.state != Post.State.PENDING or (post.adults_only and not is_grown_up(by)):
        raise RuleBroken(_("This one does not wait for you any more. Somebody was quicker."))


def put_down(*, by: User, group: SupportGroup) -> int:
    """Release what a person was reading in one group."""
    return _put_down(ModerationClaim.objects.filter(by=by, post__thread__group=group))


def _go_on(user: User, *, at: dt.datetime) -> None:
    """Begin or go on with somebody's turn, unless they have read enough (W2)."""
    turn = checking.last_turn(user)
    why = checking.why_rest(user, turn=turn, at=at)
    if why:
        raise RuleBroken(why)
    if turn is not None and turn.ended_at is None and checking.is_over(turn, at=at):
        _end(turn, at=at)
    CheckingTurn.objects.get_or_create(user=user, ended_at=None, defaults={"started_at": at})


def _end(turn: CheckingTurn, *, at: dt.datetime) -> None:
    CheckingTurn.objects.filter(pk=turn.pk, ended_at=None).update(ended_at=at)
    turn.ended_at = turn.ended_at or at


def _put_down(claims: QuerySet[ModerationClaim]) -> int:
    return claims.filter(released_at__isnull=True).update(released_at=clock.now())

"""Taking a post to read, and putting it down again."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from moderation.models import ModerationClaim
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
    Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
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


def put_down(*, by: User, group: SupportGroup) -> int:
    """Release what a person was reading in one group."""
    return _put_down(ModerationClaim.objects.filter(by=by, post__thread__group=group))


def _put_down(claims: QuerySet[ModerationClaim]) -> int:
    return claims.filter(released_at__isnull=True).update(released_at=clock.now())

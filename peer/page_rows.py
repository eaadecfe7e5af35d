"""What the pages that are opened most read, written once in a process: each begins with what its reader may see."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, QuerySet

from peer import goodbyes, quiet, reading
from peer.models import JoinRequest, Membership, MembershipRole, Post, SupportGroup, Thread, User
from peer.models.talk import PostQuerySet
from peer.written import written

PAGE = 20


@written
def my_groups(*, user: int) -> QuerySet[SupportGroup]:
    """Read the groups somebody is in, with whether they may write there, what is new, and what else is to be read."""
    me = User(pk=user)
    rows = reading.with_new_in_groups(SupportGroup.objects.joined_by(me).with_standing(me), me)
    rows = rows.annotate(  # type: ignore[no-redef]
        has_others=Exists(Membership.objects.not_inside(me)),
        has_wishes=Exists(JoinRequest.objects.of(me).to_show()),
        has_listed=Exists(SupportGroup.objects.to_find()),
    ).order_by("title")
    return rows.only("public_id", "title", "about", "opens", "closes", "state")  # what a card and `posting` tell


@written
def not_inside(*, user: int) -> QuerySet[Membership]:
    """Read somebody's own places on the way into a group or out of one."""
    return Membership.objects.not_inside(User(pk=user))


@written
def asked(*, user: int) -> QuerySet[JoinRequest]:
    """Read which groups somebody asked to join."""
    return JoinRequest.objects.of(User(pk=user)).to_show()


@written
def group_page(*, user: int, public_id: str, is_staff: bool) -> QuerySet[SupportGroup]:
    """Read one group with all that its page tells of it."""
    me = User(pk=user)
    rows = SupportGroup.objects.known_to(me, is_staff=is_staff).with_standing(me)
    return quiet.with_next(goodbyes.with_changes(rows, me), me).filter(public_id=public_id)


@written
def people(*, group: int) -> QuerySet[MembershipRole]:
    """Read who looks after a group that somebody has open."""
    return SupportGroup(pk=group).looked_after_by()


@written
def threads(*, user: int, group: int, place: int, at: dt.datetime, pk: int) -> QuerySet[Thread]:
    """Read one page of a group's threads and one more, the newest words first, after that place of the list."""
    shown = Thread.objects.visible_to(User(pk=user)).filter(group=group).shown().select_related("started_by")
    return reading.with_new(shown, place).older_than(at, pk)[: PAGE + 1]


@written
def thread(*, user: int, public_id: str) -> QuerySet[Thread]:
    """Read one thread with its group and how far somebody has read."""
    me = User(pk=user)
    return reading.with_mark(Thread.objects.visible_to(me), me).select_related("group").filter(public_id=public_id)


def _posts(thread: int, place: int) -> PostQuerySet:
    return reading.with_felt(Post.objects.seen_by(place).filter(thread=thread), place)


@written
def posts_after(*, thread: int, place: int, after: int) -> QuerySet[Post]:
    """Read one page of a thread that somebody may read and one post more, oldest first."""
    return _posts(thread, place).filter(pk__gt=after)[: PAGE + 1]


@written
def posts_before(*, thread: int, place: int, before: int) -> QuerySet[Post]:
    """Read the page before it, newest first."""
    return _posts(thread, place).filter(pk__lt=before).order_by("-id")[: PAGE + 1]

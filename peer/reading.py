"""What a page tells its reader alone: what is new since they were here, and what is felt; never a question a row.

New is what a page could show them and has not: approved by a person, by somebody else, since they came in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from peer import clock
from peer.models import FeltToo, Membership, Post, ReadMark, SupportGroup, Thread, User
from peer.models.groups import SupportGroupQuerySet
from peer.models.memberships import NOBODY
from peer.models.talk import PostQuerySet, ThreadQuerySet

STAYS_NEW = dt.timedelta(days=30)  # what is older is no news, to anybody
MANY = 20  # new ones are counted so far: as many as a page shows


class UpToMany(Subquery):
    """Counts the rows of a question that ends at `MANY`: no more are read than are told, however many there are."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def with_new(threads: ThreadQuerySet, place: int | None) -> ThreadQuerySet:
    """Add to threads that somebody may read how many posts in each are new to their membership."""
    floor = Value(clock.now() - STAYS_NEW)
    marks = ReadMark.objects.filter(thread=OuterRef(OuterRef("pk")), membership=place).values("seen_at")[:1]
    joined = Membership.objects.filter(pk=place or NOBODY).values("joined_at")[:1]
    known = Greatest(floor, Coalesce(Subquery(marks), floor), Coalesce(Subquery(joined), floor))
    posts = Post.objects.approved().filter(thread=OuterRef("pk"), decided_at__gt=known)
    return threads.annotate(new=UpToMany(posts.exclude(author=place).order_by().values("pk")[:MANY]))


def with_new_in_groups(groups: SupportGroupQuerySet, user: User) -> SupportGroupQuerySet:
    """Add to groups `with_standing` how many posts are new to `user`; none where they may not read now (P10)."""
    floor = Value(clock.now() - STAYS_NEW)
    came = Greatest(floor, Coalesce(OuterRef("memberships__joined_at"), floor))
    marks = ReadMark.objects.filter(thread=OuterRef("pk"), membership=OuterRef(OuterRef("memberships__pk")))
    lively = Thread.objects.filter(group=OuterRef("pk"), last_post_at__gt=came)
    lively = lively.exclude(Exists(marks.filter(seen_at__gte=OuterRef("last_post_at"))))  # mostly all: seen to the end
    known = Greatest(came, Coalesce(Subquery(marks.values("seen_at")[:1]), floor))
    rows = lively.annotate(known=known).filter(posts__state=Post.State.APPROVED, posts__decided_at__gt=F("known"))
    rows = rows.annotate(writer=F("posts__author_id")).exclude(writer=OuterRef("memberships__pk"))
    new = UpToMany(rows.order_by().values("posts")[:MANY])
    own = groups.filter(memberships__user=user)  # one row in each group
    found = Case(When(SupportGroup.objects.may_read(user), then=new), default=Value(0))
    return own.annotate(new=found)  # type: ignore[no-redef]


def with_mark(threads: ThreadQuerySet, user: User) -> ThreadQuerySet:
    """Add to threads how far `user` has read, and since when they are in the group."""
    marks = ReadMark.objects.filter(thread=OuterRef("pk"), membership__user=user)
    places = Membership.objects.active().filter(group=OuterRef("group"), user=user)
    return threads.annotate(
        seen_at=Subquery(marks.values("seen_at")[:1]), joined_at=Subquery(places.values("joined_at")[:1])
    )


def is_new(post: Post, thread: Thread, place: int | None) -> bool:
    """Tell of a post on the page of a thread `with_mark` whether it is new to a membership."""
    if place is None or post.author_id == place or post.decided_at is None:
        return False
    known = (thread.seen_at, thread.joined_at, clock.now() - STAYS_NEW)  # type: ignore[attr-defined]
    return post.decided_at > max(at for at in known if at is not None)


def with_felt(posts: PostQuerySet, place: int | None) -> PostQuerySet:
    """Add to posts whether a membership has felt this too, and whether others have: two at least, and no number."""
    felt = FeltToo.objects.filter(post=OuterRef("pk"))
    return posts.annotate(felt=Exists(felt.filter(membership=place)), felt_by_others=Exists(felt.order_by()[1:2]))


def saw(thread: Thread, place: int | None, posts: Iterable[Post]) -> None:
    """Keep how far a membership has read in a thread `with_mark`: one statement, and none where nothing was new."""
    shown = [post.decided_at for post in posts if post.state == Post.State.APPROVED and post.decided_at]
    if place is None or not shown or (thread.seen_at and max(shown) <= thread.seen_at):  # type: ignore[attr-defined]
        return
    ReadMark.objects.bulk_create(
        [ReadMark(membership_id=place, thread=thread, seen_at=max(shown))],
        update_conflicts=True,
        unique_fields=["membership", "thread"],
        update_fields=["seen_at"],
    )


def has_new(user: User, since: dt.datetime) -> bool:
    """Tell whether something was shown since a moment that somebody may read now, did not write and has not seen."""
    read = ReadMark.objects.filter(
        membership__user=user, thread=OuterRef("thread"), seen_at__gte=OuterRef("decided_at")
    )
    posts = Post.objects.approved().filter(
        decided_at__gt=since, thread__group__in=SupportGroup.objects.readable_by(user)
    )
    return posts.exclude(author__user=user).filter(~Exists(read)).exists()

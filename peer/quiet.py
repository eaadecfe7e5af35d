"""What a closed group still tells: who is back and when, and how soon posts are usually shown (U11)."""

from __future__ import annotations

import datetime as dt
from statistics import median

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peer import clock
from peer.figures import small
from peer.models import GroupSession, MembershipRole, Post, SupportGroup, User
from peer.models.groups import SupportGroupQuerySet

LATELY = dt.timedelta(days=30)
LAST = 50  # posts are enough to know what is usual
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def with_next(groups: SupportGroupQuerySet, user: User) -> SupportGroupQuerySet:
    """Add to groups who covers them next, when they meet next, and whether words of `user` wait, in the same query."""
    following = MembershipRole.objects.covering(OuterRef("pk"), from_at__gt=clock.now()).order_by("begins_at")
    meets = GroupSession.objects.to_come().filter(group=OuterRef("pk"))
    mine = Post.objects.filter(author__group=OuterRef("pk"), author__user=user).unfinished().order_by()
    return groups.annotate(  # type: ignore[no-redef]
        next_name=Subquery(following.values("membership__pseudonym")[:1]),
        has_unfinished=Exists(mine),
        meets_at=Subquery(meets.values("starts_at")[:1]),
        meets_as=Subquery(meets.values("state")[:1]),
        meets_key=Subquery(meets.values("public_id")[:1]),
    )


def next_session(group: SupportGroup) -> GroupSession | None:
    """Give the next session of a group that `with_next` has read, as far as a card shows it; no query."""
    if group.meets_at is None or group.meets_key is None or group.meets_as is None:
        return None
    return GroupSession(group=group, public_id=group.meets_key, starts_at=group.meets_at, state=group.meets_as)


def usual_wait(group: SupportGroup) -> dt.timedelta | None:
    """Give the median of how long posts that worry nobody waited here lately, or None where they were few (S2)."""
    lately = Post.objects.approved().filter(thread__group=group, level="", decided_at__gt=clock.now() - LATELY)
    times = lately.order_by("-decided_at").values_list("submitted_at", "decided_at")[:LAST]
    waits = [(shown - sent).total_seconds() for sent, shown in times if sent and shown]
    return dt.timedelta(seconds=median(waits)) if small(len(waits)) else None


def in_words(wait: dt.timedelta | None) -> str:
    """Say a wait as people do: "about half an hour", "about 3 hours"; nothing where it is not known."""
    if wait is None:
        return ""
    if wait <= HOUR / 4:
        return _("a few minutes")
    if wait <= HOUR * 3 / 4:
        return _("about half an hour")
    if wait < DAY * 3 / 4:
        hours = max(round(wait / HOUR), 1)
        return ngettext("about an hour", "about %(hours)d hours", hours) % {"hours": hours}
    days = max(round(wait / DAY), 1)
    return ngettext("about a day", "about %(days)d days", days) % {"days": days}

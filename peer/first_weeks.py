"""What a member meets in their first weeks: a hello with a name, and one question they may skip (S2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from peer import clock
from peer.models import Membership, SupportGroup, Welcome
from peer.models.loneliness import due_moment
from peer.written import written

STAYS = dt.timedelta(days=14)  # so long a card stays on the page


@dataclass(frozen=True)
class FirstWeeks:
    """Who says hello, and whether a question waits."""

    welcome: Welcome | None = None
    is_asked: bool = False


def of(group: SupportGroup) -> FirstWeeks:
    """Read it, in one query, for the viewer whose standing `group` carries; for who works here there is none."""
    if group.membership_id is None:
        return FirstWeeks()
    membership = _of(membership=group.membership_id)[0]
    welcome = getattr(membership, "welcome", None)
    if welcome is None:  # who came in by a role was never new, and is asked nothing
        return FirstWeeks()
    is_fresh = welcome.done_at is None or welcome.done_at > clock.now() - STAYS
    return FirstWeeks(welcome if is_fresh else None, due_moment(membership.joined_at, membership.asked) is not None)


@written
def _of(*, membership: int) -> QuerySet[Membership]:
    return Membership.objects.filter(pk=membership).with_first_weeks()

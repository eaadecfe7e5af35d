"""How often one place has used the doors that are open to anybody: a flood can be slowed, and nobody is named."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from peer import clock
from peer.models import FeedbackKnock
from peer.states import RuleBroken

LAST = dt.timedelta(hours=1)
KNOCKS_AN_HOUR = 20  # a whole class may sit behind one address


def knock(sender: str) -> int:
    """Note one use of a door, and give how many came from the same place in the hour before it."""
    since = clock.now() - LAST
    FeedbackKnock.objects.filter(at__lt=since).delete()
    before = FeedbackKnock.objects.filter(sender=sender).count()
    FeedbackKnock.objects.create(sender=sender)
    return before


def slow_down(sender: str) -> None:
    """Note one use of a door; raise `RuleBroken` where there were too many in the last hour."""
    if knock(sender) >= KNOCKS_AN_HOUR:
        raise RuleBroken(_("We have had a lot from this place in the last hour. Please send it again a bit later."))

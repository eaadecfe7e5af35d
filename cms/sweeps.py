"""What the clock process does for the public face: what no young person read in time is the manager's to see to."""

from __future__ import annotations

from collections.abc import Callable

from cms.actions import social
from cms.models import SocialPost
from notifications.clockwork import PARTS, Part
from peer.sweeps.each import each


def look_after_social_posts() -> int:
    """Let what is overdue climb, once."""
    return each(SocialPost.objects.late(), social.climb, by=social.CLOCK)


def _social_posts() -> tuple[Callable[[], int], Callable[[], None]]:
    return look_after_social_posts, lambda: None


PARTS.append(Part("social posts", 60.0, _social_posts))

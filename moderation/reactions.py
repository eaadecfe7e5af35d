"""What this package does when a lower one has news."""

from __future__ import annotations

import logging

from moderation import paging
from moderation.actions import escalations
from moderation.models import Escalation, EscalationStep, ModerationClaim, RiskFlag
from peer import clock
from peer.events import on
from peer.news import AppealWorrying, PostHeldForRisk, PostWithdrawn

log = logging.getLogger(__name__)


@on(PostHeldForRisk)
def somebody_must_read_this(news: PostHeldForRisk) -> None:
    """Open the escalation and page in the same transaction: both exist, or neither does (E1)."""
    level = RiskFlag.Level.AMBER if news.level == RiskFlag.Level.AMBER else RiskFlag.Level.RED
    RiskFlag.objects.create(post=news.post, level=level, at=clock.now())
    page_now(paging.worry_about(news.post, level=level))


@on(AppealWorrying)
def somebody_must_read_this_appeal(news: AppealWorrying) -> None:
    """Wake somebody about worrying words in an appeal, as about a post (U3)."""
    page_now(paging.worry_about_member(news.appeal.decision.membership_id, level=news.level))


@on(PostWithdrawn)
def nobody_reads_this_any_more(news: PostWithdrawn) -> None:
    """Let go of the claim on a post that its author took back (P12)."""
    ModerationClaim.objects.filter(post=news.post, released_at__isnull=True).update(released_at=clock.now())


def page_now(escalation: Escalation) -> None:
    """Fire what is due at once, each step in a savepoint of its own.

    If telling somebody fails here, the step stays waiting and overdue, and the sweep fires it a second later: what a
    person wrote is never lost because of it (decision 17).
    """
    for step in escalation.steps.filter(state=EscalationStep.State.WAITING, due_at__lte=clock.now()):
        try:
            escalations.fire(step, by=paging.CLOCK)
        except Exception:
            log.exception("step %s could not be fired at once; the sweep will", step.pk)

"""What this package does when a lower one has news."""

from __future__ import annotations

import logging

from django.utils.translation import gettext as _

from moderation import paging, talks
from moderation.actions import claims, escalations
from moderation.models import (
    Escalation,
    EscalationStep,
    GroupPause,
    ModerationClaim,
    ModerationDecision,
    RiskFlag,
)
from moderation.models.pauses import LOOKED_AT_WITHIN
from moderation.models.queue import reading
from moderation.news import DecisionMade
from peer import clock
from peer.events import emit, on
from peer.models import MembershipRole, SupervisorTask
from peer.news import (
    ClinicianAsked,
    DecidedAbout,
    GroupFrozen,
    HostSilent,
    HostWantsTalk,
    PersonErased,
    PostHeldForRisk,
    PostWithdrawn,
    RightsLost,
    WordsWorrying,
)
from peer.roles import Role
from peer.states import RuleBroken

AGAINST = {
    ModerationDecision.Kind.RETURN,
    ModerationDecision.Kind.REJECT,
    ModerationDecision.Kind.HIDE,
    ModerationDecision.Kind.REMOVE,
}

log = logging.getLogger(__name__)


@on(PostHeldForRisk)
def somebody_must_read_this(news: PostHeldForRisk) -> None:
    """Open the escalation and page in the same transaction: both exist, or neither does (E1)."""
    level = RiskFlag.Level.AMBER if news.level == RiskFlag.Level.AMBER else RiskFlag.Level.RED
    RiskFlag.objects.create(post=news.post, level=level, at=clock.now())
    page_now(paging.worry_about(news.post, level=level))


@on(GroupFrozen)
def somebody_must_open_it_again(news: GroupFrozen) -> None:
    """Let the pause rest with the group's clinicians, so that no group stays paused because nobody thinks of it."""
    now = clock.now()
    before = GroupPause.objects.going(news.group)
    if before is not None:
        before.move_to(GroupPause.State.OVER, due_at=None)
    GroupPause.objects.create(group=news.group, from_at=now, owner_role=Role.CLINICIAN, due_at=now + LOOKED_AT_WITHIN)


@on(WordsWorrying)
def somebody_must_hear_this(news: WordsWorrying) -> None:
    """Wake somebody about worrying words, through whichever door they came, as about a post (U3)."""
    escalation = paging.worry_about_words(
        news.row, door=news.door, person=news.person, group=news.group, level=news.level
    )
    if escalation is None:
        log.critical("worrying words, and no group with anybody to wake: %s %s", news.door, news.row.pk)
    else:
        page_now(escalation)


@on(ClinicianAsked)
def somebody_must_come(news: ClinicianAsked) -> None:
    """Ring a clinician for somebody in a session who asks for one; nobody in the room sees it (U15)."""
    page_now(paging.worry_in_session(news.about, level=RiskFlag.Level.RED))


@on(HostWantsTalk)
def somebody_talks_with_the_host(news: HostWantsTalk) -> None:
    """Owe a talk to a host who asked for one after a session (W4)."""
    talks.owe(news.user, why=SupervisorTask.Why.TALK)


@on(HostSilent)
def somebody_asks_how_it_was(news: HostSilent) -> None:
    """Owe a talk to a host who has not said how a session was: silence after a heavy evening is a sign too (U15)."""
    talks.owe(news.user, why=SupervisorTask.Why.SILENT)


@on(RightsLost)
def put_down_what_they_read(news: RightsLost) -> None:
    """Put down at once what somebody was reading in a group where they read no posts any more (M7)."""
    user, group = news.membership.user, news.membership.group
    if user is not None and not reading(user).filter(membership__group=group).exists():
        claims.put_down(by=user, group=group)


@on(PostWithdrawn)
def nobody_reads_this_any_more(news: PostWithdrawn) -> None:
    """Let go of the claim on a post that its author took back (P12)."""
    ModerationClaim.objects.filter(post=news.post, released_at__isnull=True).update(released_at=clock.now())


@on(DecisionMade)
def show_to_its_author(news: DecisionMade) -> None:
    """Write a no, a "could you change one thing" or a post taken away among the decisions about its author (S100)."""
    decision = news.decision
    if decision.kind not in AGAINST:
        return
    here = MembershipRole.objects.in_group(decision.support_group).filter(membership__user=decision.by)
    is_clinician = here.filter(role=Role.CLINICIAN).exists()
    emit(
        DecidedAbout(
            person=decision.post.author.person,
            kind="post",
            words=decision.post.note_to_author,
            role=Role.CLINICIAN if is_clinician else Role.PEER_MODERATOR,
            source=decision,
        )
    )


@on(PersonErased)
def not_while_we_worry(news: PersonErased) -> None:
    """Keep everything while somebody has a worry about this person in hand, or ought to (P14)."""
    if Escalation.objects.unsettled().filter(person=news.person).exists():
        raise RuleBroken(_("Somebody is worried about this person right now. Settle that first."))


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

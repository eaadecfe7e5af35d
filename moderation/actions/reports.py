"""Telling us that a post worries you, and hearing back (matrix row 13)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moderation import paging
from moderation.models import PostReport, RiskFlag
from moderation.news import ReportAnswered, ReportOpened
from moderation.reactions import page_now
from peer import clock, doors, screening
from peer.events import emit
from peer.gate import action
from peer.models import Post, User
from peer.roles import Perm, Role
from peer.states import RuleBroken

FOR_A_CLINICIAN = dt.timedelta(minutes=45)
FOR_A_MODERATOR = dt.timedelta(hours=4)
TOLD_ALREADY = lazy("You told us about this one already. Thank you. Somebody is on it.")


@action(Perm.REPORT_POST)
def report(post: Post, *, by: User, worry: str, is_urgent: bool, words: str = "") -> PostReport:
    """Tell us that a post worries you; if somebody may be in danger a clinician is paged in the same moment (E1).

    Worrying words beside it stand with that worry and can make it red; where there is none they are the writer's own.
    """
    if post.reports.exclude(state=PostReport.State.DECIDED).filter(by=by).exists():
        raise RuleBroken(TOLD_ALREADY)
    heard = doors.hear("report", words=words)
    for_somebody = is_urgent or worry == PostReport.Reason.WORRIED
    for_clinician = for_somebody or bool(heard.level)
    try:
        found = PostReport.objects.create(
            post=post,
            by=by,
            reason=worry,
            is_urgent=is_urgent,
            words=words,
            level=heard.level,
            reported_at=clock.now(),
            owner_role=Role.CLINICIAN if for_clinician else Role.PEER_MODERATOR,
            due_at=heard.due(otherwise=clock.now() + (FOR_A_CLINICIAN if for_somebody else FOR_A_MODERATOR)),
        )
    except IntegrityError:  # the database knows, also of two at once
        raise RuleBroken(TOLD_ALREADY) from None
    if for_somebody:
        is_red = is_urgent or heard.level is screening.Level.RED
        level = RiskFlag.Level.RED if is_red else RiskFlag.Level.AMBER
        RiskFlag.objects.create(post=post, by=by, level=level, at=clock.now())
        escalation = paging.worry_about(post, level=level)
        if heard.level:
            paging.add_words(escalation, found, door=heard.door)
        page_now(escalation)
    else:
        doors.wake(heard, found, person=by.person, group=post.thread.group)
    emit(ReportOpened(found))
    return found


@action(Perm.HIDE_POST)
def answer(report: PostReport, *, by: User, words: str) -> PostReport:
    """Tell the person who was worried what came of it, without saying anything about others (H23)."""
    if not words.strip():
        raise RuleBroken(_("Write a few words for the person who told us."))
    report.move_to(PostReport.State.DECIDED, answer_words=words.strip(), decided_at=clock.now(), due_at=None)
    heard = doors.hear("report_answer", words=words)
    doors.wake(heard, report, person=by.person, group=report.support_group)
    emit(ReportAnswered(report))
    return report

"""Asking the clinician on call about a post, and hearing back in the queue (S35)."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from moderation.models import ModerationClaim, ModeratorQuestion
from peer import clock, doors, posting
from peer.gate import System, action
from peer.models import Post, User
from peer.roles import Perm, Role
from peer.states import RuleBroken, StaleMove

WITHIN = dt.timedelta(minutes=45)


@action(Perm.DECIDE_POST)
def ask(post: Post, *, by: User, words: str) -> ModeratorQuestion:
    """Ask about a post one has in hand; worrying words in the question wake somebody, as through every door (U3)."""
    if not ModerationClaim.objects.live().filter(post=post, by=by).exists():
        raise RuleBroken(_("You have not taken this post, or your time with it is over. Take it again first."))
    if ModeratorQuestion.objects.filter(post=post, by=by, state=ModeratorQuestion.State.OPEN).exists():
        raise RuleBroken(_("You asked about this one already. The answer comes under “Posts to read”."))
    heard = doors.hear("moderator_question", words=words)
    asked = ModeratorQuestion.objects.create(
        post=post,
        by=by,
        words=words.strip(),
        asked_at=clock.now(),
        owner_role=Role.CLINICIAN,
        due_at=heard.due(otherwise=clock.now() + WITHIN),
    )
    doors.wake(heard, asked, person=by.person, group=post.thread.group)
    return asked


@action(Perm.DECIDE_RISK_POST)
def answer(question: ModeratorQuestion, *, by: User, words: str) -> ModeratorQuestion:
    """Answer a question as the clinician on call; whoever asked reads it in the queue."""
    if not words.strip():
        raise RuleBroken(_("Write a few words for whoever asked."))
    question.move_to(
        ModeratorQuestion.State.ANSWERED, answer=words.strip(), answered_by=by, answered_at=clock.now(), due_at=None
    )
    return question


@action(Perm.KEEP_WATCH)
def climb(question: ModeratorQuestion, *, by: System) -> ModeratorQuestion:
    """Let a question that nobody answered in time rest with the manager; a clinician on call still answers it."""
    held = ModeratorQuestion.objects.select_for_update(of=("self",)).select_related("post__thread__group")
    late = held.get(pk=question.pk)
    if late.owner_role != Role.CLINICIAN or late.due_at is None or late.due_at > clock.now():
        raise StaleMove("answered meanwhile")
    late.owner_role = Role.SERVICE_MANAGER
    late.due_at = posting.due_after(late.support_group, 1, at=clock.now())
    late.save(update_fields=["owner_role", "due_at"])
    return late


@action(Perm.DECIDE_POST)
def thank(question: ModeratorQuestion, *, by: User) -> ModeratorQuestion:
    """Put an answer away that one has read."""
    if not question.is_own(by) or question.state != ModeratorQuestion.State.ANSWERED:
        raise RuleBroken(_("There is no answer to put away."))
    question.read_at = clock.now()
    question.save(update_fields=["read_at"])
    return question

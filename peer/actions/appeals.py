"""Asking for a second look at a decision about one's place, and giving it (M5)."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, doors, endings, workdays
from peer.events import emit
from peer.gate import action
from peer.models import Appeal, MembershipDecision, User
from peer.news import PlaceNews
from peer.roles import Perm, Role
from peer.states import RuleBroken

LONGEST = 2_000


@action(Perm.APPEAL)
def appeal(decision: MembershipDecision, *, by: User, words: str) -> Appeal:
    """Say why a decision should be looked at again; somebody who did not take it answers within five working days."""
    if decision.state != MembershipDecision.State.HOLDS:
        raise RuleBroken(_("That is over already. You don’t need to ask."))
    if not words.strip():
        raise RuleBroken(_("Write a few words first. They can be short."))
    heard = doors.hear("appeal", words=words)
    try:
        made = Appeal.objects.create(
            decision=decision,
            words=words[:LONGEST],
            level=heard.level,
            sent_at=clock.now(),
            owner_role=Role.CLINICIAN if heard.level else Role.SERVICE_MANAGER,
            due_at=heard.due(otherwise=workdays.due(days=endings.number("appeal", "within"))),
        )
    except IntegrityError:  # one a decision: the database knows, also of two at once
        raise RuleBroken(_("We have your words already. Somebody answers them here.")) from None
    doors.wake(heard, made, person=decision.membership.person, group=decision.membership.group)
    return made


@action(Perm.DECIDE_APPEAL)
def uphold(appeal: Appeal, *, by: User, answer: str) -> Appeal:
    """Let the decision stay, and say why in words that the person reads."""
    return _settle(appeal, Appeal.State.UPHELD, by=by, answer=answer)


@action(Perm.DECIDE_APPEAL)
def overturn(appeal: Appeal, *, by: User, answer: str) -> Appeal:
    """Take the decision back: the person has their place again."""
    _settle(appeal, Appeal.State.OVERTURNED, by=by, answer=answer)
    decision = appeal.decision
    if decision.state == MembershipDecision.State.HOLDS:
        decision.move_to(MembershipDecision.State.OVERTURNED, due_at=None, ended_at=clock.now())
        endings.give_back(decision)
    return appeal


def _settle(appeal: Appeal, state: str, *, by: User, answer: str) -> Appeal:
    if appeal.decision.was_taken_by(by):
        raise RuleBroken(_("You took this decision. Somebody else must look at it again."))
    if appeal.is_own(by):
        raise RuleBroken(_("This is your own place. Ask a colleague."))
    if not answer.strip():
        raise RuleBroken(_("Say why, in kind words: the person reads them."))
    appeal.move_to(state, answer=answer, decided_by=by, decided_at=clock.now(), due_at=None)
    emit(PlaceNews(appeal.decision.membership, appeal, appeal.state))
    return appeal

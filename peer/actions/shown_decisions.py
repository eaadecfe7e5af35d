"""Decisions about a person: they say something back, somebody answers, a safeguarding lead keeps one back (S100)."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, doors, workdays
from peer.gate import action
from peer.models import AuditEvent, DecisionReply, Person, ShownDecision, User, Withholding
from peer.models.shown_decisions import REVIEW_AFTER
from peer.roles import Perm, Role
from peer.states import RuleBroken

ANSWER_DAYS = 5  # working days until somebody has read and answered


@action(Perm.REPLY_TO_DECISION)
def reply(decision: ShownDecision, *, by: User, words: str) -> DecisionReply:
    """Say something back; a person reads it within five working days, worrying words a clinician at once (U3)."""
    heard = doors.hear("decision_reply", words=words)
    try:
        reply = DecisionReply.objects.create(
            decision=decision,
            words=words,
            level=heard.level,
            findings=heard.found.rows(),
            owner_role=Role.CLINICIAN if heard.level else Role.SERVICE_MANAGER,
            due_at=heard.due(otherwise=workdays.due(days=ANSWER_DAYS)),
        )
    except IntegrityError:
        raise RuleBroken(_("We have what you said, and somebody will answer it. Then you can say more.")) from None
    doors.wake(heard, reply, person=decision.person)
    return reply


@action(Perm.ANSWER_REPLY)
def answer(reply: DecisionReply, *, by: User, words: str) -> DecisionReply:
    """Answer what somebody said back; they read it beside the decision."""
    role = Role.CLINICIAN if by.may_in_service(Role.CLINICIAN) else Role.SERVICE_MANAGER
    if reply.level and role != Role.CLINICIAN:
        raise RuleBroken(_("A clinician reads and answers this one."))
    reply.move_to(
        DecisionReply.State.ANSWERED, answer=words, answered_by_role=role, answered_at=clock.now(), due_at=None
    )
    return reply


@action(Perm.WITHHOLD)
def withhold(decision: ShownDecision, *, by: User, reason: str) -> Withholding:
    """Keep a decision from the person for now; nothing shows them that there is anything, and it is reviewed."""
    return _keep_back(decision.person, by=by, reason=reason, decision=decision)


@action(Perm.WITHHOLD)
def withhold_look(event: AuditEvent, *, by: User, person: Person, reason: str) -> Withholding:
    """Keep one look at a record from the list of its person for now; the trail keeps it, and it is reviewed."""
    return _keep_back(person, by=by, reason=reason, event_pk=event.pk)


@action(Perm.WITHHOLD)
def show_again(withholding: Withholding, *, by: User, reason: str) -> Withholding:
    """Let the person see it from now on."""
    withholding.move_to(Withholding.State.SHOWN, ended_at=clock.now(), due_at=None)
    return withholding


@action(Perm.WITHHOLD)
def keep_longer(withholding: Withholding, *, by: User, reason: str) -> Withholding:
    """Review it, and keep it back for another time, with a reason again."""
    _check(reason)
    if withholding.state != Withholding.State.KEPT_BACK:
        raise RuleBroken(_("This is shown already."))
    withholding.due_at = clock.now() + REVIEW_AFTER
    withholding.save(update_fields=["due_at"])
    return withholding


def _keep_back(person: Person, *, by: User, reason: str, **what: object) -> Withholding:
    _check(reason)
    try:
        return Withholding.objects.create(
            person=person,
            why=reason,
            withheld_by=by,
            owner_role=Role.SAFEGUARDING_LEAD,
            due_at=clock.now() + REVIEW_AFTER,
            **what,
        )
    except IntegrityError:
        raise RuleBroken(_("This is kept back already.")) from None


def _check(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("Say why."))

"""An offer answered without its link: by text, by a key on the phone, or to a person who writes it down (U13, M1)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import answers
from peer.gate import System, action
from peer.models import Invitation, Membership, User
from peer.roles import Perm
from peer.states import RuleBroken

REPLY = System("answer by phone", may=frozenset({Perm.ANSWER_INVITATION}))


@action(Perm.ANSWER_INVITATION)
def yes(invitation: Invitation, *, by: System, how: str) -> Membership:
    """Say yes without a page: a clinician rings, reads out what is private, and only then there is an account (U8)."""
    return answers.say_yes(_open(invitation), how=how)


@action(Perm.ANSWER_INVITATION)
def no(invitation: Invitation, *, by: System, how: str) -> Invitation:
    """Say no without a page; nothing else changes, and nobody asks why."""
    answers.close(_open(invitation), Invitation.State.DECLINED, how=how)
    return invitation


@action(Perm.ANSWER_INVITATION)
def take_back(invitation: Invitation, *, by: System) -> Membership:
    """Take a yes back before the hello call, without a page and without a reason (C3)."""
    return answers.take_back(invitation)


@action(Perm.ANSWER_INVITATION)
def wonder(invitation: Invitation, *, by: System, question: str = "") -> Invitation:
    """Ask something, or say that one wants to; a person of staff owes the answer (U3)."""
    answers.take_question(_open(invitation), question=question)
    return invitation


@action(Perm.INVITE_PERSON)
def note(invitation: Invitation, *, by: User, said: str, question: str = "") -> Invitation:
    """Write down what somebody said to a person of staff: yes, no, or a question."""
    match said:
        case "yes":
            answers.say_yes(_open(invitation), how=Invitation.How.PERSON)
        case "no":
            answers.close(_open(invitation), Invitation.State.DECLINED, how=Invitation.How.PERSON)
        case _:
            answers.take_question(_open(invitation), question=question)
    return invitation


def _open(invitation: Invitation) -> Invitation:
    """Let nothing that has run out be answered, even before the clock has closed it."""
    if not Invitation.objects.live().filter(pk=invitation.pk).exists():
        raise RuleBroken(_("This offer is not open any more. You can make a new one."))
    return invitation

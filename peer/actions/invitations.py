"""Offering a group, and answering the offer by a secret link and a code (safety M1, U13)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from types import MappingProxyType

from django.db.models import F
from django.utils.translation import gettext as _

from peer import answers, clock
from peer.events import emit
from peer.gate import System, action
from peer.models import Consent, Invitation, Membership, Person, SupportGroup, User
from peer.models.invitations import CODE_LASTS, CODE_TRIES, CODES_A_LINK, keyed_hash
from peer.news import InvitationCodeAsked, InvitationQuestionAnswered
from peer.roles import Perm, Role
from peer.states import RuleBroken

LINK = System("invitation link", may=frozenset({Perm.ANSWER_INVITATION}))
CLOCK = System("clock", may=frozenset({Perm.INVITE_PERSON}))


@action(Perm.INVITE_PERSON)
def offer(person: Person, *, by: User, group: SupportGroup) -> Invitation:
    """Offer a group to a person who waits; it reaches them on a number that is theirs alone, or a person rings."""
    for late in Invitation.objects.out_of_date().filter(person=person, group=group):
        expire(late, by=by)
    return answers.make_offer(person, group=group, offered_by=by)


@action(Perm.ANSWER_INVITATION)
def ask_code(invitation: Invitation, *, by: System) -> Invitation:
    """Send a code of six digits to the number that got the link."""
    code = f"{secrets.randbelow(1_000_000):06}"
    changes = {"code_hash": keyed_hash(code), "code_expires_at": clock.now() + CODE_LASTS, "code_tries": 0}
    rows = Invitation.objects.live().filter(pk=invitation.pk, codes_sent__lt=CODES_A_LINK)
    if not rows.update(codes_sent=F("codes_sent") + 1, **changes):
        raise RuleBroken(_("We have sent as many codes as we can by text. Please ring us, and we’ll help you in."))
    invitation.refresh_from_db()
    emit(InvitationCodeAsked(invitation, code))
    return invitation


@action(Perm.ANSWER_INVITATION)
def try_code(invitation: Invitation, *, by: System, code: str) -> bool:
    """Count a try, and tell whether the code fits; after five tries only a new code helps."""
    rows = Invitation.objects.live().filter(pk=invitation.pk, code_tries__lt=CODE_TRIES)
    if not rows.update(code_tries=F("code_tries") + 1):
        return False
    invitation.refresh_from_db()
    return invitation.code_fits(code)


@action(Perm.ANSWER_INVITATION)
def accept(
    invitation: Invitation,
    *,
    by: System,
    code: str,
    parent_told: bool | None,
    also: Mapping[str, bool | None] = MappingProxyType({}),
    mixed: bool = False,
) -> Membership:
    """Say yes: an account, the answers in their exact words, and a hello call that a clinician now owes."""
    if not invitation.code_fits(code):
        raise RuleBroken(_("Something has changed since we sent this. Please ring us, and we’ll sort it out."))
    return _say_yes(invitation, parent_told=parent_told, also=also, mixed=mixed)


@action(Perm.ANSWER_INVITATION)
def take(
    invitation: Invitation,
    *,
    by: User,
    parent_told: bool | None,
    also: Mapping[str, bool | None] = MappingProxyType({}),
    mixed: bool = False,
) -> Membership:
    """Say yes, signed in, to a place one asked for: the same answers, and the same hello call."""
    if not Invitation.objects.live().filter(pk=invitation.pk).exists():
        raise RuleBroken(_("This place is not kept any more. Please ring us, and we’ll sort it out."))
    return _say_yes(invitation, parent_told=parent_told, also=also, mixed=mixed)


@action(Perm.ANSWER_INVITATION)
def refuse(invitation: Invitation, *, by: User) -> Invitation:
    """Say no, signed in, to a place one asked for; nothing else changes."""
    answers.close(invitation, Invitation.State.DECLINED, how=Invitation.How.LINK)
    return invitation


def _say_yes(
    invitation: Invitation, *, parent_told: bool | None, also: Mapping[str, bool | None], mixed: bool
) -> Membership:
    if invitation.group.is_mixed() and not mixed:
        raise RuleBroken(_("Parents and carers are in this group too. Tick that this is fine for you, or choose no."))
    membership = answers.say_yes(invitation, how=Invitation.How.LINK)
    user = answers.give_account(membership)
    both = {Consent.Purpose.MIXED.value: True} if invitation.group.is_mixed() else {}
    for purpose, given in _answers({**also, Consent.Purpose.PARENT_TOLD.value: parent_told, **both}):
        Consent.objects.say(invitation.person, purpose, given=given, basis="own", by=user)
    return membership


@action(Perm.ANSWER_INVITATION)
def decline(invitation: Invitation, *, by: System) -> Invitation:
    """Say no; nothing else changes, and nobody is told but the person who offered."""
    answers.close(invitation, Invitation.State.DECLINED, how=Invitation.How.LINK)
    return invitation


@action(Perm.ANSWER_INVITATION)
def ask(invitation: Invitation, *, by: System, question: str) -> Invitation:
    """Ask a question before answering; worrying words go to a clinician (U3)."""
    answers.take_question(invitation, question=question)
    return invitation


@action(Perm.INVITE_PERSON)
def answer_question(invitation: Invitation, *, by: User, answer: str) -> Invitation:
    """Answer what somebody asked; they hear that there is an answer, and the offer lasts as long as before."""
    invitation.move_to(
        Invitation.State.OFFERED, answer=answer, owner_role=Role.CO_ORDINATOR, due_at=invitation.expires_at
    )
    emit(InvitationQuestionAnswered(invitation, answers.another_link(invitation)))
    return invitation


@action(Perm.INVITE_PERSON)
def expire(invitation: Invitation, *, by: User | System) -> Invitation:
    """Close an offer that nobody answered in thirty days; the person keeps their place on the list."""
    invitation.move_to(Invitation.State.EXPIRED, due_at=None)
    return invitation


def _answers(asked: Mapping[str, bool | None]) -> list[tuple[str, bool]]:
    """List the answers, each apart; what somebody left open is no answer (C1)."""
    said = [(Consent.Purpose.JOIN.value, True), (Consent.Purpose.LIMITS.value, True)]
    return said + [(purpose, given) for purpose, given in asked.items() if given is not None]

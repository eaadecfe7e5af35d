"""Offering a group, and answering the offer by a secret link and a code (safety M1, U13)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from types import MappingProxyType

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from peer import clock, eligibility, screening, workdays
from peer.events import emit
from peer.gate import System, action
from peer.models import Consent, HelloCall, Invitation, Membership, Person, SupportGroup, User
from peer.models.dated import public_id
from peer.models.invitations import CODE_LASTS, CODE_TRIES, CODES_A_LINK, LASTS, keyed_hash
from peer.news import InvitationCodeAsked, InvitationOffered, MembershipAccepted
from peer.roles import Perm, Role
from peer.states import RuleBroken

LINK = System("invitation link", may=frozenset({Perm.ANSWER_INVITATION}))
CLOCK = System("clock", may=frozenset({Perm.INVITE_PERSON}))
HELLO_CALL_DAYS = 5  # working days (U8)
QUESTION_DAYS = 2


@action(Perm.INVITE_PERSON)
def offer(person: Person, *, by: User, group: SupportGroup) -> Invitation:
    """Offer a group to a person who waits; a text with a link goes to a number that is theirs alone."""
    for late in Invitation.objects.out_of_date().filter(person=person, group=group):
        expire(late, by=by)
    problem = eligibility.why_not_asked(person, group)
    if problem:
        raise RuleBroken(problem)
    secret, now = secrets.token_urlsafe(16), clock.now()
    try:
        invitation = Invitation.objects.create(
            person=person,
            group=group,
            secret_hash=keyed_hash(secret),
            offered_by=by,
            offered_at=now,
            expires_at=now + LASTS,
            owner_role=Role.CO_ORDINATOR,
            due_at=now + LASTS,
        )
    except IntegrityError:  # one open offer a person and group: the database knows, also of two at once
        raise RuleBroken(_("This person has an offer of this group already.")) from None
    emit(InvitationOffered(invitation, secret))
    return invitation


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
    _answer(invitation, Invitation.State.DECLINED)
    return invitation


def _say_yes(
    invitation: Invitation, *, parent_told: bool | None, also: Mapping[str, bool | None], mixed: bool
) -> Membership:
    if eligibility.why_not(invitation.person, invitation.group):
        raise RuleBroken(_("Something has changed since we sent this. Please ring us, and we’ll sort it out."))
    if invitation.group.is_mixed() and not mixed:
        raise RuleBroken(_("Parents and carers are in this group too. Tick that this is fine for you, or choose no."))
    _answer(invitation, Invitation.State.ACCEPTED)
    user = _account(invitation.person)
    membership = Membership.objects.create(group=invitation.group, person=invitation.person, user=user)
    both = {Consent.Purpose.MIXED.value: True} if invitation.group.is_mixed() else {}
    for purpose, given in _answers({**also, Consent.Purpose.PARENT_TOLD.value: parent_told, **both}):
        Consent.objects.say(invitation.person, purpose, given=given, basis="own", by=user)
    HelloCall.objects.create(
        membership=membership, owner_role=Role.CLINICIAN, due_at=workdays.due(days=HELLO_CALL_DAYS)
    )
    emit(MembershipAccepted(membership))
    return membership


@action(Perm.ANSWER_INVITATION)
def decline(invitation: Invitation, *, by: System) -> Invitation:
    """Say no; nothing else changes, and nobody is told but the person who offered."""
    _answer(invitation, Invitation.State.DECLINED)
    return invitation


@action(Perm.ANSWER_INVITATION)
def ask(invitation: Invitation, *, by: System, question: str) -> Invitation:
    """Ask a question before answering; worrying words go to a clinician (U3)."""
    level = screening.screen(question).level
    soon = clock.now() + dt.timedelta(minutes=screening.due_minutes(level)) if level else None
    invitation.move_to(
        Invitation.State.ASKED,
        question=question,
        question_level=level,
        answer="",
        owner_role=Role.CLINICIAN if level else Role.CO_ORDINATOR,
        due_at=soon or workdays.due(days=QUESTION_DAYS),
    )
    return invitation


@action(Perm.INVITE_PERSON)
def answer_question(invitation: Invitation, *, by: User, answer: str) -> Invitation:
    """Answer what somebody asked; they read it by the same link, which lasts as long as before."""
    invitation.move_to(
        Invitation.State.OFFERED, answer=answer, owner_role=Role.CO_ORDINATOR, due_at=invitation.expires_at
    )
    return invitation


@action(Perm.INVITE_PERSON)
def expire(invitation: Invitation, *, by: User | System) -> Invitation:
    """Close an offer that nobody answered in thirty days; the person keeps their place on the list."""
    invitation.move_to(Invitation.State.EXPIRED, due_at=None)
    return invitation


def _answer(invitation: Invitation, state: str) -> None:
    """Close the link for good; of two clicks at once one wins (M1)."""
    invitation.move_to(state, answered_at=clock.now(), due_at=None, code_hash="")


def _account(person: Person) -> User:
    user = User.objects.filter(person=person).first()
    return user or User.objects.create_user(handle=public_id(), person=person, display_name=person.given_name)


def _answers(asked: Mapping[str, bool | None]) -> list[tuple[str, bool]]:
    """List the answers, each apart; what somebody left open is no answer (C1)."""
    said = [(Consent.Purpose.JOIN.value, True), (Consent.Purpose.LIMITS.value, True)]
    return said + [(purpose, given) for purpose, given in asked.items() if given is not None]

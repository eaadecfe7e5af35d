"""The rows of an offer and of a yes, whichever way it came: by link, text, key or word of mouth (M1, U8)."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, doors, eligibility, endings, workdays
from peer.events import emit
from peer.models import Consent, HelloCall, Invitation, InvitationLink, Membership, Person, SupportGroup, User
from peer.models.dated import public_id
from peer.models.invitations import LASTS, LINKS_AN_OFFER, keyed_hash
from peer.news import InvitationAnswered, InvitationOffered, MembershipAccepted
from peer.roles import Role
from peer.states import RuleBroken, StaleMove

HELLO_CALL_DAYS = 5  # working days (U8)
QUESTION_DAYS = 2


def make_offer(person: Person, *, group: SupportGroup, offered_by: User) -> Invitation:
    """Offer a group where nothing stands in the way; one open offer a person and group."""
    problem = eligibility.why_not_asked(person, group)
    if problem:
        raise RuleBroken(problem)
    secret, now = secrets.token_urlsafe(16), clock.now()
    try:
        invitation = Invitation.objects.create(
            person=person,
            group=group,
            secret_hash=keyed_hash(secret),
            offered_by=offered_by,
            offered_at=now,
            expires_at=now + LASTS,
            owner_role=Role.CO_ORDINATOR,
            due_at=now + LASTS,
        )
    except IntegrityError:  # the database knows, also of two at once
        raise RuleBroken(_("This person has an offer of this group already.")) from None
    emit(InvitationOffered(invitation, secret))
    return invitation


def another_link(invitation: Invitation) -> str:
    """Make one more link to an open offer and give its secret; the links before it go on working."""
    if invitation.links.count() >= LINKS_AN_OFFER:
        raise RuleBroken(_("We have sent this as often as we can. Please ring us."))
    secret = secrets.token_urlsafe(16)
    InvitationLink.objects.create(invitation=invitation, secret_hash=keyed_hash(secret), made_at=clock.now())
    return secret


def close(invitation: Invitation, state: str, *, how: str) -> None:
    """Close an offer for good with a yes or a no; of two answers at once one wins (M1)."""
    invitation.move_to(state, answered_at=clock.now(), answered_how=how, due_at=None, code_hash="")
    emit(InvitationAnswered(invitation))


def say_yes(invitation: Invitation, *, how: str) -> Membership:
    """Take a yes: a clinician now owes the hello call, and nothing opens before it."""
    if eligibility.why_not(invitation.person, invitation.group):
        raise RuleBroken(endings.why_no_yes())
    if invitation.group.is_mixed() and how not in {Invitation.How.LINK, Invitation.How.PERSON}:
        raise RuleBroken(_("Parents and carers are in this group too. Say yes by the link, or ring us."))
    close(invitation, Invitation.State.ACCEPTED, how=how)
    membership = Membership.objects.create(group=invitation.group, person=invitation.person)
    HelloCall.objects.create(
        membership=membership, owner_role=Role.CLINICIAN, due_at=workdays.due(days=HELLO_CALL_DAYS)
    )
    emit(MembershipAccepted(membership))
    return membership


def take_back(invitation: Invitation) -> Membership:
    """End the way into a group before the hello call, as easily as it began (C3)."""
    on_the_way = Membership.objects.filter(state=Membership.State.ACCEPTED)
    membership = on_the_way.filter(group=invitation.group_id, person=invitation.person_id).first()
    if membership is None:
        raise RuleBroken(_("There is no yes to take back any more. Please ring us."))
    endings.end(membership, Membership.State.LEFT)
    return membership


def take_question(invitation: Invitation, *, question: str) -> None:
    """Owe an answer; of words to a question that was only announced, or after another one, all are kept (U3)."""
    said = "\n".join(part for part in (_open_question(invitation), question.strip()) if part)
    heard = doors.hear("question", question=said)
    owed: dict[str, Any] = {
        "question": said,
        "question_level": heard.level,
        "answer": "",
        "owner_role": Role.CLINICIAN if heard.level else Role.CO_ORDINATOR,
        "due_at": heard.due(otherwise=workdays.due(days=QUESTION_DAYS)),
    }
    if invitation.state != Invitation.State.ASKED:
        invitation.move_to(Invitation.State.ASKED, **owed)
    elif not Invitation.objects.live().filter(pk=invitation.pk, state=Invitation.State.ASKED).update(**owed):
        raise StaleMove("the offer is not open any more")
    doors.wake(heard, invitation, person=invitation.person, group=invitation.group)


def _open_question(invitation: Invitation) -> str:
    return invitation.question if invitation.state == Invitation.State.ASKED else ""


def give_account(membership: Membership) -> User:
    """Give somebody who said yes their account, made now if they have none."""
    person = membership.person
    user = User.objects.filter(person=person).first()
    user = user or User.objects.create_user(handle=public_id(), person=person, display_name=person.given_name)
    membership.user = user
    membership.save(update_fields=["user"])
    return user


def complete(membership: Membership, *, basis: str, by: User) -> None:
    """Make up at the hello call for what a yes by text or phone left out: words of joining, an account (C1)."""
    if membership.user is not None:
        return
    give_account(membership)
    both = [Consent.Purpose.MIXED] if membership.group.is_mixed() else []
    for purpose in (Consent.Purpose.JOIN, *both):
        Consent.objects.say(membership.person, purpose, given=True, basis=basis, by=by)

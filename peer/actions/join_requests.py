"""Asking for a place in a group one found, and the answer of a person (S1, decision 13)."""

from __future__ import annotations

import secrets

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, doors, eligibility, workdays
from peer.events import emit
from peer.gate import action
from peer.models import Invitation, JoinRequest, Person, SupportGroup, User
from peer.models.invitations import LASTS, keyed_hash
from peer.news import JoinRequestAnswered
from peer.roles import Perm, Role
from peer.states import RuleBroken

ANSWER_DAYS = 2  # working days
LONGEST = 1_000


@action(Perm.ASK_TO_JOIN)
def ask(person: Person, *, by: User, group: SupportGroup, note: str = "") -> JoinRequest:
    """Ask for a place; worrying words in the note go to a clinician within minutes (U3)."""
    if not eligibility.groups_for(person).filter(pk=group.pk).exists():
        raise RuleBroken(_("This group can’t be asked for just now. Please ring us, and we’ll look together."))
    heard = doors.hear("join_request", note=note)
    try:
        asked = JoinRequest.objects.create(
            person=person,
            group=group,
            note=note.strip()[:LONGEST],
            note_level=heard.level,
            asked_at=clock.now(),
            owner_role=Role.CLINICIAN if heard.level else Role.CO_ORDINATOR,
            due_at=heard.due(otherwise=workdays.due(days=ANSWER_DAYS)),
        )
    except IntegrityError:  # one open request a person and group: the database knows, also of two at once
        raise RuleBroken(_("You have asked for this group already. We’ll answer soon.")) from None
    doors.wake(heard, asked, person=person, group=group)
    return asked


@action(Perm.ASK_TO_JOIN)
def withdraw(asked: JoinRequest, *, by: User) -> JoinRequest:
    """Take one's question back; nobody asks why. Worrying words stay with the clinician who reads them (P12)."""
    if asked.note_level:
        raise RuleBroken(_("A clinician reads this first, so that they can check you are all right."))
    asked.move_to(JoinRequest.State.WITHDRAWN, due_at=None)
    return asked


@action(Perm.ASK_TO_JOIN)
def put_away(asked: JoinRequest, *, by: User) -> JoinRequest:
    """Put an answer away that one has read."""
    if asked.state != JoinRequest.State.DECLINED:
        raise RuleBroken(_("There is no answer to put away yet."))
    asked.seen_at = clock.now()
    asked.save(update_fields=["seen_at"])
    return asked


@action(Perm.INVITE_PERSON)
def accept(asked: JoinRequest, *, by: User, words: str = "") -> Invitation:
    """Say that there is a place: an offer without a link, which they answer signed in, in the same words as anybody."""
    _check_read(asked, by)
    problem = eligibility.why_not_asked(asked.person, asked.group)
    if problem:
        raise RuleBroken(problem)
    now = clock.now()
    try:
        invitation = Invitation.objects.create(
            person=asked.person,
            group=asked.group,
            secret_hash=keyed_hash(secrets.token_urlsafe(16)),  # a link that nobody holds
            offered_by=by,
            offered_at=now,
            expires_at=now + LASTS,
            owner_role=Role.CO_ORDINATOR,
            due_at=now + LASTS,
        )
    except IntegrityError:
        raise RuleBroken(_("This person has an offer of this group already.")) from None
    _answer(asked, JoinRequest.State.ACCEPTED, by=by, words=words, invitation=invitation)
    return invitation


@action(Perm.INVITE_PERSON)
def decline(asked: JoinRequest, *, by: User, words: str) -> JoinRequest:
    """Say no to this group, in kind words; what else there is stands beside them."""
    _check_read(asked, by)
    if not words.strip():
        raise RuleBroken(_("Write a few kind words, so that they know why, and what else there is."))
    return _answer(asked, JoinRequest.State.DECLINED, by=by, words=words)


def _check_read(asked: JoinRequest, by: User) -> None:
    """Leave worrying words to a clinician: nobody else answers them away."""
    if asked.note_level and not by.may_in_service(Role.CLINICIAN):
        raise RuleBroken(_("A clinician reads this first, and rings them."))


def _answer(
    asked: JoinRequest, state: str, *, by: User, words: str, invitation: Invitation | None = None
) -> JoinRequest:
    asked.move_to(
        state, answer=words.strip(), answered_by=by, answered_at=clock.now(), due_at=None, invitation=invitation
    )
    if (
        asked.person.restricted_at is None
    ):  # else nothing goes by machine: they see it here, and a clinician rings (U17)
        emit(JoinRequestAnswered(asked))
    return asked

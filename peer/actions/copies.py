"""Asking for a copy of what is held: a row that a person answers; nothing runs by itself (C8, H09)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock
from peer.gate import action
from peer.models import CopyRequest, ParentRelationship, Person, User
from peer.roles import Perm, Role
from peer.states import RuleBroken

ANSWER_WITHIN = dt.timedelta(days=30)  # one month by law


@action(Perm.ASK_FOR_COPY)
def ask_own(person: Person, *, by: User) -> CopyRequest:
    """Ask for a copy of what is held about oneself."""
    return _ask(about=person, asked_by=person)


@action(Perm.ASK_FOR_COPY)
def ask_of_child(relation: ParentRelationship, *, by: User) -> CopyRequest:
    """Ask, as an adult, for a copy of what is held about a child; every adult gets the same words back."""
    return _ask(about=relation.young_person, asked_by=relation.adult)


@action(Perm.ANSWER_COPY)
def answer(request: CopyRequest, *, by: User, outcome: str, reason: str) -> CopyRequest:
    """Decide what may be given, with a reason, after the young person was asked."""
    if not reason.strip():
        raise RuleBroken(_("Say why, and what the young person said about it."))
    request.move_to(
        CopyRequest.State.ANSWERED,
        outcome=outcome,
        reason=reason,
        answered_by=by,
        answered_at=clock.now(),
        due_at=None,
    )
    return request


def _ask(*, about: Person, asked_by: Person) -> CopyRequest:
    try:
        return CopyRequest.objects.create(
            about=about,
            asked_by=asked_by,
            owner_role=Role.CLINICIAN,
            asked_at=clock.now(),
            due_at=clock.now() + ANSWER_WITHIN,
        )
    except IntegrityError:  # one open request a person and a record: the database knows, also of two at once
        raise RuleBroken(_("We have your request already. A person reads it.")) from None

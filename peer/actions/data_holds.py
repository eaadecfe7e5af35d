"""What is held about somebody stays, whoever asks for its deletion, until a person lifts that (matrix row 41)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock
from peer.gate import action
from peer.models import DataHold, Person, User
from peer.roles import Perm, Role
from peer.states import RuleBroken

REVIEW_AFTER = dt.timedelta(days=90)


@action(Perm.HOLD_DATA)
def hold(person: Person, *, by: User, reason: str) -> DataHold:
    """Keep everything about a person for now: an inquiry, a complaint, a concern that is open."""
    if not reason.strip():
        raise RuleBroken(_("Say why."))
    Person.objects.select_for_update().get(pk=person.pk)  # a deletion that is under way settles first
    try:
        return DataHold.objects.create(
            person=person,
            why=reason,
            set_by=by,
            owner_role=Role.SAFEGUARDING_LEAD,
            due_at=clock.now() + REVIEW_AFTER,
        )
    except IntegrityError:
        raise RuleBroken(_("This record is held already.")) from None


@action(Perm.HOLD_DATA)
def lift(held: DataHold, *, by: User, reason: str) -> DataHold:
    """Let what is held about a person be deleted again, if they ask."""
    if not reason.strip():
        raise RuleBroken(_("Say why."))
    held.move_to(DataHold.State.LIFTED, lifted_at=clock.now(), due_at=None)
    return held

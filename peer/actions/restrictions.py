"""Silence of machines about somebody: set and lifted by a person, with a reason (U17)."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer.events import emit
from peer.gate import action
from peer.models import Person, Restriction, User
from peer.news import PersonRestricted, RestrictionLifted
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.RESTRICT_PERSON)
def restrict(person: Person, *, by: User, reason: str) -> Restriction:
    """Let nothing go by machine to or about somebody any more; a clinician rings instead."""
    _check(reason)
    try:
        made = Restriction.objects.create(person=person, cause=Restriction.Cause.ASKED, why=reason, set_by=by)
    except IntegrityError:
        raise RuleBroken(_("This record is restricted already.")) from None
    made.follow()
    emit(PersonRestricted(made))
    return made


@action(Perm.RESTRICT_PERSON)
def lift(restriction: Restriction, *, by: User, reason: str) -> Restriction:
    """Let messages go again, from the next news on; where another reason for silence holds, it goes on."""
    _check(reason)
    if restriction.cause != Restriction.Cause.ASKED:
        raise RuleBroken(_("Adults disagree here. Decide about that on the page of the adults."))
    if restriction.lifted_at is not None:
        raise RuleBroken(_("Somebody has lifted this already."))
    restriction.end(by=by, why=reason)
    emit(RestrictionLifted(restriction))
    return restriction


def _check(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("Say why."))

"""People who come without a list: they asked us themselves, or a partner sent them (U19)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from peer import clock
from peer.gate import TheService, action
from peer.models import PartnerReferral, Person, User
from peer.roles import Perm
from peer.states import RuleBroken


@dataclass(frozen=True)
class Newcomer:
    """Who somebody is, as they said it."""

    kind: str
    given_name: str
    family_name: str
    born_on: dt.date | None = None
    partner: str = ""


@action(Perm.ADD_PERSON)
def write_down(service: TheService, *, by: User, newcomer: Newcomer) -> Person:
    """Write down somebody who asked us or was sent; whoever we know already is not written down twice."""
    names = {"given_name__iexact": newcomer.given_name, "family_name__iexact": newcomer.family_name}
    if Person.objects.filter(kind=newcomer.kind, born_on=newcomer.born_on, **names).exists():
        raise RuleBroken(_("We know somebody of this name and birth date. Look for them in the list first."))
    person = Person.objects.create(
        kind=newcomer.kind,
        given_name=newcomer.given_name,
        family_name=newcomer.family_name,
        born_on=newcomer.born_on,
    )
    if newcomer.partner:
        PartnerReferral.objects.create(person=person, partner=newcomer.partner, by=by, at=clock.now())
    return person


@action(Perm.ADD_PERSON)
def note_partner(person: Person, *, by: User, partner: str) -> PartnerReferral:
    """Write down which partner sent somebody we know; the same one is noted once."""
    if not partner.strip():
        raise RuleBroken(_("Say which partner."))
    noted, _is_new = PartnerReferral.objects.get_or_create(
        person=person, partner=partner.strip(), defaults={"by": by, "at": clock.now()}
    )
    return noted

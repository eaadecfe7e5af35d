"""Contacts: a number comes in unproved, a conversation proves it, and it can be put aside at once (U1, safety N9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notifications import arrivals
from notifications.models import ContactPoint
from peer.families import Way
from peer.gate import System, action
from peer.models import Person, User
from peer.roles import Perm


@action(Perm.KEEP_CONTACTS)
def add(about: Person, *, by: User | System, ways: Sequence[tuple[Person, Way]], source: str) -> list[ContactPoint]:
    """Write down numbers of a family, not proved yet; a number that others hold too counts as shared (U9)."""
    fresh = {(person.pk, way.number): _contact(person, way, source) for person, way in ways if way.number}
    held = list(ContactPoint.objects.filter(where_hash__in={one.where_hash for one in fresh.values()}))
    mine = {(one.person_id, one.where_hash) for one in held}
    new = [one for one in fresh.values() if (one.person_id, one.where_hash) not in mine]
    holders = Counter(one.where_hash for one in [*held, *new])
    for one in new:
        one.is_shared = holders[one.where_hash] > 1
    now_shared = [one.pk for one in held if holders[one.where_hash] > 1 and not one.is_shared]
    if now_shared:
        ContactPoint.objects.filter(pk__in=now_shared).update(is_shared=True)
    made = ContactPoint.objects.bulk_create(new)
    arrivals.match(made)
    return made


def _contact(person: Person, way: Way, source: str) -> ContactPoint:
    return ContactPoint.for_number(
        way.number,
        person=person,
        source=source,
        language=way.language,
        preferred_channel=way.channel or ContactPoint.Liked.TEXT,
    )


@action(Perm.KEEP_CONTACTS)
def put_aside(contact: ContactPoint, *, by: User, reason: str) -> ContactPoint:
    """Use a number no more; nothing queued for it leaves (N9)."""
    contact.move_to(ContactPoint.State.SUSPENDED, doubt=reason[:60])
    return contact

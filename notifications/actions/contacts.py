"""Contacts: a number comes in unproved, a conversation proves it, and it can be put aside at once (U1, safety N9)."""

from __future__ import annotations

from notifications.models import ContactPoint
from peer.families import Way
from peer.gate import System, action
from peer.models import Person, User
from peer.roles import Perm


@action(Perm.KEEP_CONTACTS)
def add(person: Person, *, by: User | System, way: Way, source: str) -> ContactPoint:
    """Write down a number of a person, not proved yet; a number that others hold too counts as shared (U9)."""
    held = ContactPoint.objects.at_number(way.number)
    mine = held.filter(person=person).first()
    if mine is not None:
        return mine
    is_shared = bool(held.update(is_shared=True))
    contact = ContactPoint.for_number(
        way.number,
        person=person,
        source=source,
        language=way.language,
        preferred_channel=way.channel or ContactPoint.Channel.TEXT,
        is_shared=is_shared,
    )
    contact.save()
    return contact


@action(Perm.KEEP_CONTACTS)
def put_aside(contact: ContactPoint, *, by: User, reason: str) -> ContactPoint:
    """Use a number no more; nothing queued for it leaves (N9)."""
    contact.move_to(ContactPoint.State.SUSPENDED, doubt=reason[:60])
    return contact


@action(Perm.KEEP_CONTACTS)
def prefer(contact: ContactPoint, *, by: User, **wishes: object) -> ContactPoint:
    """Write down how somebody likes to be reached here."""
    for name, value in wishes.items():
        setattr(contact, name, value)
    contact.save(update_fields=list(wishes))
    return contact

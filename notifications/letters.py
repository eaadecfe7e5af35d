"""Letters: their words, and the address that a letter to somebody may go to (U17)."""

from __future__ import annotations

from collections.abc import Mapping

from notifications import languages, messages, routing
from notifications.models import CommunicationNeed, Letter, Notification
from notifications.waits import wait
from peer import clock
from peer.models import ParentRelationship, Person
from peer.roles import Role


def words_of(person: Person, name: str, values: Mapping[str, str]) -> str:
    """Give the words of a letter as they will be printed."""
    words = dict(values) | {"full_name": person.full_name()}
    return messages.fill(routing.LETTER, name, words, language=person.language)


def make(notification: Notification) -> Letter | None:
    """Make a letter ready, or give None where there is no address that it may go to, or no words for one."""
    person = notification.recipient
    address = address_of(person, about=notification.subject)
    if not address or not notification.letter:
        return None
    letter: Letter = Letter.objects.create(
        notification=notification,
        recipient=person,
        address=f"{person.full_name()}\n{address}",
        body=notification.letter,
        language=languages.written(routing.LETTER, person.language),
        is_large_print=person.communication_needs.filter(kind=CommunicationNeed.Kind.LARGE_PRINT).exists(),
        owner_role=Role.CO_ORDINATOR,
        due_at=clock.now() + wait("letter"),
        created_at=clock.now(),
    )
    return letter


def address_of(person: Person, *, about: Person | None) -> str:
    """Give somebody's own address; an adult who lives with the young person may have that one, unless it is hidden."""
    if person.address:
        return str(person.address)
    if about is None or about.location_hidden or not about.address:
        return ""
    lives_there = ParentRelationship.objects.filter(young_person=about, adult=person, lives_with=True)
    return str(about.address) if lives_there.exists() else ""

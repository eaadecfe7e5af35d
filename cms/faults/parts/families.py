"""Families for fault runs: each with a decision of its own that a phone of its own must hear exactly once."""

from __future__ import annotations

from notifications.models import ContactPoint
from peer import clock
from peer.actions import waiting
from peer.models import ParentRelationship, Person, Referral, ServiceRole, TriageDecision, User, WaitingListEntry
from peer.roles import Role


def decide_for(count: int, *, first: int = 100) -> None:
    """Let a clinician decide about `count` families, through the acts that the site uses."""
    kim = decider()
    for number in range(first, first + count):
        waiting.decide(family(number), by=kim, outcome=TriageDecision.Outcome.ACCEPTED, reason="There is a place.")


def decider() -> User:
    """Give the one who decides."""
    kim = User.objects.filter(handle="kim").first() or User.objects.create_user("kim", display_name="Kim")
    ServiceRole.objects.get_or_create(user=kim, role=Role.CO_ORDINATOR)
    ServiceRole.objects.get_or_create(user=kim, role=Role.CLINICIAN)
    return kim


def holder(number: int, *, kind: str, name: str) -> Person:
    """Make a person whose name ends with the number of their phone; the phone is proved."""
    person = Person.objects.create(kind=kind, given_name=f"{name} {number}")
    contact = ContactPoint.for_number(phone(number), person=person, source="fault run", your_word=f"word {number}")
    contact.state, contact.proved_at = ContactPoint.State.PROVED, clock.now()
    contact.save()
    return person


def family(number: int) -> WaitingListEntry:
    """Make a child that waits, and an adult with a phone who may know."""
    child = Person.objects.create(kind=Person.Kind.YOUNG_PERSON, given_name=f"Child {number}")
    adult = holder(number, kind=Person.Kind.PARENT_CARER, name="Parent")
    ParentRelationship.objects.create(young_person=child, adult=adult, may_know="all")
    referral = Referral.objects.create(person=child, reference=f"F{number}", referred_on=clock.today())
    return WaitingListEntry.objects.create(
        referral=referral,
        state=WaitingListEntry.State.RELEASED,
        released_at=clock.now(),
        owner_role=Role.CLINICIAN,
        due_at=clock.now(),
    )


def phone(number: int) -> str:
    """Give a drama number."""
    return f"+447700900{number:03}"

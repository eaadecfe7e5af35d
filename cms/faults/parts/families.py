"""Families for fault runs: each with a decision of its own that a phone of its own must hear exactly once."""

from __future__ import annotations

from notifications.models import ContactPoint
from peer import clock
from peer.actions import waiting
from peer.models import ParentRelationship, Person, Referral, ServiceRole, TriageDecision, User, WaitingListEntry
from peer.roles import Role


def decide_for(count: int, *, first: int = 100) -> None:
    """Let a clinician decide about `count` families, through the acts that the site uses."""
    kim = User.objects.filter(handle="kim").first() or User.objects.create_user("kim", display_name="Kim")
    ServiceRole.objects.get_or_create(user=kim, role=Role.CO_ORDINATOR)
    ServiceRole.objects.get_or_create(user=kim, role=Role.CLINICIAN)
    for number in range(first, first + count):
        waiting.decide(_entry(number), by=kim, outcome=TriageDecision.Outcome.ACCEPTED, reason="There is a place.")


def _entry(number: int) -> WaitingListEntry:
    child = Person.objects.create(kind=Person.Kind.YOUNG_PERSON, given_name=f"Child {number}")
    adult = Person.objects.create(kind=Person.Kind.PARENT_CARER, given_name=f"Parent {number}")
    ParentRelationship.objects.create(young_person=child, adult=adult, may_know="all")
    contact = ContactPoint.for_number(phone(number), person=adult, source="fault run", your_word=f"word {number}")
    contact.state, contact.proved_at = ContactPoint.State.PROVED, clock.now()
    contact.save()
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

"""Factories of contact points and messages, keyword-only, with believable defaults."""

from __future__ import annotations

import datetime as dt
import itertools

from notifications.models import ContactPoint, Delivery, LastResort, Notification
from notifications.models.outbox import PRIORITY, Duty
from peer import clock
from peer.models import Person
from peer.roles import Role
from tests.make import make_person

_numbers = itertools.count(1)


def make_contact(
    *,
    person: Person | None = None,
    number: str = "",
    state: str = ContactPoint.State.PROVED,
    your_word: str = "robin",
    **fields: object,
) -> ContactPoint:
    """Make a number of a person, proved and with a word agreed."""
    person = person or make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat")
    typed = number or f"07700 900{next(_numbers) % 1000:03}"
    contact = ContactPoint.for_number(typed, person=person, source="test", your_word=your_word, state=state, **fields)
    contact.proved_at = clock.now() if state != ContactPoint.State.UNPROVED else None
    contact.save()
    return contact


def make_delivery(
    *,
    contact: ContactPoint | None = None,
    duty: str = Duty.FAMILY,
    channel: str = Delivery.Channel.SMS,
    body: str = "robin: there is news.",
    purpose: str = "request_accepted",
    **fields: object,
) -> Delivery:
    """Make one message that is due now."""
    contact = contact or make_contact()
    now = clock.now()
    notification = Notification.objects.create(
        event_key=f"test:{next(_numbers)}:1",
        recipient=contact.person,
        purpose=purpose,
        duty=duty,
        then=LastResort.PERSON if duty == Duty.FAMILY else "",
        owner_role=Role.CO_ORDINATOR,
        expires_at=now + dt.timedelta(days=1),
    )
    values = {"not_before_at": now, "expires_at": notification.expires_at, "owner_role": Role.CO_ORDINATOR}
    values |= {"due_at": now + dt.timedelta(hours=4), "priority": PRIORITY[Duty(duty)]} | fields
    return Delivery.objects.create(
        notification=notification, contact=contact, duty=duty, channel=channel, body=body, **values
    )

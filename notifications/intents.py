"""Writes an intent and its channels, words fixed, once per news and person; sends nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from notifications import messages, routing
from notifications.models import CallTask, ContactPoint, Delivery, Duty, Notification, OptOut
from notifications.models.outbox import PRIORITY
from notifications.tasks import hint
from notifications.waits import wait
from peer import clock
from peer.models import Person
from peer.roles import Role


@dataclass(frozen=True, kw_only=True)
class Intent:
    """We want one person to know one thing."""

    event_key: str
    person: Person
    purpose: str
    duty: Duty
    words: Mapping[str, str]
    lives: dt.timedelta
    subject: Person | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    to_unproved: bool = False
    contact: ContactPoint | None = None
    owes_call: bool = False


def queue(intent: Intent) -> Notification | None:
    """Write the intent and its deliveries, or give None where this news already reached the outbox (N4)."""
    now = clock.now()
    notification, is_new = Notification.objects.get_or_create(
        event_key=intent.event_key,
        recipient=intent.person,
        defaults={
            "subject": intent.subject,
            "purpose": intent.purpose,
            "duty": intent.duty,
            "created_at": now,
            "expires_at": now + intent.lives,
        },
    )
    if not is_new:
        return None
    contacts = {one.pk: one for one in _contacts(intent)}
    ways = routing.ways(reaches(contacts.values()), duty=intent.duty, now=now, to_unproved=intent.to_unproved)
    ways = [way for way in ways if way.channel in intent.words]
    made = [_delivery(notification, intent, way, contacts[way.contact]) for way in ways]
    if made and intent.duty is Duty.FAMILY:
        made += _next_ways(notification, intent, ways[0], contacts[ways[0].contact])
    Delivery.objects.bulk_create(made)
    if made:
        hint()
    elif intent.owes_call:
        owe_call(notification)
    return notification


def _contacts(intent: Intent) -> list[ContactPoint]:
    if intent.person.deceased_at is not None:
        return []
    return [intent.contact] if intent.contact else list(intent.person.contact_points.order_by("pk"))


def reaches(contacts: Iterable[ContactPoint]) -> list[routing.Reach]:
    """Give routing what it needs to know of contact points, with the stops that hold now."""
    known = list(contacts)
    stops: dict[str, set[str]] = {}
    for row in OptOut.objects.current().filter(number_hash__in=[one.number_hash for one in known]):
        stops.setdefault(row.number_hash, set()).add(row.channel)
    return [
        routing.Reach(
            pk=one.pk,
            is_mobile=one.takes_texts,
            state=one.state,
            prefers_call=one.preferred_channel == ContactPoint.Channel.CALL,
            is_shared=one.is_shared,
            safe_from=one.safe_from,
            safe_to=one.safe_to,
            stopped=frozenset(stops.get(one.number_hash, ())),
        )
        for one in known
    ]


def _delivery(notification: Notification, intent: Intent, way: routing.Way, contact: ContactPoint) -> Delivery:
    words = messages.common() | dict(intent.values)
    words["your_word"] = contact.your_word or words["service"]
    body = messages.fill(way.channel, intent.words[way.channel], language=contact.language, **words)
    is_page = intent.duty is Duty.PAGE
    return Delivery(
        notification=notification,
        channel=way.channel,
        turn=notification.turn,
        contact=contact,
        duty=intent.duty,
        priority=PRIORITY[intent.duty],
        body=body,
        segments=messages.segments(body) if way.channel == routing.SMS else 1,
        not_before_at=way.not_before,
        expires_at=notification.expires_at,
        changed_at=notification.created_at,
        owner_role=Role.SERVICE_MANAGER if is_page else Role.CO_ORDINATOR,
        due_at=way.not_before + wait("page_owed" if is_page else "owed"),
    )


def _next_ways(notification: Notification, intent: Intent, first: routing.Way, contact: ContactPoint) -> list[Delivery]:
    """Write the other channel of the same number, on hold until the first one fails (the cascade's next step)."""
    other = routing.CALL if first.channel == routing.SMS else routing.SMS
    reach = reaches([contact])[0]
    if other not in intent.words or routing.why_not(reach, other, duty=intent.duty, to_unproved=intent.to_unproved):
        return []
    row = _delivery(notification, intent, routing.Way(contact.pk, other, first.not_before), contact)
    row.state, row.reason, row.due_at = Delivery.State.HELD, "next way", notification.expires_at
    return [row]


def owe_call(notification: Notification) -> None:
    """Give a person the task that no machine could do: reach this family (N7); once for each intent."""
    contact = notification.recipient.contact_points.reachable().order_by("pk").first()
    CallTask.objects.get_or_create(
        event_key=notification.event_key,
        person=notification.recipient,
        about=CallTask.About.NOT_REACHED,
        defaults={
            "contact": contact,
            "subject": notification.subject,
            "owner_role": Role.CO_ORDINATOR,
            "due_at": clock.now() + wait("not_reached"),
            "created_at": clock.now(),
        },
    )

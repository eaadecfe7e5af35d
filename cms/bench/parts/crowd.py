"""A crowd for the benches of messages: invented people with proved mobiles, told the same news in chunks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import connection
from django.db.models import Model

from notifications import intents
from notifications.intents import Intent
from notifications.models import ContactPoint, Delivery, DeliveryAttempt, Duty, Notification
from notifications.topics import Topic
from peer import clock
from peer.models import Person

CHUNK = 300
DRAMA = 1_000  # mobile numbers that nobody has; each stands for many people


def gather(count: int) -> None:
    """Invent people, each with a proved mobile; numbers are drama numbers, shared by many."""
    numbers = [ContactPoint.for_number(f"07700 900{number:03}", person=Person(), source="") for number in range(DRAMA)]
    for start in range(0, count, 2_000):
        people = Person.objects.bulk_create(
            Person(kind=Person.Kind.PARENT_CARER, given_name=f"Parent {number}")
            for number in range(start, min(start + 2_000, count))
        )
        ContactPoint.objects.bulk_create(
            ContactPoint(
                person=person,
                kind=ContactPoint.Kind.MOBILE,
                where=numbers[person.pk % DRAMA].where,
                where_hash=numbers[person.pk % DRAMA].where_hash,
                your_word="robin",
                source="bench",
                state=ContactPoint.State.PROVED,
                proved_at=clock.now(),
            )
            for person in people
        )
    _analyze(Person, ContactPoint)


def tell(count: int, *, news: str) -> Iterator[int]:
    """Queue one piece of news to the first people of the crowd, chunk by chunk; each time give how many were queued."""
    people = Person.objects.order_by("pk").iterator(chunk_size=CHUNK)
    chosen = islice(people, count)
    while chunk := list(islice(chosen, CHUNK)):
        yield len(intents.queue_all([_intent(person, news) for person in chunk]))


def _intent(person: Person, news: str) -> Intent:
    return Intent(
        event_key=f"bench:{news}:1",
        person=person,
        purpose="request_accepted",
        duty=Duty.FAMILY,
        words={"sms": "news"},
        lives=dt.timedelta(days=7),
        topic=Topic.NEWS,
    )


def page(number: int) -> None:
    """Page the person of that number in the crowd."""
    person = Person.objects.order_by("pk")[number - 1]
    intents.queue(
        Intent(
            event_key="bench:page:1",
            person=person,
            purpose="page",
            duty=Duty.PAGE,
            words={"sms": "page_link"},
            values={"link": "http://localhost/"},
            lives=dt.timedelta(hours=1),
        )
    )


def forget() -> None:
    """Empty the outbox, so that nobody has had their four texts of the day."""
    tables = ", ".join(model._meta.db_table for model in (DeliveryAttempt, Delivery, Notification))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def _analyze(*models: type[Model]) -> None:
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def queue(count: int, *, news: str) -> Sequence[int]:
    """Empty the outbox, queue one text to each of the first people, and give the keys of the messages."""
    forget()
    sum(tell(count, news=news))
    _analyze(Delivery)
    return list(Delivery.objects.order_by("pk").values_list("pk", flat=True))

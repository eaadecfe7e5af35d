"""Writes intents and their channels, words fixed, once per news and person; sends nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from notifications import letters, messages, routing, theirs
from notifications.models import (
    CallTask,
    CommunicationNeed,
    ContactPoint,
    ContactPreference,
    Delivery,
    Duty,
    Notification,
    OptOut,
)
from notifications.models.outbox import PRIORITY
from notifications.tasks import hint
from notifications.topics import Topic
from notifications.waits import scaled, wait
from peer import clock
from peer.crash import crash_point
from peer.models import Consent, Person
from peer.roles import Role

EVERY_WAY = frozenset(routing.USUAL)
NEXT_WAY = "next way"  # the reason of a way that waits for the one before it to bring no sign


@dataclass(frozen=True, kw_only=True)
class Intent:
    """We want one person to know one thing; `words` names a file for each channel that may carry it.

    `cascade` names the row of cascade.toml by which one way follows another where nothing shows that it was received;
    without it, the next way follows a failure alone, and after the last one a person rings where `owes_call` says so.
    """

    event_key: str
    person: Person
    purpose: str
    duty: Duty
    words: Mapping[str, str]
    lives: dt.timedelta
    topic: str = ""
    subject: Person | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    cascade: str = ""
    to_unproved: bool = False
    contact: ContactPoint | None = None
    owes_call: bool = False

    def is_restricted(self) -> bool:
        """Tell whether the record of the person, or of whom it is about, allows no automatic message."""
        return any(one is not None and one.restricted_at is not None for one in (self.person, self.subject))

    def then(self) -> str:
        """Say what comes after the last way."""
        if self.cascade:
            return routing.cascades()[self.cascade].then
        return routing.PERSON if self.owes_call else ""


@dataclass(frozen=True)
class Known:
    """How one person can be reached about one topic."""

    contacts: dict[int, ContactPoint]
    reaches: list[routing.Reach]
    wishes: routing.Wishes


def queue(intent: Intent) -> Notification | None:
    """Write the intent and its deliveries, or give None where this news already reached the outbox (N4)."""
    written = queue_all([intent])
    return written[0] if written else None


def queue_all(intents: Sequence[Intent]) -> list[Notification]:
    """Write intents in a few statements, however many they are; what was written before is left alone."""
    planned = {row.public_id: (row, intent) for intent in _unwritten(intents) for row in [_notification(intent)]}
    crash_point("C1_news")
    Notification.objects.bulk_create([row for row, _intent in planned.values()], ignore_conflicts=True)
    keys = Notification.objects.filter(public_id__in=planned).values_list("public_id", "pk")
    written = [(planned[public_id], pk) for public_id, pk in keys]  # a rival's row is his to go on with
    known = known_of([intent for (_row, intent), _pk in written])
    going: list[Delivery] = []
    stranded: list[Notification] = []
    for (row, intent), pk in written:
        row.pk = pk
        row._state.adding = False
        made = _deliveries(row, intent, known[intent.topic, intent.person.pk])
        going += made
        stranded += [] if made else [row]
    Delivery.objects.bulk_create(going)
    crash_point("C2_queued")
    if going:
        hint()
    for row in stranded:
        if row.then:
            hand_over(row)
    return [row for (row, _intent), _pk in written]


def _unwritten(intents: Sequence[Intent]) -> list[Intent]:
    """Leave out what was written before, and whatever is to or about somebody who died (U6)."""
    wanted = {
        (intent.event_key, intent.person.pk): intent for intent in reversed(intents) if not _is_about_the_dead(intent)
    }
    held = Notification.objects.filter(
        event_key__in={key for key, _person in wanted}, recipient__in={person for _key, person in wanted}
    )
    for key in held.values_list("event_key", "recipient_id"):
        wanted.pop(key, None)
    return list(reversed(wanted.values()))


def _is_about_the_dead(intent: Intent) -> bool:
    return any(one is not None and one.deceased_at is not None for one in (intent.person, intent.subject))


def _notification(intent: Intent) -> Notification:
    now = clock.now()
    then = intent.then()
    letter = intent.words.get(routing.LETTER, "") if then == routing.LETTER else ""
    return Notification(
        event_key=intent.event_key,
        recipient=intent.person,
        subject=intent.subject,
        purpose=intent.purpose,
        topic=intent.topic,
        duty=intent.duty,
        then=then,
        letter=letters.words_of(intent.person, letter, dict(intent.values)) if letter else None,
        owner_role=Role.CO_ORDINATOR if then else "",
        created_at=now,
        expires_at=now + intent.lives,
    )


def known_of(intents: Iterable[Intent]) -> dict[tuple[str, int], Known]:
    """Read how the people of some intents can be reached: five statements for each topic, however many people."""
    by_topic: dict[str, list[Intent]] = defaultdict(list)
    for intent in intents:
        by_topic[intent.topic].append(intent)
    return {
        (topic, person): known
        for topic, some in by_topic.items()
        for person, known in _known_about(topic, some).items()
    }


def _known_about(topic: str, intents: Sequence[Intent]) -> dict[int, Known]:
    people = {intent.person.pk: intent for intent in intents}
    contacts: dict[int, dict[int, ContactPoint]] = {pk: {} for pk in people}
    for one in ContactPoint.objects.filter(person__in=people).order_by("pk"):
        if _may_use(one, people[one.person_id]):
            contacts[one.person_id][one.pk] = one
    ways = {reach.pk: reach for reach in reaches([one for own in contacts.values() for one in own.values()], topic)}
    orders = dict(ContactPreference.objects.filter(person__in=people, topic=topic).values_list("person_id", "channels"))
    needs: dict[int, set[str]] = defaultdict(set)
    for person, kind in CommunicationNeed.objects.filter(person__in=people).values_list("person_id", "kind"):
        needs[person].add(kind)
    return {
        pk: Known(
            own, [ways[one] for one in own], routing.Wishes(order=tuple(orders.get(pk, ())), needs=frozenset(needs[pk]))
        )
        for pk, own in contacts.items()
    }


def _may_use(contact: ContactPoint, intent: Intent) -> bool:
    """Keep to the one number where one was named; nothing goes by machine to or about a restricted record."""
    restricted = intent.duty is Duty.FAMILY and intent.is_restricted()
    return not restricted and (intent.contact is None or intent.contact.pk == contact.pk)


def reaches(contacts: Iterable[ContactPoint], topic: str = "") -> list[routing.Reach]:
    """Give routing what it needs to know of contact points, with the stops and wishes that hold now for a topic."""
    known = list(contacts)
    off = ContactPreference.objects.filter(person__in={one.person_id for one in known}, topic=topic, is_off=True)
    want_nothing = set(off.values_list("person_id", flat=True)) if topic else set()
    stops: dict[str, set[str]] = defaultdict(set)
    for row in OptOut.objects.current().filter(where_hash__in=[one.where_hash for one in known], topic__in={"", topic}):
        stops[row.where_hash].add(row.channel)
    covered = Consent.objects.scopes({one.person_id for one in known}, Consent.Purpose.TEXTS)
    return [
        routing.Reach(
            pk=one.pk,
            carries=one.channels(),
            state=one.state,
            prefers_call=one.preferred_channel == ContactPoint.Liked.CALL,
            is_shared=one.is_shared,
            safe_from=one.safe_from,
            safe_to=one.safe_to,
            stopped=frozenset(stops[one.where_hash]) | (EVERY_WAY if one.person_id in want_nothing else frozenset()),
            refused=_refused(covered.get(one.person_id), topic),
        )
        for one in known
    ]


def _refused(covered: frozenset[str] | None, topic: str) -> frozenset[str]:
    """Name the way that somebody's answer about texts closes; without an answer news rests on direct care (U1, C4)."""
    is_closed = covered is not None and (topic or Topic.NEWS) not in covered
    return frozenset({routing.SMS}) if is_closed else frozenset()


def _deliveries(notification: Notification, intent: Intent, known: Known) -> list[Delivery]:
    """Write down every way this may go, the first to go now, the others on hold until it is their turn."""
    ways = routing.ways(
        known.reaches,
        duty=intent.duty,
        now=notification.created_at,
        has_words=intent.words,
        to_unproved=intent.to_unproved,
        wishes=known.wishes,
        cascade=intent.cascade,
    )
    made = [_delivery(notification, intent, way, known) for way in ways]
    for later in made[1:] if intent.duty is Duty.FAMILY else []:
        later.state, later.reason, later.due_at = Delivery.State.HELD, NEXT_WAY, notification.expires_at
    return made


def _delivery(notification: Notification, intent: Intent, way: routing.Way, known: Known) -> Delivery:
    contact = known.contacts[way.contact]
    is_page = intent.duty is Duty.PAGE
    words = values_at(contact, notification.recipient, intent.values)
    easy = CommunicationNeed.Kind.EASY_WORDS in known.wishes.needs
    language = messages.template(way.channel, intent.words[way.channel], contact.language, easy=easy).language
    body = messages.fill(way.channel, intent.words[way.channel], words, language=language, easy=easy)
    return Delivery(
        notification=notification,
        channel=way.channel,
        turn=notification.turn,
        contact=contact,
        duty=intent.duty,
        priority=PRIORITY[intent.duty],
        body=body,
        language=language,
        segments=messages.segments(body) if way.channel == routing.SMS else 1,
        not_before_at=way.not_before,
        patience=scaled(way.patience),
        expires_at=notification.expires_at,
        changed_at=notification.created_at,
        owner_role=Role.SERVICE_MANAGER if is_page else Role.CO_ORDINATOR,
        due_at=way.not_before + wait("page_owed" if is_page else "owed"),
    )


def values_at(contact: ContactPoint, person: Person, given: Mapping[str, str]) -> dict[str, str]:
    """Give the values of the words to one person at one number or address: theirs, and the word agreed there."""
    values = messages.common() | dict(given)
    return values | {"your_word": contact.your_word or values["service"], "first_name": person.given_name}


def is_restricted(told: Notification) -> bool:
    """Tell whether only a person may bring this: a letter is written by a machine too."""
    return any(one is not None and one.restricted_at is not None for one in (told.recipient, told.subject))


def hand_over(notification: Notification) -> None:
    """Give what no machine could do to a person: a letter to post where there is an address, or a call to make (N7)."""
    if theirs.is_closed(notification):
        theirs.take_over(notification)
        return
    taken = Notification.objects.unanswered().filter(pk=notification.pk)
    if not taken.update(handed_over_at=clock.now(), due_at=None):
        return
    if notification.then == routing.LETTER and not is_restricted(notification) and letters.make(notification):
        return
    owe_call(notification)


def owe_call(notification: Notification) -> None:
    """Give a person the task that no machine could do: reach this family (N7); once for each intent."""
    recipient = notification.recipient
    contact = recipient.contact_points.reachable().phones().order_by("pk").first()
    CallTask.objects.get_or_create(
        event_key=notification.event_key,
        person=recipient,
        about=CallTask.About.NOT_REACHED,
        defaults={
            "contact": contact,
            "subject": notification.subject,
            "language": contact.language if contact else recipient.language,
            "owner_role": Role.CLINICIAN if is_restricted(notification) else Role.CO_ORDINATOR,
            "due_at": clock.now() + wait("not_reached"),
            "created_at": clock.now(),
        },
    )

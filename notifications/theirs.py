"""News of a young person that an adult may hear no more: it stays here, and the young person is rung (U7, C5)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q

from notifications.models import CallTask, Delivery, Duty, Letter, Notification
from notifications.models.calls import CallTaskQuerySet
from notifications.waits import wait
from peer import adults, clock
from peer.models import Person
from peer.roles import Role

NOT_THEIRS = "not theirs"  # the reason a delivery keeps; staff alone read it
WAITING = (Delivery.State.PENDING, Delivery.State.CLAIMED, Delivery.State.HELD)
RUNG = (CallTask.About.WEIGHTY_NEWS, CallTask.About.NOT_REACHED, CallTask.About.CHECK_IN, CallTask.About.INTERPRETER)


def about_others(rows: Iterable[Notification]) -> set[int]:
    """Name the young people whom news to somebody else is about, and who now decide whether adults hear it."""
    subjects = {row.subject_id for row in rows if row.subject_id and row.subject_id != row.recipient_id}
    return adults.closed(subjects) if subjects else set()


def is_closed(notification: Notification) -> bool:
    """Tell whether this news is for an adult who may not hear it any more."""
    return notification.duty == Duty.FAMILY and bool(about_others([notification]))


def take_over(notification: Notification) -> None:
    """Let news rest that was for an adult, and give it to the young person by a person's call, once (N1)."""
    Notification.objects.unanswered().filter(pk=notification.pk).update(
        due_at=None, then="", handed_over_at=clock.now()
    )
    notification.deliveries.filter(state__in=WAITING).update(
        state=Delivery.State.CANCELLED,
        reason=NOT_THEIRS,
        body=None,
        lease_token="",
        lease_until_at=None,
        changed_at=clock.now(),
    )
    Letter.objects.filter(notification=notification, state=Letter.State.TO_PRINT).update(
        state=Letter.State.CANCELLED, due_at=None
    )
    rings = CallTask.objects.filter(event_key=notification.event_key, state__in=CallTask.WAITING)
    if not rings.exclude(person=notification.subject_id).exists():
        _ring_instead(notification)


def _ring_instead(notification: Notification) -> None:
    subject = notification.subject
    heard = Notification.objects.filter(event_key=notification.event_key, recipient=notification.subject_id)
    if subject is None or subject.deceased_at is not None or heard.exists():
        return
    _owe(subject, event_key=notification.event_key, about=CallTask.About.NOT_REACHED)


def pass_on(task: CallTask) -> None:
    """Ring the young person themselves instead of the adult whom this call was for."""
    if task.subject is None or not CallTask.objects.filter(pk=task.pk, state__in=CallTask.WAITING).update(
        state=CallTask.State.CANCELLED, due_at=None
    ):
        return
    about = CallTask.About(task.about)
    _owe(task.subject, event_key=task.event_key, about=about, owner_role=task.owner_role, ring_from=task)


def _owe(
    person: Person, *, event_key: str, about: CallTask.About, owner_role: str = "", ring_from: CallTask | None = None
) -> None:
    contact = person.contact_points.reachable().phones().order_by("is_shared", "pk").first()
    CallTask.objects.get_or_create(
        event_key=event_key,
        person=person,
        about=about,
        defaults={
            "contact": contact,
            "subject": person,
            "language": contact.language if contact else person.language,
            "owner_role": owner_role or Role.CLINICIAN,
            "ring_from_at": ring_from.ring_from_at if ring_from else None,
            "due_at": ring_from.due_at if ring_from else clock.now() + wait("not_reached"),
            "created_at": clock.now(),
        },
    )


def close(young_person: Person) -> None:
    """Let everything rest that adults were still to hear of one young person."""
    mine = Notification.objects.unanswered().filter(subject=young_person, duty=Duty.FAMILY)
    for notification in mine.exclude(recipient=young_person).select_related("subject").order_by("pk"):
        take_over(notification)
    for task in _calls().filter(subject=young_person):
        pass_on(task)


def watch() -> int:
    """Pass on the calls that adults were to get about young people who decide by now: a birthday has no news."""
    tasks = list(_calls())
    closed = adults.closed({task.subject_id for task in tasks if task.subject_id})
    passing = [task for task in tasks if task.subject_id in closed]
    for task in passing:
        pass_on(task)
    return len(passing)


def _calls() -> CallTaskQuerySet:
    rows = CallTask.objects.filter(state__in=CallTask.WAITING, about__in=RUNG, subject__isnull=False)
    return rows.filter(~Q(subject=F("person"))).select_related("subject").order_by("pk")

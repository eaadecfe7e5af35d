"""Numbers that were proved long ago, or where nothing is heard of: in doubt until somebody has rung (N9, H04)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from notifications.models import CallTask, ContactPoint, DeliveryAttempt
from notifications.waits import wait
from peer import clock, workdays
from peer.models import ParentRelationship, Person
from peer.roles import Role

BATCH = 200
PROVE_WITHIN = 5  # working days
OLD, SILENT = "proved long ago", "nothing heard of"

Outcome = DeliveryAttempt.Outcome
WENT = (Outcome.ACCEPTED, Outcome.UNANSWERED)


def doubt_old() -> int:
    """Put in doubt what is due, at most so many, each once, and owe a call for each; give how many."""
    done = 0
    for due, why in ((_old(), OLD), (_silent(), SILENT)):
        done += _doubt(due, why, most=BATCH - done)
    return done


def _doubt(due: QuerySet[ContactPoint], why: str, *, most: int) -> int:
    with transaction.atomic():
        rows = list(due.annotate(child=_child()).select_related("person").select_for_update(
            of=("self",), skip_locked=True
        )[:most])  # fmt: skip
        keys = [row.pk for row in rows]
        ContactPoint.objects.filter(pk__in=keys, state=ContactPoint.State.PROVED).update(
            state=ContactPoint.State.SUSPECT, doubt=why
        )
        CallTask.objects.bulk_create([_task(row) for row in rows], ignore_conflicts=True)
    return len(rows)


def _phones() -> QuerySet[ContactPoint]:
    """Keep proved phones of living families; a member of staff proves theirs by being paged."""
    phones = ContactPoint.objects.phones().filter(state=ContactPoint.State.PROVED, person__deceased_at=None)
    return phones.exclude(person__kind=Person.Kind.STAFF).order_by("proved_at", "pk")


def _old() -> QuerySet[ContactPoint]:
    return _phones().filter(proved_at__lt=clock.now() - wait("proof_lasts"))


def _silent() -> QuerySet[ContactPoint]:
    """Keep where a message went that long ago, and neither it nor a later one was heard of since."""
    long_ago = clock.now() - wait("nothing_heard")
    heard = Greatest(Coalesce(F("heard_of_at"), F("proved_at")), F("proved_at"))
    went = DeliveryAttempt.objects.filter(
        delivery__contact=OuterRef("pk"), outcome__in=WENT, begun_at__lt=long_ago, begun_at__gt=OuterRef("heard")
    )
    quiet = _phones().filter(Q(heard_of_at=None) | Q(heard_of_at__lt=long_ago), proved_at__lt=long_ago)
    return quiet.annotate(heard=heard).filter(Exists(went))


def _child() -> Subquery:
    around = ParentRelationship.objects.filter(adult=OuterRef("person"), must_not_be_told=False)
    return Subquery(around.order_by("pk").values("young_person")[:1])


def _task(contact: ContactPoint) -> CallTask:
    person = contact.person
    is_young = person.kind == Person.Kind.YOUNG_PERSON
    return CallTask(
        event_key=f"contact:{contact.pk}:{contact.proved_at:%Y-%m-%d}",
        person=person,
        subject_id=person.pk if is_young else contact.child,  # type: ignore[attr-defined]  # annotated
        contact=contact,
        about=CallTask.About.PROVE_AGAIN,
        language=contact.language,
        owner_role=Role.CLINICIAN if person.restricted_at else Role.CO_ORDINATOR,
        due_at=workdays.due(days=PROVE_WITHIN),
        created_at=clock.now(),
    )

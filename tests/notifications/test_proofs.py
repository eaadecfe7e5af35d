"""A number proved long ago, or of which nothing is heard, is in doubt once, and somebody rings (N9, H04)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.accounts import Adapter
from notifications import outbox, proofs
from notifications.actions import calls
from notifications.models import CallTask, ContactPoint, DeliveryAttempt, Duty
from peer import clock
from peer.models import ParentRelationship, Person
from peer.roles import Role
from tests.make import make_person, make_user
from tests.notifications.make import make_contact, make_delivery

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


def on(days: float):
    return clock.at(NOON + dt.timedelta(days=days))


def contact(**fields: object) -> ContactPoint:
    with clock.at(NOON):
        return make_contact(**fields)


def went(point: ContactPoint, *, day: float, outcome: str = "accepted") -> None:
    with on(day):
        row = make_delivery(contact=point, state="accepted")
        DeliveryAttempt.objects.create(
            token=f"t{row.pk}", delivery=row, begun_at=clock.now(), outcome=outcome, answered_at=clock.now()
        )


def doubted(point: ContactPoint, *, day: float) -> str:
    with on(day):
        proofs.doubt_old()
    point.refresh_from_db()
    return point.doubt if point.state == "suspect" else ""


def test_after_180_days_a_number_is_in_doubt_once_and_a_call_is_owed() -> None:
    point = contact()
    child = make_person()
    ParentRelationship.objects.create(young_person=child, adult=point.person)
    assert doubted(point, day=179) == ""
    assert doubted(point, day=181) == proofs.OLD
    assert doubted(point, day=182) == proofs.OLD
    task = CallTask.objects.get()
    assert (task.about, task.person, task.subject, task.contact) == ("prove_again", point.person, child, point)
    assert (task.owner_role, task.state) == (Role.CO_ORDINATOR, "open")
    assert NOON + dt.timedelta(days=181) < task.due_at < NOON + dt.timedelta(days=190)


def test_no_news_goes_there_until_somebody_has_rung_and_then_it_does() -> None:
    point = contact()
    assert doubted(point, day=181)
    kim = make_user(roles=(Role.CO_ORDINATOR,))
    with on(181.1):
        make_delivery(contact=point)
        assert outbox.begin(outbox.claim(duties=tuple(Duty), most=9)) == []
        calls.spoke(CallTask.objects.get(about="prove_again"), by=kim)
        make_delivery(contact=point)
        assert len(outbox.begin(outbox.claim(duties=tuple(Duty), most=9))) == 1
    assert doubted(point, day=300) == ""
    assert doubted(point, day=362) == proofs.OLD
    assert CallTask.objects.filter(about="prove_again").count() == 2


@pytest.mark.parametrize(
    ("sent", "outcome", "heard", "day", "why"),
    [
        (10, "accepted", None, 69, ""),
        (10, "accepted", None, 71, proofs.SILENT),
        (10, "unanswered", None, 71, proofs.SILENT),
        (10, "refused", None, 71, ""),
        (10, "accepted", 11, 100, ""),
        (20, "accepted", 11, 100, proofs.SILENT),
        (95, "accepted", 11, 100, ""),
        (None, "", None, 100, ""),
    ],
)
def test_sixty_days_after_a_message_of_which_nothing_was_heard(sent, outcome, heard, day, why) -> None:
    point = contact()
    if sent is not None:
        went(point, day=sent, outcome=outcome)
    if heard is not None:
        ContactPoint.objects.update(heard_of_at=NOON + dt.timedelta(days=heard))
    assert doubted(point, day=day) == why


def test_a_conversation_counts_as_heard_of() -> None:
    point = contact()
    went(point, day=10)
    ContactPoint.objects.update(proved_at=NOON + dt.timedelta(days=50))
    assert doubted(point, day=100) == ""


@pytest.mark.parametrize("what", ["unproved", "suspended", "staff", "dead", "email"])
def test_what_is_not_a_family_s_proved_phone_is_left_alone(what: str) -> None:
    point = contact(state=what if what in {"unproved", "suspended"} else "proved")
    if what == "email":
        ContactPoint.objects.update(kind="email")
    Person.objects.update(
        kind="staff" if what == "staff" else "parent_carer", deceased_at=NOON if what == "dead" else None
    )
    assert doubted(point, day=400) == ""
    assert not CallTask.objects.exists()


def test_a_restricted_person_is_rung_by_a_clinician() -> None:
    point = contact()
    Person.objects.update(restricted_at=NOON)
    assert doubted(point, day=181)
    assert CallTask.objects.get().owner_role == Role.CLINICIAN


def test_a_code_that_came_back_proves_the_number_anew() -> None:
    young = make_person()
    point = contact(person=young)
    with on(170):
        Adapter().set_phone_verified(make_user(person=young), f"number-{point.where_hash}")
    assert doubted(point, day=181) == ""


def test_a_pass_takes_no_more_than_a_batch_in_a_few_statements(monkeypatch) -> None:
    monkeypatch.setattr(proofs, "BATCH", 3)
    with clock.at(NOON):
        for _ in range(7):
            make_contact()
    with on(181):
        with CaptureQueriesContext(connection) as seen:
            assert proofs.doubt_old() == 3
        assert len(seen) <= 12
        assert [proofs.doubt_old(), proofs.doubt_old(), proofs.doubt_old()] == [3, 1, 0]
    assert CallTask.objects.count() == 7

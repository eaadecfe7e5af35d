"""A yes taken back while a sender is at work: whoever was first, nothing begins after the withdrawal (C3, C5, N8, G4)."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
from django.db import connections, transaction

from notifications import outbox
from notifications.actions import texts
from notifications.models import CallTask, Delivery, Duty
from peer import clock
from peer.actions import consents
from peer.models import ParentRelationship, User
from tests.make import make_person, make_user
from tests.notifications.make import make_contact, make_delivery

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
BLOCKED = 0.4  # seconds in which a rival that need not wait would long be through
ROUNDS = 5


@dataclass
class Case:
    """One message that rests on a yes, and the act that takes the yes back."""

    row: Delivery
    withdraw: Callable[[], object]
    reason: str


def of_texts() -> Case:
    """News of the wait to an adult who wants no more texts."""
    user = make_user(person=make_person(kind="parent_carer", born_on=None))
    row = make_delivery(contact=make_contact(person=user.person))
    return Case(row, lambda: consents.take_back(user.person, by=user, purpose="texts"), "no consent")


def of_parent_news() -> Case:
    """News of somebody of 16 to a parent whom they had let hear it."""
    asha = make_person(born_on=dt.date(2010, 1, 1))
    pat = make_person(kind="parent_carer", given_name="Pat", born_on=None)
    ParentRelationship.objects.create(young_person=asha, adult=pat, may_know="all")
    user: User = make_user(person=asha)
    consents.note(asha, by=make_user(name="Dr Lee", roles=("clinician",)), purpose="parent_news", given=True)
    make_contact(person=asha)
    row = make_delivery(contact=make_contact(person=pat))
    row.notification.subject = asha
    row.notification.save()
    return Case(row, lambda: consents.take_back(asha, by=user, purpose="parent_news"), "not theirs")


def of_stop() -> Case:
    """The same news, and a STOP by text."""
    contact = make_contact()
    row = make_delivery(contact=contact)
    sid = f"SM{row.pk}"
    return Case(row, lambda: texts.take_text(sid, sender=contact.where, body="STOP"), "stopped")


CASES = (of_texts, of_parent_news, of_stop)


def send() -> None:
    """Begin whatever is due."""
    token = outbox.claim(duties=tuple(Duty), most=5)
    if token:
        outbox.begin(token)


def run(*works: Callable[[], object]) -> list[threading.Thread]:
    """Start works at once, each with a connection and the clock of its own."""

    def alone(work: Callable[[], object]) -> None:
        try:
            with clock.at(NOON):
                work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=alone, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    return threads


def end(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive(), "two works wait for each other"


def hold(work: Callable[[], object], *, done: threading.Event, commit: threading.Event) -> Callable[[], None]:
    """Do a work and leave its transaction open until it is told to commit."""

    def held() -> None:
        with transaction.atomic():
            work()
            done.set()
            commit.wait(30)

    return held


def test_a_sender_waits_for_a_withdrawal_that_is_not_committed_yet_and_begins_nothing() -> None:
    for make in CASES:
        with clock.at(NOON):
            case = make()
            token = outbox.claim(duties=tuple(Duty), most=5)
        done, commit = threading.Event(), threading.Event()
        first = run(hold(case.withdraw, done=done, commit=commit))
        assert done.wait(30)
        second = run(partial(outbox.begin, token))
        second[0].join(BLOCKED)
        waited = second[0].is_alive()
        commit.set()
        end(first + second)
        case.row.refresh_from_db()
        assert waited, "the sender did not ask for the lock that the withdrawal holds"
        assert (case.row.attempts.count(), case.row.state, case.row.reason) == (0, "cancelled", case.reason)


def test_a_withdrawal_waits_for_a_try_that_is_being_written_and_is_the_last_word() -> None:
    for make in CASES:
        with clock.at(NOON):
            case = make()
        done, commit = threading.Event(), threading.Event()
        first = run(hold(send, done=done, commit=commit))
        assert done.wait(30)
        second = run(case.withdraw)
        second[0].join(BLOCKED)
        waited = second[0].is_alive()
        commit.set()
        end(first + second)
        assert waited, "the withdrawal did not ask for the lock that the sender holds"
        with clock.at(NOON):
            send()
        assert case.row.attempts.count() == 1


def test_of_many_meetings_none_ends_with_a_try_after_the_withdrawal() -> None:
    for make in CASES * ROUNDS:
        with clock.at(NOON):
            case = make()
        counted = meet(case)
        with clock.at(NOON):
            send()
        case.row.refresh_from_db()
        assert case.row.attempts.count() == counted, "a try began after the withdrawal was committed"
        assert (case.row.state, counted) in {("cancelled", 0), ("sending", 1)}
        rung = CallTask.objects.filter(event_key=case.row.notification.event_key).values_list("person__kind", flat=True)
        assert len(rung) == 1 or counted  # what does not go is a person's call
        assert make is not of_parent_news or "parent_carer" not in rung


def meet(case: Case) -> int:
    """Let a withdrawal and a sender start at once; count the tries at the moment of the withdrawal's commit."""
    gate, counted = threading.Barrier(2), []

    def withdraw() -> None:
        gate.wait()
        case.withdraw()
        counted.append(case.row.attempts.count())

    def rush() -> None:
        gate.wait()
        send()

    end(run(withdraw, rush))
    return counted[0]

"""All the help of one young person on one page, at any hour, and a page for nobody else (S41)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms import crisis
from peer import clock
from peer.actions import appointments, signposts
from peer.models import Person, User
from peer.roles import Role
from tests.make import make_group, make_member, make_person, make_user
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db


def opened(user: User) -> str:
    client = Client()
    client.force_login(user)
    page = client.get("/my-plan/")
    assert page.status_code == 200
    return page.content.decode()


def test_everything_that_is_there_for_one_person_stands_on_one_page_at_any_hour() -> None:
    entry = make_entry(state="released")
    asha = make_user(person=entry.person)
    make_member(group=make_group(title="Lantern"), user=asha, name="Fern")
    lee = make_user(name="Lee", person=make_person(kind="staff"), roles=(Role.CLINICIAN,))
    at = clock.now() + dt.timedelta(days=3)
    appointments.plan(entry.person, by=lee, starts_at=at)
    signposts.point(entry.person, by=lee, services={uuid.uuid4(): "Calm Corner"}, why="It is near you.")
    signposts.point(make_person(), by=lee, services={uuid.uuid4(): "Elsewhere"}, why="For somebody else.")
    night = clock.now().replace(hour=2, minute=30)
    with clock.at(night):
        page = opened(asha)
    for words in ("Here’s what we know", "Your appointments", "Lantern", "Calm Corner", "It is near you."):
        assert words in page, words
    assert "Elsewhere" not in page
    main = page.partition("<main")[2]
    assert all(line.href in main for line in crisis.LINES), "round the clock, in the middle of the page"


def test_whoever_has_nothing_yet_reads_who_answers() -> None:
    page = opened(make_user(person=make_person()))
    assert "At any hour" in page
    assert "Other help</h2>" not in page


@pytest.mark.parametrize("kind", [Person.Kind.STAFF, Person.Kind.PARENT_CARER])
def test_it_is_a_page_for_young_people_alone(kind: str) -> None:
    client = Client()
    client.force_login(make_user(person=make_person(kind=kind)))
    assert client.get("/my-plan/").status_code == 404


def test_more_of_it_costs_no_more_questions() -> None:
    entry = make_entry(state="released")
    asha = make_user(person=entry.person)
    lee = make_user(name="Lee", person=make_person(kind="staff"), roles=(Role.CLINICIAN,))
    counts = []
    for _round in range(3):
        for number in range(2):
            make_member(group=make_group(), user=asha, name=f"Fern {number}")
        signposts.point(entry.person, by=lee, services={uuid.uuid4(): "Near"}, why="Near.")
        with CaptureQueriesContext(connection) as said:
            opened(asha)
        counts.append(len(said))
    assert counts[1] == counts[2]

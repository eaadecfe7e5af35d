"""Who looked: each look of staff at a record, with role and reason, and nothing of anybody else (S69)."""

from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from moderation.actions import reports
from moderation.models import PostReport
from peer import clock, gate, held, looks
from peer.actions import adults, restrictions, shown_decisions
from peer.actions.adults import Noted
from peer.models import AuditEvent, ParentRelationship, Person, User
from peer.roles import Role
from tests.architecture.test_texts import wrong_words
from tests.make import make_member, make_open_group, make_person, make_phone, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> Person:
    return make_person()


@pytest.fixture
def lee() -> User:
    return make_user(name="Dr Jin Lee", roles=(Role.CLINICIAN,))


def lines(person: Person) -> list[tuple[str, str]]:
    return [(look.who, look.why) for look in looks.of(person)[0]]


def test_a_look_shows_with_role_and_reason(asha: Person, lee: User) -> None:
    gate.looked(asha, by=lee, why="caseload")
    gate.looked(make_phone(person=asha), by=lee, why="hello call")
    assert lines(asha) == [
        ("a clinician", "Looked up your number, to ring and say hello."),
        ("a clinician", "Opened your page, to look after you while you wait."),
    ]


def test_nobody_s_name_shows(asha: Person, lee: User) -> None:
    gate.looked(asha, by=lee, why="Jin was curious")
    assert lines(asha) == [("a clinician", "Looked at your record.")]


def test_looks_at_others_are_not_there(asha: Person, lee: User) -> None:
    gate.looked(make_person(), by=lee, why="caseload")
    gate.looked(make_phone(person=make_person(kind="parent_carer")), by=lee, why="call task")
    assert lines(asha) == []


def test_the_role_is_that_of_the_time_of_the_look(asha: Person, lee: User) -> None:
    with clock.at(clock.now() - dt.timedelta(days=3)):
        gate.looked(asha, by=lee, why="caseload")
    assert lines(asha)[0][0] == "somebody in our team"


def test_a_parent_s_word_and_a_report_leave_nothing_to_see(lee: User) -> None:
    group = make_open_group()
    author = make_member(group=group)
    person = author.person
    relation = ParentRelationship.objects.create(
        young_person=person, adult=make_person(kind="parent_carer", given_name="Pat")
    )
    noted = Noted(
        lives_with=True, has_parental_responsibility=True, may_know="all", must_not_be_told=False, says="objects"
    )
    adults.note(relation, by=lee, noted=noted)
    restrictions.restrict(person, by=lee, reason="Asked by Pat")
    post = make_post(author=author, state="approved")
    other = make_member(group=group).user
    assert other
    reports.report(post, by=other, worry=PostReport.Reason.UNKIND, is_urgent=False, words="x")
    assert lines(person) == []


def test_what_a_safeguarding_lead_keeps_back_is_not_there(asha: Person, lee: User) -> None:
    gate.looked(asha, by=lee, why="caseload")
    event = AuditEvent.objects.get(action="looked")
    lead = make_user(roles=(Role.SAFEGUARDING_LEAD,))
    shown_decisions.withhold_look(event, by=lead, person=asha, reason="He reads her phone.")
    assert lines(asha) == []


def test_a_long_list_goes_on_and_costs_the_same(
    asha: Person, lee: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(looks.PAGE + 5):
        gate.looked(asha, by=lee, why="caseload")
    with django_assert_num_queries(3):
        first, more = looks.of(asha)
    assert (len(first), more) == (looks.PAGE, True)
    rest, more = looks.of(asha, before=first[-1].pk)
    assert (len(rest), more) == (5, False)


def test_every_reason_that_our_pages_give_has_words() -> None:
    import re

    from tests.architecture.code import ROOT

    given = set()
    for package in ("peer", "moderation", "notifications", "cms"):
        for file in (ROOT / package).rglob("views/*.py"):
            given |= set(re.findall(r"looked\([^)]*why=\"([^\"]+)\"", file.read_text()))
    assert given - set(looks.reasons()) - {"rows left out"} == set()


def test_the_table_speaks_of_tables_and_in_their_words() -> None:
    assert set(looks._words()["seen"]["tables"]) <= set(held.tables())
    said = [*looks.reasons().values(), *looks.acts().values(), *looks._words()["kinds"].values()]
    assert [wrong for words in said for wrong in wrong_words(words)] == []

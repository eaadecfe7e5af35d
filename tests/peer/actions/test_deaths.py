"""A death is written down once, ends sessions, and is taken back only by a second person (U6)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from peer import clock, gate
from peer.actions import deaths
from peer.models import AuditEvent, Death, Person, User, WaitingListEntry
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_person, make_user
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


def died(person: Person, by: User) -> Death:
    return deaths.record_death(person, by=by, died_on=clock.today(), known_how="Her mother rang.")


@pytest.mark.parametrize("role", [Role.CO_ORDINATOR, Role.CLINICIAN, Role.SERVICE_MANAGER])
def test_three_roles_may_write_it_down(role: Role) -> None:
    person = make_person()
    died(person, make_user(roles=(role,)))
    person.refresh_from_db()
    assert person.deceased_at is not None
    assert AuditEvent.objects.get(action="peer.actions.deaths.record_death").as_role == role


@pytest.mark.parametrize("role", [Role.YOUNG_PERSON, Role.EDITOR, Role.SAFEGUARDING_LEAD])
def test_others_may_not(role: Role) -> None:
    with pytest.raises(gate.NotAllowed):
        died(make_person(), make_user(roles=(role,)))


def test_it_is_written_down_once(kim: User) -> None:
    person = make_person()
    died(person, kim)
    with pytest.raises(RuleBroken, match="already"):
        died(person, kim)


@pytest.mark.parametrize(("day", "how", "says"), [(1, "She rang.", "not come yet"), (0, "  ", "how you know")])
def test_nothing_is_written_down_without_a_day_and_a_source(kim: User, day: int, how: str, says: str) -> None:
    person = make_person()
    with pytest.raises(RuleBroken, match=says):
        deaths.record_death(person, by=kim, died_on=clock.today() + dt.timedelta(days=day), known_how=how)
    assert not Death.objects.exists()


def test_sessions_end(kim: User, client: Client) -> None:
    person = make_person()
    client.force_login(make_user(person=person))
    assert client.get("/home/").status_code == 200
    died(person, kim)
    assert client.get("/home/").status_code == 302


def test_whoever_wrote_it_down_cannot_take_it_back_and_a_second_person_can(kim: User) -> None:
    person = make_person()
    user = make_user(person=person)
    death = died(person, kim)
    with pytest.raises(RuleBroken, match="Somebody else"):
        deaths.take_back(death, by=kim, reason="A mistake.")
    deaths.take_back(death, by=make_user(roles=(Role.SERVICE_MANAGER,)), reason="She rang us.")
    person.refresh_from_db()
    user.refresh_from_db()
    assert (person.deceased_at, user.is_active) == (None, True)
    died(person, kim)


def test_the_database_knows_that_it_takes_a_second_person(kim: User) -> None:
    death = died(make_person(), kim)
    with pytest.raises(IntegrityError), transaction.atomic():
        Death.objects.filter(pk=death.pk).update(taken_back_by=kim, taken_back_at=clock.now())


def test_nobody_who_died_leaves_the_hold_or_makes_us_late(kim: User) -> None:
    entry = make_entry()
    died(entry.person, kim)
    assert not WaitingListEntry.objects.on_hold().exists()
    assert not WaitingListEntry.objects.open().exists()
    assert set(WaitingListEntry.objects.figures(clock.now()).values()) == {0}

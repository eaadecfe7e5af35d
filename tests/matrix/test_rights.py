"""Who may do what with somebody's data: the table of the safety rules against the gate, cell by cell (rows 39 to 41)."""

from __future__ import annotations

import tomllib

import pytest

from peer import clock, gate, grants
from peer.models import Membership, Person, ShownDecision, User
from peer.roles import Perm, Role, Scope, rules
from tests.architecture.code import ROOT
from tests.make import make_group, make_member, make_person, make_user

pytestmark = pytest.mark.django_db
TABLE: dict[str, dict[str, str]] = tomllib.loads((ROOT / "tests" / "matrix" / "rights.toml").read_text())
SERVICE = {
    "CN": Role.CLINICIAN,
    "CO": Role.CO_ORDINATOR,
    "SM": Role.SERVICE_MANAGER,
    "SL": Role.SAFEGUARDING_LEAD,
    "ED": Role.EDITOR,
}


@pytest.fixture
def people() -> dict[str, User]:
    group = make_group()
    found = {name: make_user(person=make_person(kind="staff"), roles=(role,)) for name, role in SERVICE.items()}
    for name, role in (("YP", Role.YOUNG_PERSON), ("PM", Role.PEER_MODERATOR), ("XM", Role.YOUNG_PERSON)):
        user = make_member(group=group, role=role).user
        assert user
        found[name] = user
    found["PA"] = make_user(person=make_person(kind="parent_carer"))
    was = Membership.objects.get(user=found["XM"])
    was.roles.update(until_at=clock.now())
    was.move_to(Membership.State.LEFT, ended_at=clock.now())
    grants.sync(was)
    return found


def target(perm: str, person: Person) -> object:
    if rules()[Perm(perm)].scope is not Scope.OWN:
        return gate.SERVICE
    return ShownDecision(person=person) if perm == "reply_to_decision" else person


@pytest.mark.parametrize("perm", TABLE["own"])
def test_of_one_s_own_data(people: dict[str, User], perm: str) -> None:
    may = {
        name for name, user in people.items() if user.person and gate.can(user, Perm(perm), target(perm, user.person))
    }
    assert may == set(TABLE["own"][perm].split())


@pytest.mark.parametrize("perm", TABLE["work"])
def test_of_somebody_else_s(people: dict[str, User], perm: str) -> None:
    other = make_person()
    may = {name for name, user in people.items() if gate.can(user, Perm(perm), target(perm, other))}
    assert may == set(TABLE["work"][perm].split())

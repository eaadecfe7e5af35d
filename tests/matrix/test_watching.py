"""Who may watch over what: the table of the safety rules against the gate, cell by cell."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

import pytest

from peer import clock, gate, grants
from peer.models import Membership, Post, SupportGroup, User
from peer.roles import Perm, Role, Scope, rules
from tests.architecture.code import ROOT
from tests.make import make_duty, make_group, make_member, make_post, make_user

pytestmark = pytest.mark.django_db
TABLE: dict[str, str] = tomllib.loads((ROOT / "tests" / "matrix" / "watching.toml").read_text())


@dataclass(frozen=True)
class World:
    """A group, a post in it by somebody else, and one person for each column."""

    group: SupportGroup
    post: Post
    people: dict[str, User]


@pytest.fixture
def world() -> World:
    group, other = make_group(), make_group(title="Other")
    people = {
        "YP": member(group, Role.YOUNG_PERSON).user,
        "YO": member(other, Role.YOUNG_PERSON).user,
        "PM": member(group, Role.PEER_MODERATOR).user,
        "PO": member(other, Role.PEER_MODERATOR).user,
        "CN": member(group, Role.CLINICIAN).user,
        "CF": member(group, Role.CLINICIAN).user,
        "PA": make_user(),
        "SM": make_user(roles=(Role.SERVICE_MANAGER,)),
        "ED": make_user(roles=(Role.EDITOR,)),
        "XM": former(group, Role.YOUNG_PERSON),
        "XP": former(group, Role.PEER_MODERATOR),
    }
    make_duty(group=group, user=people["CN"])
    return World(group, make_post(group=group), people)


def member(group: SupportGroup, role: Role) -> Membership:
    return make_member(group=group, role=role)


def former(group: SupportGroup, role: Role) -> User:
    """Make somebody who was here and is not any more."""
    was = member(group, role)
    was.roles.update(until_at=clock.now())
    was.move_to(Membership.State.LEFT, ended_at=clock.now())
    grants.sync(was)
    return was.user


@pytest.mark.parametrize("perm", TABLE)
def test_the_gate_says_what_the_matrix_says_in_each_cell(world: World, perm: str) -> None:
    rule = rules()[Perm(perm)]
    target = world.post if rule.scope is Scope.GROUP else gate.SERVICE
    may = {name for name, user in world.people.items() if gate.can(user, Perm(perm), target)}
    assert may == set(TABLE[perm].split())


def test_every_right_of_a_group_that_young_people_meet_stands_in_the_table() -> None:
    in_groups = {str(perm) for perm, rule in rules().items() if rule.scope is Scope.GROUP}
    assert in_groups - set(TABLE) == {"edit_own_post", "accept_protocol"}, "these two are one's own (rows 4 and 5)"

"""Groups cannot open unsafely, and nobody comes in without a name and a yes (S1, S45)."""

from __future__ import annotations

import pytest

from peer import clock, gate
from peer.actions import groups, talk
from peer.models import HelloCall, Membership, Person, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_group, make_member, make_open_group, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam() -> User:
    """Make a service manager."""
    return make_user(roles=(Role.SERVICE_MANAGER,))


def staff(name: str) -> User:
    """Make an account of somebody who works here."""
    return make_user(name=name, person=make_person(kind=Person.Kind.STAFF, given_name=name))


def confirmed(group: SupportGroup) -> Membership:
    """Make a membership after its hello call."""
    person = make_person(given_name="Noor", family_name="Hadley")
    return Membership.objects.create(
        group=group, person=person, user=make_user(person=person), state=Membership.State.CONFIRMED
    )


def test_a_group_opens_only_with_moderator_clinician_and_protocol(sam: User) -> None:
    group = groups.begin(gate.SERVICE, by=sam, details={"title": "Harbour", "age_from": 16, "age_to": 17})
    for step in range(3):
        with pytest.raises(RuleBroken):
            groups.open_group(group, by=sam)
        match step:
            case 0:
                groups.give_role(group, by=sam, user=staff("Mo"), role=Role.PEER_MODERATOR, name="Mo")
            case 1:
                groups.give_role(group, by=sam, user=staff("Dr Lee"), role=Role.CLINICIAN, name="Dr Lee")
            case 2:
                groups.publish_protocol(group, by=sam, treated="Kindly", listened="Fully", accepted="As mine")
    assert groups.open_group(group, by=sam).state == "open"


def test_a_protocol_without_one_of_its_headings_is_not_published(sam: User) -> None:
    group = make_group()
    with pytest.raises(RuleBroken):
        groups.publish_protocol(group, by=sam, treated="Kindly", listened=" ", accepted="As mine")
    assert group.protocols.count() == 1


def test_an_ended_role_takes_the_right_away(sam: User) -> None:
    group = make_open_group()
    mo = staff("Zara")
    given = groups.give_role(group, by=sam, user=mo, role=Role.PEER_MODERATOR, name="Zara")
    assert SupportGroup.objects.visible_to(mo).exists()
    groups.end_role(group, by=sam, role=given)
    assert not SupportGroup.objects.visible_to(mo).exists()


def test_nobody_gives_a_role_to_themselves_or_one_that_is_not_given(sam: User) -> None:
    group = make_open_group()
    with pytest.raises(RuleBroken):
        groups.give_role(group, by=sam, user=sam, role=Role.CLINICIAN, name="Sam")
    with pytest.raises(RuleBroken):
        groups.give_role(group, by=sam, user=staff("X"), role=Role.YOUNG_PERSON, name="X")
    with pytest.raises(gate.NotAllowed):
        groups.give_role(group, by=staff("Y"), user=staff("Z"), role=Role.CLINICIAN, name="Z")


def test_name_then_yes_then_in(sam: User) -> None:
    group = make_open_group()
    membership = confirmed(group)
    protocol = group.protocol()
    assert protocol
    assert membership.user
    with pytest.raises(RuleBroken):
        groups.start(membership, by=membership.user, protocol=protocol)
    groups.choose_name(membership, by=membership.user, name="Tide", colour=3)
    groups.start(membership, by=membership.user, protocol=protocol)
    assert SupportGroup.objects.visible_to(membership.user).get() == group
    assert gate.can(membership.user, gate.Perm.WRITE_POST, group)


@pytest.mark.parametrize("name", ["Noor", "M0", "Dr Lee", "Ben ", "b3n", "x"])
def test_taken_real_and_staff_like_names_are_refused(name: str) -> None:
    membership = confirmed(make_open_group())
    with pytest.raises(RuleBroken):
        groups.choose_name(membership, by=membership.user, name=name, colour=0)
    membership.refresh_from_db()
    assert membership.pseudonym == ""


def test_a_new_version_is_asked_again_and_an_old_one_is_not_accepted(sam: User) -> None:
    group = make_open_group()
    asha = make_member(group=group).user
    old = group.protocol()
    new = groups.publish_protocol(group, by=sam, treated="a", listened="b", accepted="c")
    with pytest.raises(RuleBroken):
        groups.accept_protocol(old, by=asha)
    assert not SupportGroup.objects.with_standing(asha).get(pk=group.pk).protocol_accepted
    groups.accept_protocol(new, by=asha)
    groups.accept_protocol(new, by=asha)
    assert SupportGroup.objects.with_standing(asha).get(pk=group.pk).protocol_accepted


def test_ages_stay_while_people_are_in(sam: User) -> None:
    group = make_open_group()
    with pytest.raises(RuleBroken):
        groups.change(group, by=sam, details={"age_from": 11, "age_to": 13})
    assert groups.change(group, by=sam, details={"hello": "Hi from Ben"}).hello == "Hi from Ben"
    assert clock.now()


def test_leaving_ends_every_right_at_once_and_takes_back_what_waits() -> None:
    group = make_open_group()
    member = make_member(group=group)
    assert member.user
    post = talk.start_thread(group, by=member.user, title="Hi", body="hello")
    groups.leave(member, by=member.user)
    post.refresh_from_db()
    assert (member.state, post.state) == ("left", "withdrawn")
    assert not SupportGroup.objects.visible_to(member.user).exists()
    assert not gate.can(member.user, gate.Perm.WRITE_POST, group)
    assert Membership.objects.left(member.user).get() == member


def test_changing_ones_mind_before_the_hello_call_ends_the_call() -> None:
    person = make_person()
    membership = Membership.objects.create(group=make_open_group(), person=person, user=make_user(person=person))
    call = HelloCall.objects.create(membership=membership, owner_role=Role.CLINICIAN, due_at=clock.now())
    groups.leave(membership, by=membership.user)
    call.refresh_from_db()
    assert (call.state, call.due_at) == ("ended", None)


def test_who_looks_after_a_group_hands_over_first_and_nobody_else_ends_my_place() -> None:
    group = make_open_group()
    mo = Membership.objects.get(group=group, pseudonym="Mo")
    with pytest.raises(RuleBroken):
        groups.leave(mo, by=mo.user)
    with pytest.raises(gate.NotAllowed):
        groups.leave(make_member(group=group), by=mo.user)

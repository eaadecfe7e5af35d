"""The hello call: no way into a group without a person who rang (U8)."""

from __future__ import annotations

import datetime as dt

import pytest

from peer import clock, gate
from peer.actions import hello_calls
from peer.actions.hello_calls import Said
from peer.models import HelloCall, Membership, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_member, make_open_group, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lee() -> User:
    """Make a clinician."""
    return make_user(roles=(Role.CLINICIAN,))


@pytest.fixture
def call() -> HelloCall:
    """Make a call that is due to somebody who said yes."""
    return due_call(make_open_group())


def due_call(group: SupportGroup) -> HelloCall:
    """Make a membership that waits for its call."""
    person = make_person()
    membership = Membership.objects.create(group=group, person=person, user=make_user(person=person))
    return HelloCall.objects.create(membership=membership, owner_role=Role.CLINICIAN, due_at=clock.now())


def born(years: int) -> dt.date:
    """Give a birth date of somebody who is that old today."""
    return clock.today().replace(year=clock.today().year - years, day=1)


def said(years: int = 15, basis: str = "competent") -> Said:
    """Make what a clinician heard."""
    how = {"explained": "What it is, and is not.", "understood": "I can stop."} if basis == "competent" else {}
    return Said(born_on=born(years), basis=basis, safe_ways="Text first, after four.", **how)


def test_a_confirmed_call_confirms_the_member_and_owes_nothing(call: HelloCall, lee: User) -> None:
    membership = hello_calls.confirm(call, by=lee, said=said())
    assert (membership.state, call.state, call.due_at) == ("confirmed", "confirmed", None)
    assert membership.person.consents.get().purpose == "limits"


@pytest.mark.parametrize(("years", "basis"), [(13, "competent"), (16, "sixteen"), (15, "sixteen"), (10, "parent")])
def test_an_age_or_a_basis_that_does_not_fit_is_refused(call: HelloCall, lee: User, years: int, basis: str) -> None:
    with pytest.raises(RuleBroken):
        hello_calls.confirm(call, by=lee, said=said(years, basis))
    assert Membership.objects.get(pk=call.membership_id).state == "accepted"


def test_under_thirteen_needs_a_parents_yes_too(lee: User) -> None:
    group = make_open_group()
    SupportGroup.objects.filter(pk=group.pk).update(age_from=11, age_to=13)
    call = due_call(SupportGroup.objects.get(pk=group.pk))
    with pytest.raises(RuleBroken):
        hello_calls.confirm(call, by=lee, said=said(12, "competent"))
    assert hello_calls.confirm(call, by=lee, said=said(12, "parent")).state == "confirmed"


def test_kept_apart_people_do_not_land_together(call: HelloCall, lee: User) -> None:
    other = make_member(group=call.membership.group).person
    hello_calls.keep_apart(other, by=lee, other=call.membership.person, why="Was bullied.")
    with pytest.raises(RuleBroken):
        hello_calls.confirm(call, by=lee, said=said())


def test_not_now_comes_back_and_keeps_the_place(call: HelloCall, lee: User) -> None:
    hello_calls.not_now(call, by=lee)
    assert call in HelloCall.objects.to_make()
    assert call.due_at
    assert call.due_at > clock.now() + dt.timedelta(days=27)
    hello_calls.ring_again(call, by=lee)
    assert hello_calls.confirm(call, by=lee, said=said()).state == "confirmed"


def test_unsuitable_needs_somebody_who_takes_over(call: HelloCall, lee: User) -> None:
    with pytest.raises(RuleBroken):
        hello_calls.unsuitable(call, by=lee, handover="  ")
    hello_calls.unsuitable(call, by=lee, handover="Kim offers the harbour group.")
    assert call.membership.state == "left"
    assert call in HelloCall.objects.to_make()
    hello_calls.taken_over(call, by=lee)
    assert call not in HelloCall.objects.to_make()


def test_a_co_ordinator_neither_sees_nor_settles_a_hello_call(call: HelloCall) -> None:
    kim = make_user(roles=(Role.CO_ORDINATOR,))
    assert not HelloCall.objects.visible_to(kim).exists()
    with pytest.raises(gate.NotAllowed):
        hello_calls.confirm(call, by=kim, said=said())

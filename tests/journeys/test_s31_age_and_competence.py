"""S31, U9: who may come into which group by age, known or unknown, and what their yes rests on."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from peer import clock, eligibility
from peer.actions import hello_calls
from peer.actions.hello_calls import Said
from peer.models import CompetenceAssessment, Consent, HelloCall, Membership, Person, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_group, make_person, make_user, make_wait

pytestmark = pytest.mark.django_db

BANDS = {"11-13": (11, 13), "14-15": (14, 15), "16-17": (16, 17)}
BASES = ["sixteen", "competent", "parent"]


def born(years: int) -> dt.date:
    return clock.today().replace(year=clock.today().year - years, day=1)


def band(name: str) -> SupportGroup:
    group = make_group(title=name)
    SupportGroup.objects.filter(pk=group.pk).update(age_from=BANDS[name][0], age_to=BANDS[name][1])
    return SupportGroup.objects.get(pk=group.pk)


@pytest.fixture
def lee() -> User:
    return make_user(roles=(Role.CLINICIAN,))


def call_to(person: Person, group: SupportGroup) -> HelloCall:
    membership = Membership.objects.create(group=group, person=person, user=make_user(person=person))
    return HelloCall.objects.create(membership=membership, owner_role=Role.CLINICIAN, due_at=clock.now())


def joins(call: HelloCall, lee: User, *, age: int, basis: str, explained: str = "Not treatment.") -> bool:
    said = Said(born_on=born(age), basis=basis, safe_ways="Text.", explained=explained, understood="I can stop.")
    try:
        return hello_calls.confirm(call, by=lee, said=said).state == "confirmed"
    except RuleBroken:
        return False


def test_each_age_finds_its_own_band_and_no_other_and_an_unknown_age_none() -> None:
    groups = {name: band(name) for name in BANDS}
    for age, known in itertools.product(range(4, 20), (True, False)):
        person = make_person(born_on=born(age) if known else None)
        make_wait(person=person)
        found = {name for name, group in groups.items() if not eligibility.why_not_asked(person, group)}
        expected = {name for name, (first, last) in BANDS.items() if known and first <= age <= last}
        assert found == expected, (age, known)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("age", range(10, 18))
def test_what_a_yes_may_rest_on_at_each_age(lee: User, age: int, basis: str) -> None:
    name = next((name for name, (first, last) in BANDS.items() if first <= age <= last), "11-13")
    call = call_to(make_person(born_on=born(age)), band(name))
    allowed = {
        10: set(), 11: {"parent"}, 12: {"parent"}, 13: {"parent", "competent"}, 14: {"parent", "competent"},
        15: {"parent", "competent"}, 16: {"sixteen"}, 17: {"sixteen"},
    }[age]  # fmt: skip
    assert joins(call, lee, age=age, basis=basis) is (basis in allowed)
    found = CompetenceAssessment.objects.filter(person=call.membership.person)
    assert found.exists() is (basis == "competent" and "competent" in allowed)
    assert Consent.objects.filter(purpose="limits").exists() is (basis in allowed)


def test_under_sixteen_without_a_parents_yes_and_without_a_finding_in_words_nobody_joins(lee: User) -> None:
    call = call_to(make_person(born_on=born(14)), band("14-15"))
    assert not joins(call, lee, age=14, basis="competent", explained=" ")
    call.membership.refresh_from_db()
    assert call.membership.state == "accepted"
    assert joins(call, lee, age=14, basis="competent")
    found = CompetenceAssessment.objects.get()
    assert (found.decision, found.outcome, found.assessed_by, found.state) == ("join", "can", lee, "holds")
    assert clock.today() < found.review_on <= clock.today() + dt.timedelta(days=366)


def test_a_twelve_year_old_does_not_learn_that_an_older_group_is_there(client) -> None:
    group = band("16-17")
    child = make_person(born_on=born(12))
    client.force_login(make_user(person=child))
    there, not_there = client.get(group.get_absolute_url()), client.get("/groups/Zq7-notThere_0x/")
    assert (there.status_code, there.content) == (404, not_there.content)
    assert "16-17" not in client.get("/groups/").content.decode()

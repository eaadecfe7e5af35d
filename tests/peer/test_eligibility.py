"""Who finds which group: by the group's own rule, never one of another age or world (U9, U19, S31)."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.test import Client

from peer import clock, eligibility
from peer.models import JoinRequest, KeptApart, Membership, ParentRelationship, PartnerReferral, Person, SupportGroup
from tests.make import make_group, make_member, make_person, make_user, make_wait

pytestmark = pytest.mark.django_db

RULES = ("waiting", "partner", "asked")
AUDIENCES = ("young_people", "parents", "mixed")


def listed(*, title: str = "Lantern", **changes: object) -> SupportGroup:
    group = make_group(title=title)
    SupportGroup.objects.filter(pk=group.pk).update(listed=True, **changes)
    group.refresh_from_db()
    return group


def aged(years: int | None, *, kind: str = "young_person") -> Person:
    born = None if years is None else clock.today().replace(day=1) - dt.timedelta(days=years * 365 + years // 4 + 40)
    return make_person(kind=kind, born_on=born)


def found_by(person: Person) -> set[str]:
    return set(eligibility.groups_for(person).values_list("title", flat=True))


def fits(age: int | None, kind: str, audience: str) -> bool:
    """Say by hand what the rules say: 14 and 15 among the young, parents among parents, both in a mixed group."""
    if kind == "parent_carer":
        return audience in {"parents", "mixed"}
    return kind == "young_person" and audience in {"young_people", "mixed"} and age in {14, 15}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("comes_by", ["list", "partner", "nothing"])
def test_each_group_has_its_own_rule(rule: str, comes_by: str) -> None:
    group, person = listed(eligibility=rule), aged(15)
    if comes_by == "list":
        make_wait(person=person)
    if comes_by == "partner":
        PartnerReferral.objects.create(person=person, partner="Youth club", by=make_user())
    may = rule == "asked" or (rule, comes_by) in {("waiting", "list"), ("partner", "partner")}
    assert (eligibility.why_not_asked(person, group) == "") is may
    assert (found_by(person) == {"Lantern"}) is may


@pytest.mark.parametrize("age", [None, 4, 10, 11, 13, 14, 15, 16, 17, 19])
@pytest.mark.parametrize("kind", ["young_person", "parent_carer", "staff"])
def test_ages_and_worlds_decide_the_same_for_staff_and_for_the_cards(age: int | None, kind: str) -> None:
    person = aged(age, kind=kind)
    groups = [listed(title=audience, audience=audience, eligibility="asked") for audience in AUDIENCES]
    expected = {group.title for group in groups if fits(age, kind, group.audience)}
    assert found_by(person) == expected
    assert {group.title for group in groups if not eligibility.why_not_asked(person, group)} == expected


def test_a_twelve_year_old_finds_no_group_of_older_ones_by_list_or_by_address(client: Client) -> None:
    older = listed(eligibility="asked", age_from=16, age_to=17)
    user = make_user(person=aged(12))
    client.force_login(user)
    assert "Lantern" not in client.get("/groups/").content.decode()
    real, random = (client.get(f"/groups/ask/{one}/") for one in (older.public_id, "AbCdEfGhIjKlMnOp"))
    assert (real.status_code, random.status_code) == (404, 404)
    assert real.content == random.content
    assert client.post(f"/groups/ask/{older.public_id}/", {"note": ""}).status_code == 404
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize("state", ["draft", "frozen", "closed"])
def test_only_open_and_listed_groups_are_found(state: str) -> None:
    group = listed(eligibility="asked")
    person = aged(15)
    assert found_by(person) == {"Lantern"}
    SupportGroup.objects.update(listed=False)
    assert found_by(person) == set()
    SupportGroup.objects.update(listed=True, state=state)
    assert found_by(person) == set()
    assert eligibility.why_not_asked(person, SupportGroup.objects.get(pk=group.pk))


@pytest.mark.parametrize("mark", ["deceased_at", "restricted_at"])
def test_nobody_is_found_for_who_died_or_whose_record_is_restricted(mark: str) -> None:
    listed(eligibility="asked")
    person = aged(15)
    setattr(person, mark, clock.now())
    person.save()
    assert found_by(person) == set()


def test_a_card_does_not_vanish_for_somebody_who_must_be_kept_apart_but_no_place_is_given() -> None:
    group, person = listed(eligibility="asked"), aged(15)
    other = make_member(group=group)
    KeptApart.objects.create(one=person, other=other.person, why="school", by=make_user())
    assert found_by(person) == {"Lantern"}
    assert "ask a clinician" in eligibility.why_not_asked(person, group)


@pytest.mark.parametrize("inside", ["parent", "child"])
def test_a_mixed_group_never_holds_a_parent_and_their_own_child(inside: str) -> None:
    group = listed(audience="mixed", eligibility="asked")
    child, parent = aged(15), aged(45, kind="parent_carer")
    ParentRelationship.objects.create(young_person=child, adult=parent)
    here, asks = (parent, child) if inside == "parent" else (child, parent)
    Membership.objects.create(group=group, person=here, state="confirmed")
    assert "ask a clinician" in eligibility.why_not_asked(asks, group)
    assert eligibility.why_not_asked(aged(14), group) == ""


def test_a_parent_of_somebody_who_waits_finds_the_parents_group_and_nothing_of_the_young() -> None:
    for audience in AUDIENCES:
        listed(title=audience, audience=audience)
    child, parent = aged(15), aged(45, kind="parent_carer")
    make_wait(person=child)
    assert found_by(parent) == set()
    ParentRelationship.objects.create(young_person=child, adult=parent)
    assert found_by(parent) == {"parents", "mixed"}


def test_the_cards_cost_one_statement_however_many_groups(django_assert_num_queries: object) -> None:
    person = aged(15)
    for number, rule in zip(range(9), itertools.cycle(RULES), strict=False):
        listed(title=f"Group {number}", eligibility=rule)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(eligibility.groups_for(person)) == 3


def test_staff_find_no_cards() -> None:
    listed(eligibility="asked")
    assert found_by(aged(40, kind="staff")) == set()

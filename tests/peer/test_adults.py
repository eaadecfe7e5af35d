"""Adults who agree and adults who object: every combination, and who has a say at all (U17, U7)."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from peer import adults, clock
from peer.models import Consent, ParentRelationship, Person, Restriction
from peer.roles import Role
from tests.make import make_person, make_user

SAYS = ["", "agrees", "objects"]
KNOWS = [("nothing", False), ("routine", False), ("all", False), ("all", True), ("routine", True)]


def relation(says: str, knows: str, must_not: bool) -> ParentRelationship:
    return ParentRelationship(adult=Person(kind="parent_carer"), says=says, may_know=knows, must_not_be_told=must_not)


@pytest.mark.parametrize(("one", "two"), list(itertools.product(itertools.product(SAYS, KNOWS), repeat=2)))
def test_two_adults_disagree_only_where_both_may_know_and_each_said_another_thing(one, two) -> None:
    rows = [relation(says, *knows) for says, knows in (one, two)]
    both_may = all(knows != "nothing" and not must_not for _says, (knows, must_not) in (one, two))
    assert adults.disagree(rows) == (both_may and {one[0], two[0]} == {"agrees", "objects"})


def test_the_dead_have_no_say() -> None:
    rows = [relation("agrees", "all", False), relation("objects", "all", False)]
    assert adults.disagree(rows)
    rows[1].adult.deceased_at = clock.now()
    assert not adults.disagree(rows)
    assert not adults.disagree([])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "told", "silent"),
    [(15, None, True), (None, None, True), (16, None, False), (16, False, False), (16, True, True)],
)
def test_from_sixteen_only_adults_whom_the_young_person_wants_told_have_a_say(age, told, silent) -> None:
    today = clock.today()
    born = None if age is None else today.replace(year=today.year - age) - dt.timedelta(days=1)
    child = make_person(born_on=born)
    lee = make_user(roles=(Role.CLINICIAN,))
    if told is not None:
        Consent.objects.say(child, Consent.Purpose.PARENT_NEWS, given=told, basis="own", by=lee)
    for says in ("agrees", "objects"):
        child.adults.create(adult=make_person(kind="parent_carer"), says=says, said_at=clock.now())
    adults.weigh(child, by=lee)
    assert Restriction.objects.current().exists() is silent

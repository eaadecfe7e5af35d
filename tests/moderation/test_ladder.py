"""Who is tried next and when: pure, so everything can be tried (safety 2b)."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from moderation import ladder

people = st.lists(st.integers(1, 9), max_size=4, unique=True).map(tuple)
rotas = st.builds(ladder.Rota, on_duty=people, clinicians=people, managers=people)
names = st.sampled_from(["first", "again", "second", "manager", "everyone"])


def test_red_times_are_those_of_the_safety_rules() -> None:
    minutes = {rung.name: rung.after / dt.timedelta(minutes=1) for rung in ladder.rungs("red", scale=1)}
    assert minutes == {"first": 0, "again": 3, "second": 6, "manager": 10, "everyone": 15}


def test_amber_rings_nobody_for_45_minutes_and_then_climbs_like_red() -> None:
    first, *following = ladder.rungs("amber", scale=1)
    _red_first, *red_following = ladder.rungs("red", scale=1)
    assert first.after == dt.timedelta(minutes=45)
    assert [rung.after - first.after for rung in following] == [rung.after for rung in red_following]


def test_a_level_nobody_knows_counts_as_red() -> None:
    assert ladder.rungs("purple", scale=1) == ladder.rungs("red", scale=1)


@given(st.sampled_from(["red", "amber", "restart"]), st.floats(1, 1000))
def test_e3_rungs_are_in_order_and_none_shares_its_time(level: str, scale: float) -> None:
    rungs = ladder.rungs(level, scale=scale)
    assert [rung.number for rung in rungs] == list(range(len(rungs)))
    assert all(one.after < other.after for one, other in itertools.pairwise(rungs))
    assert rungs[-1].name == "everyone"


@given(names, rotas, st.sets(st.integers(1, 9)))
def test_a_rung_finds_somebody_while_there_is_anybody(rung: str, rota: ladder.Rota, asked: set[int]) -> None:
    anybody = {*rota.on_duty, *rota.clinicians, *rota.managers}
    found = ladder.who(rung, rota, asked=asked)
    assert set(found) <= anybody
    assert len(set(found)) == len(found)
    assert bool(found) == bool(anybody)


@given(rotas, st.sets(st.integers(1, 9)))
def test_e8_everyone_is_everyone(rota: ladder.Rota, asked: set[int]) -> None:
    assert set(ladder.who("everyone", rota, asked=asked)) == {*rota.on_duty, *rota.clinicians, *rota.managers}


@given(rotas, st.sets(st.integers(1, 9)))
def test_the_second_is_a_clinician_not_yet_asked_if_there_is_one(rota: ladder.Rota, asked: set[int]) -> None:
    left = {*rota.on_duty, *rota.clinicians} - asked
    found = ladder.who("second", rota, asked=asked)
    if left:
        assert found[0] in left


def test_the_first_is_the_clinician_on_duty() -> None:
    rota = ladder.Rota(on_duty=(4,), clinicians=(2, 4), managers=(9,))
    assert ladder.who("first", rota) == (4,)
    assert ladder.who("second", rota, asked={4}) == (2,)
    assert ladder.who("manager", rota, asked={4, 2}) == (9,)

"""Where a rota leaves nobody: pure."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from moderation import cover

ZERO = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
hours = st.integers(-5, 175)
spans = st.lists(st.tuples(hours, st.integers(1, 14)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=20)


def at(hour: int) -> dt.datetime:
    return ZERO + dt.timedelta(hours=hour)


@given(spans)
def test_e2_every_hour_of_the_week_is_in_a_shift_or_in_a_gap_and_never_in_both(shifts: list[tuple[int, int]]) -> None:
    gaps = cover.gaps([(at(start), at(end)) for start, end in shifts], start=at(0), end=at(168))
    for hour in range(168):
        moment = at(hour) + dt.timedelta(minutes=30)
        covered = any(at(start) <= moment < at(end) for start, end in shifts)
        assert covered != any(start <= moment < end for start, end in gaps)


def test_an_empty_rota_is_one_long_gap() -> None:
    assert cover.gaps([], start=at(0), end=at(168)) == [(at(0), at(168))]

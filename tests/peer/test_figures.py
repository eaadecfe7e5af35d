"""Small numbers: hidden under five, and not to be worked out from what is shown (S2, U20)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer.figures import FEW, Table, protect, small

counts = st.integers(0, 12)
tables = st.sampled_from([(1, 2), (1, 3), (2, 2), (2, 3), (3, 2)]).flatmap(
    lambda size: st.lists(st.lists(counts, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
)
wide = st.lists(st.lists(st.integers(0, 40), min_size=5, max_size=5), min_size=2, max_size=4)


def figures(rows: list[list[int]]) -> list[list[int]]:
    """Add the totals, as a reader would."""
    full = [[*row, sum(row)] for row in rows]
    return [*full, [sum(column) for column in zip(*full, strict=True)]]


def cells(table: Table) -> list[tuple[int, int]]:
    return [(i, j) for i, row in enumerate(table.full) for j, figure in enumerate(row) if figure is None]


@pytest.mark.parametrize(("count", "shown"), [(0, None), (4, None), (5, 5), (900, 900)])
def test_a_count_that_stands_alone_is_shown_from_five(count: int, shown: int | None) -> None:
    assert small(count) == shown


@settings(max_examples=60, deadline=None, derandomize=True)
@given(wide)
def test_nothing_under_five_is_shown_and_what_is_shown_is_true(rows: list[list[int]]) -> None:
    table, true = protect(rows), figures(rows)
    for i, row in enumerate(table.full):
        for j, figure in enumerate(row):
            assert figure is None or figure == true[i][j]
            assert true[i][j] >= FEW or figure is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(wide)
def test_no_row_and_no_column_gives_a_single_hidden_figure_away(rows: list[list[int]]) -> None:
    table = protect(rows)
    for line in [*table.full, *zip(*table.full, strict=True)]:
        assert sum(figure is None for figure in line) != 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(wide)
def test_a_table_of_large_figures_is_shown_whole(rows: list[list[int]]) -> None:
    large = [[figure + FEW for figure in row] for row in rows]
    assert not protect(large).is_hidden


@settings(max_examples=60, deadline=None, derandomize=True)
@given(tables)
def test_each_hidden_figure_could_be_another_one(rows: list[list[int]]) -> None:
    """Solve the table as an attacker would: no hidden figure has one possible value only."""
    table = protect(rows)
    for cell in cells(table):
        assert _may_differ(table, figures(rows), cell), (rows, table.full, cell)


def _may_differ(table: Table, true: list[list[int]], cell: tuple[int, int]) -> bool:
    """Look for another table with the same shown figures: change some hidden ones by one, up or down, sums kept.

    The sums are those of a flow, so that wherever another whole solution exists, one a step of ±1 away exists too.
    """
    hidden = cells(table)
    inner = [(i, j) for i, j in hidden if i < len(true) - 1 and j < len(true[0]) - 1]
    for steps in itertools.product((-1, 0, 1), repeat=len(inner)):
        changed = [row[:] for row in true]
        for (i, j), step in zip(inner, steps, strict=True):
            changed[i][j] += step
        if min(changed[i][j] for i, j in inner) < 0 if inner else False:
            continue
        new = figures([row[:-1] for row in changed[:-1]])
        same = all(figure is None or figure == new[i][j] for i, row in enumerate(table.full) for j, figure in enumerate(row))  # fmt: skip
        if same and new[cell[0]][cell[1]] != true[cell[0]][cell[1]]:
            return True
    return False


def test_hiding_one_alone_would_give_it_away_and_so_another_is_hidden_too() -> None:
    table = protect([[10, 3, 20], [10, 10, 10]])
    assert len(cells(table)) >= 4

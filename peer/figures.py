"""Small numbers: a count under five is not shown, and cannot be worked out from what is (pure; S2, U20).

A table is a flow: from a source through each row's total into its cells, through each column's total into the grand
total. What is shown is fixed; what is hidden may be anything from nought upwards that keeps the sums. A hidden figure
is safe exactly when the flow through it can still change: when a way leads round through hidden figures alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEW = 5

Cell = tuple[int, int]  # row and column; the last row and the last column are the totals
Arc = tuple[str, str]


@dataclass(frozen=True)
class Table:
    """What may be shown: None stands where a figure is hidden; the last row and column of `full` are totals."""

    full: tuple[tuple[int | None, ...], ...]

    @property
    def rows(self) -> tuple[tuple[int | None, ...], ...]:
        """Give the rows without the row of totals, each with its own total at the end."""
        return self.full[:-1]

    @property
    def is_hidden(self) -> bool:
        """Tell whether something is not shown."""
        return any(figure is None for row in self.full for figure in row)


def small(count: int) -> int | None:
    """Give a count that stands alone, or None where it is too small to show."""
    return count if count >= FEW else None


def protect_row(counts: Sequence[int]) -> tuple[tuple[int | None, ...], int | None]:
    """Give counts and their total: every one under five hidden, and the smallest of the others with them.

    So of what is hidden only the sum can be known, and that is five or more; a total under five hides everything.
    """
    total = sum(counts)
    hidden = {number for number, count in enumerate(counts) if count < FEW}
    others = sorted((count, number) for number, count in enumerate(counts) if count >= FEW)
    if total < FEW:
        return (None,) * len(counts), None
    if hidden and others:
        hidden.add(others[0][1])
    return tuple(None if number in hidden else count for number, count in enumerate(counts)), total


def protect(counts: Sequence[Sequence[int]]) -> Table:
    """Add totals, hide every figure under five, then as many more as keep each of them from being worked out."""
    full = [[*row, sum(row)] for row in counts]
    full.append([sum(column) for column in zip(*full, strict=True)])
    figures = {(i, j): figure for i, row in enumerate(full) for j, figure in enumerate(row)}
    last = (len(full) - 1, len(full[0]) - 1)
    hidden = {cell for cell, figure in figures.items() if figure < FEW}
    while told := _told(figures, hidden, last):
        hidden.add(_next_to_hide(told, figures, hidden, last))
        if len(hidden) == len(figures):
            break
    rows = (tuple(None if (i, j) in hidden else figure for j, figure in enumerate(row)) for i, row in enumerate(full))
    return Table(tuple(rows))


def _told(figures: dict[Cell, int], hidden: set[Cell], last: Cell) -> set[Cell]:
    """Give the hidden figures that the shown ones give away."""
    return {cell for cell in hidden if not _may_differ(cell, figures, hidden - {cell}, last)}


def _may_differ(cell: Cell, figures: dict[Cell, int], others: set[Cell], last: Cell) -> bool:
    """Tell whether a hidden figure could be one more or one less, the other hidden ones giving way."""
    start, end = _arc(cell, last)
    may_grow = _leads(end, start, figures, others, last)
    return may_grow or (figures[cell] > 0 and _leads(start, end, figures, others, last))


def _next_to_hide(told: set[Cell], figures: dict[Cell, int], hidden: set[Cell], last: Cell) -> Cell:
    """Choose a figure still shown, in the same row or column first: cells before totals, the smallest before others."""
    shown = sorted(
        set(figures) - hidden, key=lambda cell: (cell[1] == last[1], cell[0] == last[0], figures[cell], cell)
    )
    rows, columns = {row for row, _column in told}, {column for _row, column in told}
    beside = [cell for cell in shown if cell[0] in rows or cell[1] in columns]
    return (beside or shown)[0]


def _arc(cell: Cell, last: Cell) -> Arc:
    """Draw a figure as an arc of the flow."""
    row, column = cell
    if cell == last:
        return "end", "source"
    if column == last[1]:
        return "source", f"row {row}"
    if row == last[0]:
        return f"column {column}", "end"
    return f"row {row}", f"column {column}"


def _leads(start: str, goal: str, figures: dict[Cell, int], hidden: set[Cell], last: Cell) -> bool:
    """Tell whether one more can flow from `start` to `goal`: along hidden figures, or back where there is something."""
    onward: dict[str, set[str]] = {}
    for cell in hidden:
        begin, end = _arc(cell, last)
        onward.setdefault(begin, set()).add(end)
        if figures[cell] > 0:
            onward.setdefault(end, set()).add(begin)
    seen, ahead = {start}, [start]
    while ahead:
        for node in onward.get(ahead.pop(), set()) - seen:
            seen.add(node)
            ahead.append(node)
    return goal in seen

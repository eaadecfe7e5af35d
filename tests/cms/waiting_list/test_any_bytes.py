"""Whatever bytes come, the reader gives rows, reasons or one plain sentence, and never falls over (safety 4b)."""

from __future__ import annotations

import datetime as dt
import io

from hypothesis import given
from hypothesis import strategies as st

from cms.waiting_list.file import Bad, FileRefused, Good, open_file
from peer import families
from tests.cms.waiting_list.test_file import HEAD, ROW

TODAY = dt.date(2026, 11, 21)
CELLS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=12)


def rows(data: bytes) -> list[Good | Bad]:
    refused = ""
    try:
        return list(open_file(io.BytesIO(data), today=TODAY).rows)
    except FileRefused as problem:
        refused = str(problem)
    assert refused.endswith(".")
    return []


@given(st.binary(max_size=300))
def test_any_bytes_alone(data: bytes) -> None:
    rows(data)


@given(st.binary(max_size=300))
def test_any_bytes_under_good_headings(data: bytes) -> None:
    rows(f"{HEAD}\n{ROW}\n".encode() + data)


@given(CELLS, st.sampled_from([",", ";", "\t"]), st.sampled_from(["utf-8", "utf-16"]))
def test_any_words_in_any_cell_give_a_family_or_every_reason(cells: list[str], by: str, encoding: str) -> None:
    text = f"{HEAD}\n".replace(",", by) + by.join(cells) + "\n"
    for row in rows(text.encode(encoding)):
        if isinstance(row, Good):
            assert families.from_json(families.as_json(row.family)) == row.family
            assert "\x00" not in families.as_json(row.family)
        else:
            assert row.why
            assert row.line >= 2


@given(st.integers(0, 30), st.sampled_from(['"', '""', '"x', 'x"y']))
def test_one_stray_quote_mark_never_costs_a_later_row(place: int, stray: str) -> None:
    broken = ROW[:place] + stray + ROW[place:]
    text = "\n".join([HEAD, broken, *(ROW.replace("R1", f"S{number}") for number in range(40))])
    good = {row.family.reference for row in rows(text.encode()) if isinstance(row, Good)}
    assert {f"S{number}" for number in range(40)} <= good

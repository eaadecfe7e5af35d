"""Posting: when it is open, until when, and the hours that count for a promise (decision 13, safety 2f)."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from peer import clock, posting
from peer.models.groups import FOREVER
from peer.posting import Missing


def group(**changes: Any) -> Any:
    """Make the standing of somebody in a group that has everything."""
    at = london(2026, 11, 21, 12)
    there = {
        "state": "open",
        "opens": dt.time(7),
        "closes": dt.time(22),
        "cover_until": at + dt.timedelta(hours=20),
        "next_cover": None,
        "moderator_until": FOREVER,
        "protocol_id": 1,
        "protocol_accepted": True,
    }
    return SimpleNamespace(**there | changes)


def london(*parts: int) -> dt.datetime:
    """Give a moment of London time, in UTC."""
    return dt.datetime(*parts, tzinfo=clock.LONDON).astimezone(dt.UTC)  # type: ignore[misc, arg-type]


NOON = london(2026, 11, 21, 12)


def test_with_everything_there_it_is_open_until_closing_time() -> None:
    now = posting.of(group(), at=NOON)
    assert now.is_open
    assert now.until_at == london(2026, 11, 21, 22)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"state": "frozen"}, Missing.PAUSED),
        ({"state": "draft"}, Missing.NOT_OPEN),
        ({"cover_until": None}, Missing.CLINICIAN),
        ({"moderator_until": None}, Missing.MODERATOR),
        ({"protocol_id": None}, Missing.PROTOCOL),
        ({"protocol_accepted": False}, Missing.YOUR_YES),
        ({"opens": dt.time(13)}, Missing.NIGHT),
    ],
)
def test_each_missing_piece_closes_it_by_name(changes: dict[str, Any], missing: Missing) -> None:
    assert posting.of(group(**changes), at=NOON).missing == (missing,)


def test_it_closes_with_the_cover_unless_somebody_follows_on() -> None:
    nine = london(2026, 11, 21, 21)
    assert posting.of(group(cover_until=nine), at=NOON).until_at == nine
    assert posting.of(group(cover_until=nine, next_cover=nine), at=NOON).until_at == london(2026, 11, 21, 22)


def test_it_says_when_one_can_write_again() -> None:
    night = london(2026, 11, 21, 23)
    assert posting.of(group(), at=night).reopens_at == london(2026, 11, 22, 7)
    early = london(2026, 11, 22, 3)
    gone = group(cover_until=None, next_cover=early)
    assert posting.of(gone, at=night).reopens_at == london(2026, 11, 22, 7)
    assert posting.of(group(cover_until=None), at=night).reopens_at is None


@pytest.mark.parametrize("state", ["frozen", "draft", "closed"])
def test_no_hour_is_named_for_what_only_a_person_opens(state: str) -> None:
    assert posting.of(group(state=state), at=london(2026, 11, 21, 23)).reopens_at is None


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (london(2026, 11, 21, 12), london(2026, 11, 21, 16)),
        (london(2026, 11, 21, 20), london(2026, 11, 22, 9)),
        (london(2026, 11, 21, 2), london(2026, 11, 21, 11)),
        (london(2026, 11, 21, 23), london(2026, 11, 22, 11)),
        (london(2026, 10, 24, 21), london(2026, 10, 25, 10)),  # the night the clocks go back
        (london(2026, 3, 28, 21), london(2026, 3, 29, 10)),  # the night they go forward
        (london(2026, 12, 31, 21), london(2027, 1, 1, 10)),
        (london(2028, 2, 28, 21), london(2028, 2, 29, 10)),
    ],
)
def test_the_promise_counts_opening_hours_only(sent: dt.datetime, due: dt.datetime) -> None:
    assert posting.due_after(group(), 4, at=sent) == due


def test_a_group_open_all_day_still_counts() -> None:
    all_day = group(opens=dt.time(0), closes=dt.time(23, 59, 59))
    assert posting.due_after(all_day, 30, at=NOON) - NOON < dt.timedelta(hours=30, minutes=1)

"""Working days: weekends and bank holidays do not count."""

from __future__ import annotations

import datetime as dt

import pytest

from peer import clock, workdays


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-16", 1, "2026-11-17"),  # Monday to Tuesday
        ("2026-11-20", 1, "2026-11-23"),  # over a weekend
        ("2026-11-21", 1, "2026-11-23"),  # from a Saturday
        ("2026-12-24", 1, "2026-12-29"),  # Christmas, a weekend and the substitute day
        ("2026-12-23", 3, "2026-12-30"),
        ("2027-03-25", 3, "2027-04-01"),  # Easter
        ("2026-11-16", 10, "2026-11-30"),
    ],
)
def test_working_days_are_counted_as_an_office_counts(start: str, days: int, expected: str) -> None:
    assert workdays.after(dt.date.fromisoformat(start), days=days) == dt.date.fromisoformat(expected)


def test_the_holidays_are_known_for_at_least_a_year_ahead() -> None:
    assert max(workdays.bank_holidays()).year >= clock.today().year + 1

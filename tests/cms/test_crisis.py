"""Crisis help stands on every page, whole, without a database."""

from __future__ import annotations

import pytest
from django.template.loader import get_template

from cms import crisis
from cms.checks import crisis_lines_are_whole

ERRORS = ["400", "403", "403_csrf", "404", "405", "409", "429", "500", "maintenance"]


def test_the_committed_numbers_are_whole() -> None:
    assert crisis_lines_are_whole() == []


@pytest.mark.parametrize("key", crisis.NEEDED)
def test_a_missing_line_is_named(key: str) -> None:
    left = tuple(line for line in crisis.LINES if line.key != key)
    assert any(fault.startswith(key) for fault in crisis.faults(left))


def test_a_mistyped_number_is_found() -> None:
    row = crisis.CrisisLine("childline", "Childline", "Talk", "Free", "Call", call="08001112")
    others = tuple(line for line in crisis.LINES if line.key != "childline")
    assert crisis.faults((*others, row)) == ["childline must be 08001111"]


@pytest.mark.parametrize("page", ERRORS)
def test_every_error_page_shows_all_lines_with_no_database_and_no_context(page: str) -> None:
    html = get_template(f"{page}.html").render()
    assert all(f'href="{line.href}"' in html for line in crisis.LINES)
    assert "Leave quickly" in html

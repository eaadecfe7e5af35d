"""Logs: one line of JSON, and never a phone number."""

from __future__ import annotations

import json
import logging

import pytest

from cms.logs import ButNotFound, JsonLines


def _line(words: str, *values: object) -> str:
    return JsonLines().format(logging.LogRecord("x", logging.WARNING, "f.py", 1, words, values, None))


@pytest.mark.parametrize(
    "number", ["+447700900123", "07700 900123", "00447700900123", "020 7946 0000", "(020) 79460000"]
)
def test_no_number_reaches_a_log(number: str) -> None:
    assert "900123" not in _line("sent to %s now", number)
    assert "7946" not in _line("sent to %s now", number)


def test_a_line_is_json_and_keeps_its_words() -> None:
    told = json.loads(_line("delivery %s failed after 3 tries", 42))
    assert told["said"] == "delivery 42 failed after 3 tries"
    assert told["level"] == "WARNING"


def test_the_demo_is_quiet_about_addresses_that_are_nobodys_and_about_nothing_else() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, "f.py", 1, "Not Found: /x", (), None)
    assert ButNotFound().filter(record)
    record.status_code = 404
    assert not ButNotFound().filter(record)
    record.status_code = 500
    assert ButNotFound().filter(record)

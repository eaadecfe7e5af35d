"""Numbers: every kind of UK line is classed right, and what must never be dialled is refused in plain words (G22)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from notifications import numbers
from notifications.numbers import Line, WrongNumber

TABLE = [
    ("07700 900123", "+447700900123", Line.MOBILE),
    ("+44 7700 900999", "+447700900999", Line.MOBILE),
    ("0044 7700 900 000", "+447700900000", Line.MOBILE),
    ("(020) 7946 0018", "+442079460018", Line.LANDLINE),
    ("01632 960001", "+441632960001", Line.LANDLINE),
    ("07624 123456", "+447624123456", Line.MOBILE),  # Isle of Man
    ("07797 712345", "+447797712345", Line.MOBILE),  # Jersey
    ("07781 123456", "+447781123456", Line.MOBILE),  # Guernsey
    ("01534 456789", "+441534456789", Line.LANDLINE),
    ("01481 256789", "+441481256789", Line.LANDLINE),
    ("01624 756789", "+441624756789", Line.LANDLINE),
    ("056 1234 5678", "+445612345678", Line.LANDLINE),
]
REFUSED = [
    ("", "Please give a phone number"),
    ("no phone", "Please give a phone number"),
    ("999", "emergency"),
    ("112", "emergency"),
    ("111", "emergency"),
    ("116 123", "emergency"),
    ("85258", "emergency"),
    ("0900 1234567", "costs extra"),
    ("0844 123 4567", "costs extra"),
    ("070 1234 5678", "costs extra"),
    ("0800 111 1111", "not somebody’s own"),
    ("07640 123456", "not somebody’s own"),
    ("+1 202 555 0123", "in the UK"),
    ("+353 85 012 3456", "in the UK"),
    ("07700 90012", "check each digit"),
    ("07700 900123 ext 5", "extension"),
    ("0" * 60, "Please give a phone number"),
    ("02079460018; DROP TABLE", "check each digit"),
]


@pytest.mark.parametrize(("typed", "e164", "line"), TABLE)
def test_a_number_is_stored_as_e164_with_its_kind_of_line(typed: str, e164: str, line: Line) -> None:
    assert numbers.parse(typed) == numbers.Number(e164, line)


@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_a_number_that_must_not_be_dialled_is_refused_in_plain_words(typed: str, why: str) -> None:
    with pytest.raises(WrongNumber, match=why):
        numbers.parse(typed)


def test_every_kind_of_line_that_the_published_table_names_is_taken_or_refused_by_its_kind() -> None:
    source = Path(__file__).resolve().parents[3] / "shared" / "data" / "gb_phone_numbers.json"
    if not source.exists():
        pytest.skip("the published table of number types is not at hand")
    regions = json.loads(source.read_text())["regions"]
    for region in ("GB", "JE", "GG", "IM"):
        for kind, example in regions[region].items():
            if example is None:
                continue
            if kind in {"FIXED_LINE", "MOBILE", "VOIP"}:
                assert numbers.parse(example).line == (Line.MOBILE if kind == "MOBILE" else Line.LANDLINE)
            else:
                with pytest.raises(WrongNumber):
                    numbers.parse(example)


def test_the_keyed_hash_finds_a_number_and_changes_with_the_key(settings) -> None:
    first = numbers.hashed("+447700900123")
    assert first == numbers.hashed("+447700900123")
    settings.NUMBER_HASH_KEY = "another"
    assert numbers.hashed("+447700900123") != first


def test_only_the_last_three_digits_are_shown() -> None:
    assert numbers.masked("+447700900123") == "••• 123"


def test_a_withheld_number_is_dialled_with_141_and_as_people_here_write_it() -> None:
    assert numbers.withheld("+447700900101") == "14107700900101"
    assert numbers.withheld("+442079460122") == "14102079460122"

"""How many segments a text costs."""

import pytest

from notifications.simulator.segments import segments


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ï" * 70, 1),
        ("ï" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("ï" * 66 + "😀" + "ï" * 67, 3),
    ],
)
def test_segments_are_counted_as_the_provider_counts_them(body: str, count: int) -> None:
    assert segments(body) == count

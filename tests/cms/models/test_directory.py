"""What a service says of itself in a few words."""

from __future__ import annotations

import pytest

from cms.models import DirectoryService


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (None, None, "All ages"),
        (0, 120, "All ages"),
        (12, 18, "Ages 12 to 18"),
        (18, None, "From age 18"),
        (18, 120, "From age 18"),
        (0, 11, "Up to age 11"),
        (None, 25, "Up to age 25"),
    ],
)
def test_ages_are_said_as_people_say_them(first: int | None, last: int | None, said: str) -> None:
    assert DirectoryService(age_from=first, age_to=last).ages() == said

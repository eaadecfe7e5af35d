"""What the manual prints is what the program reads (architecture 9)."""

from __future__ import annotations

import pytest
from django.core.management import call_command


@pytest.mark.parametrize("printed", ["draw_states", "print_policy"])
def test_the_manual_prints_what_is_so(printed: str) -> None:
    call_command(printed, "--check")

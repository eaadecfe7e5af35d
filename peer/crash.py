"""Named places in the code where a fault test may kill this process, as a power cut would (safety 4a)."""

from __future__ import annotations

import os
import signal
from itertools import count

from django.conf import settings

_passed: dict[str, count[int]] = {}


def crash_point(name: str) -> None:
    """Die here at the n-th pass where the setting CRASH_AT says "name:n"; always off in production."""
    if not settings.CRASH_AT:
        return
    wanted, _, nth = settings.CRASH_AT.partition(":")
    if wanted == name and next(_passed.setdefault(name, count(1))) == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)

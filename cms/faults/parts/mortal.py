"""Gunicorn's settings for fault runs: each worker is told where it dies, and the next one where it does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

PLAN, LIVED = "WEB_PLAN", ".lived"

preload_app = True  # the master has the site loaded, so that the next worker is there at once
graceful_timeout = 2  # seconds; whoever still waits for an answer at the end has been heard by the ledger


def post_fork(_server: Any, _worker: Any) -> None:
    """Take the next point of the plan for this worker, and write down that it was taken."""
    from django.conf import settings  # noqa: PLC0415 - gunicorn reads this file before the site

    plan = Path(os.environ[PLAN])
    now, *later = plan.read_text().splitlines() or [""]
    plan.write_text("\n".join(later))
    with lived(plan).open("a") as lines:
        lines.write(f"{now}\n")
    settings.CRASH_AT = now


def lived(plan: Path) -> Path:
    """Say where the points are that workers were given, the one that lives now last."""
    return plan.with_name(plan.name + LIVED)

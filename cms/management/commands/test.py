"""`manage.py test`: the whole suite on SQLite, then what needs PostgreSQL in a second run (decision 31)."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

NOTHING_SELECTED = 5
FAILED = 1


class Command(BaseCommand):
    """Run pytest with this project's settings; the last lines are pytest's own."""

    help = "Run the whole suite; options pass through to pytest."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand every option to pytest untouched."""
        sys.exit(run(argv[2:]))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the suite when called from code."""
        sys.exit(run(list(args)))


def run(options: list[str]) -> int:
    """Run both passes and give the worse exit code; the second only where a selected test asks for PostgreSQL."""
    options = _on_every_core(options)
    from cms import servers  # noqa: PLC0415 - the quick pass of one file need not load it

    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "needs-postgres"
        quick = _pytest(options, {"NEEDS_POSTGRES_FILE": str(asked)}, without=("DATABASE_URL",))
        whole = os.environ.get("SUITE") == "whole" and "--version" not in options
        if quick not in (0, FAILED, NOTHING_SELECTED) or not (asked.exists() or whole):
            return quick
    if quick == FAILED and {"-x", "--exitfirst"} & set(options):
        return quick
    print("\nNow the tests that need PostgreSQL.", flush=True)
    with servers.postgres() as (url, name):
        second = _pytest(options, {"DATABASE_URL": url, "DATABASE_NAME_TOLD": name})
    return second if quick == NOTHING_SELECTED else max(quick, second % NOTHING_SELECTED)


def _on_every_core(options: list[str]) -> list[str]:
    """Share the whole suite out among the cores; a part of it, or a run to look into, stays in one process."""
    looks_in = {"-s", "--pdb", "-n", "-x", "--exitfirst", "--collect-only", "--co", "--version"} & set(options)
    if looks_in or any(Path(option.partition("::")[0]).exists() for option in options):
        return options
    return ["-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder", *options]


def _pytest(options: list[str], more: dict[str, str], without: tuple[str, ...] = ()) -> int:
    kept = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.run([sys.executable, "-m", "pytest", *options], env=kept | more, check=False).returncode

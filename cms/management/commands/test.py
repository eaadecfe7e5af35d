"""`manage.py test`: runs the whole suite with pytest; options pass through."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Run pytest with this project's settings."""

    help = "Run the whole suite; options pass through to pytest."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand every option to pytest untouched."""
        sys.exit(subprocess.run([sys.executable, "-m", "pytest", *argv[2:]], check=False).returncode)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the suite when called from code."""
        self.run_from_argv(["manage.py", "test", *args])

"""A command that writes one page of docs/, or with --check says whether it is current."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class DrawnCommand(BaseCommand):
    """Writes `page` from `draw()`."""

    page: ClassVar[str]
    draw: ClassVar[Callable[[], str]]
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Offer the check that CI makes."""
        parser.add_argument("--check", action="store_true", help="change nothing; fail where the page is old")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page, or compare it."""
        path = Path(settings.BASE_DIR) / "docs" / self.page
        drawn = type(self).draw()
        if not options["check"]:
            path.write_text(drawn)
        elif not path.exists() or path.read_text() != drawn:
            name = self.__module__.rpartition(".")[2]
            raise CommandError(f"docs/{self.page} is old. Write it again: manage.py {name}")

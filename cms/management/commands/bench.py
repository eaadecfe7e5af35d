"""`manage.py bench [NAME …]`: measures, and ends with one line of JSON per name."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from cms import bench, measured


class Command(BaseCommand):
    """Run the benches asked for, or all."""

    help = "Measure; progress on stderr, one line of JSON per name on stdout."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take names."""
        parser.add_argument("names", nargs="*", metavar="NAME", help="all where none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure."""
        measured.run(bench, options["names"])

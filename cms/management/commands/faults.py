"""`manage.py faults [NAME …] [--seeds N]`: breaks things on purpose, and ends with one line of JSON per name."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from cms import faults, measured


class Command(BaseCommand):
    """Run the fault runs asked for, or all."""

    help = "Break things on purpose; progress on stderr, one line of JSON per name on stdout."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take names and how many seeds."""
        parser.add_argument("names", nargs="*", metavar="NAME", help="all where none is named")
        parser.add_argument("--seeds", type=int, default=5, help="how many times, each broken elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        """Break and count."""
        measured.run(faults, options["names"], seeds=options["seeds"])

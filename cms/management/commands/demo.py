"""`manage.py demo`: the whole service with invented people, on this machine alone."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Start web, clock, worker, beat and telephones."""

    help = "Start the whole service with invented people on this machine."
    requires_system_checks: list[str] = []  # the suite runs them; a second start stays quick

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the port; manage.py has settled it before settings were read (cms/demo_env.py)."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C."""
        if not settings.DEMO:
            self.stderr.write("Start the demo by: python3 manage.py demo")
            return
        from cms.demo_run import run  # noqa: PLC0415 - brings Celery and the server

        run(port=options["port"])

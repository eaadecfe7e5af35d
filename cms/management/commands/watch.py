"""`manage.py watch`: sees when the clock stands still, and wakes somebody by its own path; needs no broker (E13)."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from notifications import watcher

LOOKS = 1.0  # seconds between two looks for the parent


class Command(BaseCommand):
    """Run the watcher until it is told to stop."""

    help = "Watch the clock from a process of its own, and page where it stands still, until Ctrl-C."
    requires_system_checks: list[str] = []  # it must come up whatever is broken

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the process with which to end."""
        parser.add_argument("--parent", type=int, default=0, help="end when this parent process is gone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and end cleanly on SIGTERM, on Ctrl-C, or with the parent."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if options["parent"]:
            threading.Thread(target=_end_with, args=(options["parent"], stop), name="parent", daemon=True).start()
        self.stdout.write("The watcher watches.")
        self.stdout.flush()
        watcher.run(stop)


def _end_with(parent: int, stop: threading.Event) -> None:
    while os.getppid() == parent:
        stop.wait(LOOKS)
    stop.set()

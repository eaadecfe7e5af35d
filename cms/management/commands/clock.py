"""`manage.py clock`: sends what is due, climbs the ladder and sweeps, polling the database; needs no broker."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from notifications import clockwork


class Command(BaseCommand):
    """Run the clock process until it is told to stop."""

    help = "Send due messages, run the escalation ladder and the sweeps until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and end cleanly on SIGTERM or Ctrl-C."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        clockwork.load()
        self.stdout.write("The clock runs.")
        self.stdout.flush()
        clockwork.run(stop)

"""Celery: hints and nightly work. In the demo its worker and its beat are threads of the one process (decision 5)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
app = Celery("meanwhile")
app.set_default()  # a current app is current in one thread; web threads hint too
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def start_threads() -> Callable[[], None]:
    """Start a worker and beat as threads, wait until the worker listens, and give what stops them."""
    from celery.beat import Scheduler, Service  # noqa: PLC0415 - only the demo needs them

    ready = threading.Event()

    class Worker(app.WorkController):  # type: ignore[misc, name-defined]
        def on_consumer_ready(self, consumer: Any) -> None:
            ready.set()  # a bare WorkController never sends `worker_ready`

    worker = Worker(
        pool="threads",
        concurrency=2,
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
        loglevel="ERROR",
    )
    threading.Thread(target=worker.start, name="worker", daemon=True).start()
    beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
    threading.Thread(target=beat.start, name="beat", daemon=True).start()
    ready.wait(timeout=10)

    def stop() -> None:
        beat.stop()
        worker.stop()

    return stop

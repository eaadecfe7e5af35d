"""How most projects send: one Celery task a message, which reads its row, calls the provider's SDK and saves the id.

A real worker with 32 threads and Celery's own defaults, a real broker, and a client kept by each thread. What is
measured begins when the worker has taken its first message, with all tasks queued: queueing and start cost it nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from celery import Celery
from twilio.http.http_client import TwilioHttpClient  # noqa: TID251 - the SDK itself is what is measured here
from twilio.rest import Client  # noqa: TID251

HERE = Path(__file__).resolve().parents[3]
API = "https://api.twilio.com"
THREADS = 32
QUEUE = f"meanwhile-bench-{os.getpid()}"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
app = Celery("one_task_each")
app.config_from_object("django.conf:settings", namespace="CELERY")
_own = threading.local()


class ToTheStandIn(TwilioHttpClient):  # type: ignore[misc]
    """The SDK's own HTTP client, sent to this machine."""

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        """Ask the stand-in what was meant for the provider."""
        return super().request(method, url.replace(API, os.environ["TWILIO_BASE_URL"]), *args, **kwargs)


def _client() -> Client:
    if not hasattr(_own, "client"):
        _own.client = Client("AC" + "0" * 32, "token", http_client=ToTheStandIn())
    return _own.client


@app.task(name="bench.send")
def send(pk: int) -> None:
    """Send one message."""
    from django.conf import settings  # noqa: PLC0415 - settings come first

    from notifications.models import Delivery  # noqa: PLC0415

    row = Delivery.objects.select_related("contact").get(pk=pk)
    message = _client().messages.create(
        to=row.contact.where,
        from_=settings.TWILIO_FROM,
        body=row.body,
        status_callback=f"{settings.PUBLIC_BASE_URL}/webhooks/twilio/status/{pk:032x}/",
        validity_period=14_400,
    )
    Delivery.objects.filter(pk=pk).update(state=Delivery.State.ACCEPTED, sid=message.sid)


@contextmanager
def worker(base: str) -> Iterator[Callable[[Sequence[int]], float]]:
    """Run a worker and give what sends messages through it and says how many a second went."""
    command = [sys.executable, "-m", "celery", "-A", "cms.bench.parts.one_task_each", "worker", "--queues", "idle"]
    options = ["--pool", "threads", "--concurrency", str(THREADS), "--loglevel", "ERROR"]
    quiet = ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    child = subprocess.Popen(
        [*command, *options, *quiet], cwd=HERE, env=os.environ | {"TWILIO_BASE_URL": base}, stdout=subprocess.DEVNULL
    )
    try:
        _until(lambda: bool(app.control.ping(timeout=1)), child)
        yield lambda keys: _send(keys, child)
    finally:
        child.terminate()
        child.wait(timeout=30)
        with redis.Redis.from_url(app.conf.broker_url) as broker:
            broker.delete(QUEUE, f"_kombu.binding.{QUEUE}", f"_kombu.binding_permanent.{QUEUE}")


def _send(keys: Sequence[int], child: subprocess.Popen[bytes]) -> float:
    from notifications.models import Delivery  # noqa: PLC0415 - settings come first

    for key in keys:
        send.apply_async((key,), queue=QUEUE)
    app.control.add_consumer(QUEUE)
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING)
    _until(lambda: waiting.count() < len(keys), child)
    left, began = waiting.count(), time.perf_counter()
    _until(lambda: not waiting.exists(), child)
    app.control.cancel_consumer(QUEUE)
    return left / (time.perf_counter() - began)


def _until(true: Callable[[], bool], child: subprocess.Popen[bytes]) -> None:
    while not true():
        if child.poll() is not None:
            raise RuntimeError("The Celery worker ended.")
        time.sleep(0.02)

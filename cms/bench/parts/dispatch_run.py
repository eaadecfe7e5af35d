"""The child of `bench dispatch`: one part of it in a process of its own, figures as JSON."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cms.bench.parts.machine import CORES, busy_seconds, memory_mb
from cms.bench.parts.stub import stub

WARM = 50  # messages before anything is measured: keys are derived and statements prepared once a process


@dataclass(frozen=True)
class Cell:
    """One latency of the provider with one number of connections, and how many messages make a round of it."""

    latency_ms: int
    connections: int
    messages: int

    @property
    def name(self) -> str:
        """Name it as the figures do."""
        return f"{self.latency_ms}ms_{self.connections}c"


def rates(*, cells: list[Cell], rounds: int, tasks: int) -> dict[str, object]:
    """Send by each of the three ways in turn, round by round, and give the median of each round's ratios.

    `busy_ms` is how long all cores together were busy for one message of ours: client, stand-in and database. What they
    could do at best in that time, against the raw client, is `vs_raw_at_most`; it holds on a machine that does nothing
    else.
    """
    from django.conf import settings  # noqa: PLC0415 - settings come first

    from cms.bench.parts import crowd, one_task_each, raw_client  # noqa: PLC0415
    from notifications import clockwork  # noqa: PLC0415

    sys.setswitchinterval(clockwork.HANDS_OVER)  # as the clock process does
    vs_raw, vs_task, busy, at_most = (defaultdict[str, list[float]](list) for _ in range(4))
    for latency in sorted({cell.latency_ms for cell in cells}):
        with stub(latency_ms=latency) as base, one_task_each.worker(base) as by_tasks:
            settings.TWILIO_BASE_URL = base
            _dispatch(crowd.queue(WARM, news=f"warm {latency}"), connections=WARM)
            for number in range(rounds):
                one_by_one = by_tasks(crowd.queue(tasks, news=f"tasks {latency} {number}"))
                for cell in (cell for cell in cells if cell.latency_ms == latency):
                    raw = raw_client.send(base, count=cell.messages, connections=cell.connections)
                    keys = crowd.queue(cell.messages, news=f"{cell.name} {number}")
                    before = busy_seconds()
                    ours = _dispatch(keys, connections=cell.connections)
                    each = (busy_seconds() - before) / cell.messages
                    vs_raw[cell.name].append(ours / raw)
                    vs_task[cell.name].append(ours / one_by_one)
                    busy[cell.name].append(each * 1000)
                    at_most[cell.name].append(min(1.0, CORES / each / raw))
                    _say(f"{cell.name}: raw {raw:.0f}/s, ours {ours:.0f}/s, a task each {one_by_one:.0f}/s")
    return {
        "vs_raw": _medians(vs_raw),
        "vs_raw_at_most": _medians(at_most),
        "busy_ms": _medians(busy),
        "vs_task_per_message": _medians(vs_task),
    }


def _dispatch(keys: Sequence[int], *, connections: int) -> float:
    from notifications.dispatcher import Dispatcher  # noqa: PLC0415 - settings come first
    from notifications.models import Delivery, Duty  # noqa: PLC0415

    dispatcher = Dispatcher(duties=(Duty.CODE, Duty.FAMILY), connections=connections)
    began = time.perf_counter()
    while dispatcher.turn():
        pass
    took = time.perf_counter() - began
    dispatcher.close()
    if Delivery.objects.filter(state=Delivery.State.ACCEPTED).count() != len(keys):
        raise RuntimeError("Not every message was taken.")
    return len(keys) / took


def _medians(ratios: dict[str, list[float]]) -> dict[str, float]:
    return {name: round(statistics.median(some), 2) for name, some in ratios.items()}


def broadcast(*, people: int) -> dict[str, object]:
    """Queue one piece of news to a great many people, chunk by chunk; give the rate and how memory grew meanwhile."""
    from cms.bench.parts import crowd  # noqa: PLC0415 - settings come first

    began, held = time.perf_counter(), list[float]()
    queued = 0
    for some in crowd.tell(people, news="broadcast"):
        queued += some
        held.append(memory_mb())
    took = time.perf_counter() - began
    _say(f"broadcast: {queued} rows in {took:.0f} s, from {held[0]:.0f} to {max(held):.0f} MB")
    return {"broadcast_rows_s": round(queued / took), "peak_mb": round(max(held) - held[0], 1)}


def page(*, texts: int) -> dict[str, object]:
    """Queue one page behind many texts that are going out, and give how long it takes until the network has it."""
    from cms.bench.parts import crowd  # noqa: PLC0415 - settings come first
    from notifications.models import Delivery, Duty  # noqa: PLC0415

    crowd.queue(texts, news="before the page")
    going = Delivery.objects.filter(duty=Duty.FAMILY, state=Delivery.State.ACCEPTED)
    _until(lambda: going.count() > 0)
    began = time.perf_counter()
    crowd.page(texts + 1)
    _until(lambda: Delivery.objects.filter(duty=Duty.PAGE, state=Delivery.State.ACCEPTED).exists())
    took = time.perf_counter() - began
    _say(f"page: {took:.2f} s behind {Delivery.objects.filter(state=Delivery.State.PENDING).count()} texts")
    return {"page_behind_broadcast_s": round(took, 2)}


def _until(true: Callable[[], bool], *, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise RuntimeError("It did not come about.")
        time.sleep(0.02)


def gather(*, people: int) -> dict[str, object]:
    """Invent the crowd."""
    from cms.bench.parts import crowd  # noqa: PLC0415 - settings come first

    crowd.gather(people)
    return {}


def _say(words: str) -> None:
    sys.stderr.write(f"  {words}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings")
    import django

    django.setup()
    options = json.loads(sys.argv[2])
    if "cells" in options:
        options["cells"] = [Cell(*cell) for cell in options["cells"]]
    parts: dict[str, Callable[..., dict[str, object]]] = {
        part.__name__: part for part in (gather, rates, page, broadcast)
    }
    sys.stdout.write(json.dumps(parts[sys.argv[1]](**options)) + "\n")

"""The sender against a raw client and against one task a message; a page behind a broadcast; a great broadcast queued.

One interleaved run, ratios only: the provider is a stand-in on loopback with a set latency, in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cms import servers
from cms.bench.parts.stub import stub
from cms.faults.parts.stage import environment, migrated

HERE = Path(__file__).resolve().parents[2]
CELLS = (  # latency in ms, connections, messages a round (some seconds of the raw client; most seconds are ours)
    (0, 50, 4_000),
    (0, 200, 4_000),
    (50, 50, 4_000),
    (50, 200, 8_000),
    (150, 50, 1_500),
    (150, 200, 6_000),
)
ROUNDS = 3
TASKS = 300  # messages of a round that go by one task each
TEXTS, PEOPLE = 5_000, 100_000
PER_SECOND = "10"  # what the network takes from one sender, while the page waits behind the texts


def run() -> dict[str, object]:
    """Measure everything in a database of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="meanwhile-dispatch-") as name,
        servers.postgres() as (server, _which),
        servers.redis() as (broker, _which_broker),
        migrated(Path(name), postgres=server) as database,
    ):
        env = environment(Path(name), database) | {"TIME_SCALE": "1"}
        _child("gather", env, people=PEOPLE)
        figures = _child("rates", env | {"CELERY_BROKER_URL": broker}, cells=CELLS, rounds=ROUNDS, tasks=TASKS)
        with stub(latency_ms=50) as base, _clock(env | {"TWILIO_BASE_URL": base, "TWILIO_PER_SECOND": PER_SECOND}):
            figures |= _child("page", env, texts=TEXTS)
        return figures | _child("broadcast", env, people=PEOPLE)


def _child(part: str, env: dict[str, str], **options: object) -> dict[str, object]:
    command = [sys.executable, "-m", "cms.bench.parts.dispatch_run", part, json.dumps(options)]
    done = subprocess.run(command, cwd=HERE, env=env, stdout=subprocess.PIPE, text=True, check=True)
    figures: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return figures


@contextmanager
def _clock(env: dict[str, str]) -> Iterator[None]:
    """Run the clock process as production does."""
    child = subprocess.Popen([sys.executable, "manage.py", "clock"], cwd=HERE, env=os.environ | env)
    try:
        yield
    finally:
        child.terminate()
        child.wait(timeout=60)

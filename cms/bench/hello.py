"""The bare framework on the server we use (gunicorn gthread, 2 × 4): the yardstick of every other bench."""

from __future__ import annotations

from cms import servers
from cms.bench.parts.load import load

ROUNDS, SECONDS = 3, 3.0


def run() -> dict[str, object]:
    """Measure the rate and the CPU time of a bare hello, and give the median round."""
    with servers.gunicorn("cms.bench.parts.hello_site:application") as server:
        load(server.port, path="/", seconds=1)
        rounds = []
        for _round in range(ROUNDS):
            before = server.cpu_seconds()
            figures = load(server.port, path="/", seconds=SECONDS)
            cpu_ms = (server.cpu_seconds() - before) / figures.answers * 1000
            rounds.append((figures.per_second(), cpu_ms, figures.wait(0.5), figures.wait(0.95)))
    rate, cpu, middle, slow = sorted(rounds)[ROUNDS // 2]
    return {
        "requests_per_s": round(rate),
        "cpu_ms": round(cpu, 3),
        "p50_ms": round(middle, 2),
        "p95_ms": round(slow, 2),
        "connections": 8,
    }

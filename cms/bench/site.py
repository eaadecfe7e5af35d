"""The public site: kept pages against pages made anew, the bare framework and plain Wagtail; SQL, growth, weight.

All are asked in turns on the same server; ratios are medians of the rounds. CPU is that of web and database together.
"""

from __future__ import annotations

import http.client
import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

from cms import servers
from cms.bench.parts.load import TRIES, get, load
from cms.env import local_secret
from cms.faults.parts.stage import copied, environment, migrated

HERE = Path(__file__).resolve().parents[2]
PAGES = 5_000
ROUNDS, MADE, KEPT, WARM = 7, 40, 2_000, 16  # in turns: a shared machine changes its speed from minute to minute
SMALL = "Accept-Encoding: gzip\r\n"  # as every browser asks
ANEW = SMALL + "Cookie: bench=1\r\n"  # whoever brings a cookie gets the page itself
ASKED = ("HomePage", "StandardPage", "SectionPage", "directory")


@dataclass(frozen=True)
class Cost:
    """What one answer cost: CPU of web and database in ms, and how many there were a second."""

    cpu_ms: float
    per_second: float


def run(*, pages: int = PAGES, rounds: int = ROUNDS) -> dict[str, object]:
    """Measure the example's site, the same with many pages, plain Wagtail and the bare framework."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="meanwhile-site-")))
        server, _which = stack.enter_context(servers.postgres())
        broker, _which = stack.enter_context(servers.redis())
        empty = stack.enter_context(migrated(folder, postgres=server))
        sites, told = {}, {}
        for name, more in {"small": 0, "large": pages}.items():
            database = stack.enter_context(copied(empty, name))
            env = _env(folder / name, database, broker)
            told[name] = _fill(more, env)
            sites[name] = (stack.enter_context(servers.gunicorn("cms.wsgi:application", env=env)), database)
        plain = env | {"FLOOR_SECRET_KEY": local_secret("SECRET_KEY", folder)}
        web = stack.enter_context(servers.gunicorn("cms.bench.parts.plain.site:application", env=plain))
        sites["plain"] = (web, database)
        sites["hello"] = (stack.enter_context(servers.gunicorn("cms.bench.parts.hello_site:application")), "")
        costs = _measure(sites, told["small"]["paths"], rounds)
        return _figures(costs, told["large"], times=1 + pages / len(told["small"]["paths"]))


def _env(folder: Path, database: str, broker: str) -> dict[str, str]:
    folder.mkdir()
    wanted = {"ENVIRONMENT": "test", "CLOCK_OFFSET": "0", "TIME_SCALE": "1", "PUBLIC_BASE_URL": "http://localhost"}
    return environment(folder, database) | wanted | {"REDIS_URL": broker}


def _fill(pages: int, env: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "cms.bench.parts.site_run", json.dumps({"pages": pages})]
    done = subprocess.run(command, cwd=HERE, env=env, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _measure(
    sites: dict[str, tuple[servers.Web, str]], paths: dict[str, str], rounds: int
) -> dict[str, dict[str, list[Cost]]]:
    """Ask for each page in turn, kept and made anew, round by round."""
    costs: dict[str, dict[str, list[Cost]]] = defaultdict(lambda: defaultdict(list))
    for web, _database in sites.values():
        _wake(web)
    for number in range(rounds):
        for page in ASKED:
            asked = get(paths[page], headers=ANEW)
            for name in ("small", "large"):
                costs[page][name].append(_cost(*sites[name], asked, MADE))
                costs[page][f"{name}_kept"].append(_cost(*sites[name], get(paths[page], headers=SMALL), KEPT))
            costs[page]["hello"].append(_cost(*sites["hello"], get("/", headers=SMALL), KEPT))
            if page == "StandardPage":
                costs[page]["plain"].append(_cost(*sites["plain"], asked, MADE))
        sys.stderr.write(f"  round {number + 1} of {rounds}: {costs['StandardPage']['large'][-1]}\n")
    return costs


def _wake(web: servers.Web) -> None:
    """Ask a few times with patience: on a busy machine a process may take long for its first answer."""
    for _turn in range(8):
        waiting = http.client.HTTPConnection("127.0.0.1", web.port, timeout=120)
        waiting.request("GET", "/", headers={"Host": "localhost", "Connection": "close"})
        waiting.getresponse().read()


def _cost(web: servers.Web, database: str, asked: bytes, answers: int) -> Cost:
    """Give the quickest of a few tries, with what it cost."""
    return max((_try(web, database, asked, answers) for _ in range(TRIES)), key=lambda cost: cost.per_second)


def _try(web: servers.Web, database: str, asked: bytes, answers: int) -> Cost:
    load(web.port, asked=repeat(asked), answers=WARM)
    before = _seconds(web, database)
    figures = load(web.port, asked=repeat(asked), answers=answers)
    used = sum(seconds - before.get(pid, 0) for pid, seconds in _seconds(web, database).items())
    return Cost(used * 1000 / figures.answers, figures.per_second())


def _seconds(web: servers.Web, database: str) -> dict[int, float]:
    """Give the CPU time of each process: one of the database's may end, and another begin, meanwhile."""
    pids = [web.pid, *servers.children(web.pid), *(servers.backends(database) if database else ())]
    return {pid: servers.cpu_seconds([pid]) for pid in pids}


def _figures(costs: dict[str, dict[str, list[Cost]]], told: dict[str, Any], *, times: float) -> dict[str, object]:
    """Give the medians by page; each ratio is of requests a second, within a round."""

    def ratio(page: str, one: str, other: str) -> float:
        pairs = zip(costs[page][one], costs[page][other], strict=True)
        return _median(first.per_second / second.per_second for first, second in pairs)

    def growth(page: str) -> float:
        small, large = (statistics.median(cost.cpu_ms for cost in costs[page][name]) for name in ("small", "large"))
        return round(math.log(large / small) / math.log(times), 2)

    return {
        "cached_vs_uncached": {page: ratio(page, "large_kept", "large") for page in ASKED},
        "cached_vs_hello": {page: ratio(page, "large_kept", "hello") for page in ASKED},
        "uncached_vs_plain_wagtail": ratio("StandardPage", "large", "plain"),
        "cpu_ms": {page: _median(cost.cpu_ms for cost in costs[page]["large"]) for page in ASKED},
        "cached_cpu_ms": {page: _median(cost.cpu_ms for cost in costs[page]["large_kept"]) for page in ASKED},
        "hello_cpu_ms": _median(cost.cpu_ms for page in ASKED for cost in costs[page]["hello"]),
        "sql": told["sql"],
        "growth_exponent": {page: growth(page) for page in ASKED},
        "page_kb": {name: weight["page"] for name, weight in told["page_kb"].items()},
        "script_kb": max(weight["script"] for weight in told["page_kb"].values()),
    }


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 2)

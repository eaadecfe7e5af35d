"""What the pages of talk cost beside a bare application with the same data, and how that grows with the posts.

CPU is that of the processes themselves, web and database, so that a busy machine hardly matters; requests a second are
compared in turns.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms import servers
from cms.bench.parts.load import TRIES, get, load, post
from cms.bench.parts.pages_run import CSRF, turns_of
from cms.env import local_secret
from cms.faults.parts.stage import copied, environment, migrated

HERE = Path(__file__).resolve().parents[2]
SMALL, LARGE = {"posts": 20_000, "talking": 40}, {"posts": 400_000, "talking": 200}
ROUNDS, ANSWERS, WARM = 5, 80, 16
LAST = {"thread": ("thread_first", "thread_last"), "group": ("group", "group_last"), "queue": ("queue", "queue_last")}


@dataclass(frozen=True)
class Site:
    """One running application and the database behind it."""

    web: servers.Web
    database: str
    cookies: dict[str, str]
    pages: dict[str, Any]


@dataclass(frozen=True)
class Cost:
    """What one answer cost: CPU of the web and of the database in ms, and how many there were a second."""

    cpu_ms: float
    sql_ms: float
    per_second: float

    @property
    def whole(self) -> float:
        """Give the CPU of both in ms."""
        return self.cpu_ms + self.sql_ms


def run(*, small: dict[str, int] = SMALL, large: dict[str, int] = LARGE, rounds: int = ROUNDS) -> dict[str, object]:
    """Measure both sizes, the floor on the large one and the bare framework, in turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="meanwhile-pages-")))
        server, _which = stack.enter_context(servers.postgres())
        empty = stack.enter_context(migrated(folder, postgres=server))
        filled, sites = {}, {}
        for name, size in {"small": small, "large": large}.items():
            database = stack.enter_context(copied(empty, name))
            env = environment(folder, database) | {"ENVIRONMENT": "test", "CLOCK_OFFSET": "0", "TIME_SCALE": "1"}
            filled[name] = _fill(size, env)
            web = stack.enter_context(servers.gunicorn("cms.wsgi:application", env=env))
            sites[name] = Site(web, database, filled[name]["cookies"], filled[name]["pages"])
        env |= {"FLOOR_SECRET_KEY": local_secret("SECRET_KEY", folder)}
        web = stack.enter_context(servers.gunicorn("cms.bench.parts.floor.site:application", env=env))
        sites["floor"] = Site(web, database, filled["large"]["floor_cookies"], filled["large"]["pages"])
        hello = stack.enter_context(servers.gunicorn("cms.bench.parts.hello_site:application"))
        costs = _measure(sites, rounds)
        times = large["posts"] / small["posts"]
        return _figures(costs, filled["large"]["sql"], hello_ms=_hello(hello), times=times)


def _fill(size: dict[str, int], env: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "cms.bench.parts.pages_run", json.dumps(size)]
    done = subprocess.run(command, cwd=HERE, env=env, stdout=subprocess.PIPE, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _measure(sites: dict[str, Site], rounds: int) -> dict[str, dict[str, list[Cost]]]:
    """Ask each site for each page in turn, round by round."""
    costs: dict[str, dict[str, list[Cost]]] = defaultdict(lambda: defaultdict(list))
    for number in range(rounds):
        for page in sites["large"].pages:
            for name, site in sites.items():
                costs[page][name].append(_cost(site, page))
        _say(f"round {number + 1} of {rounds}: thread {costs['thread']['large'][-1]}")
    return costs


def _cost(site: Site, name: str) -> Cost:
    """Give the quickest of a few tries, with what it cost."""
    return max((_try(site, name) for _ in range(TRIES)), key=lambda cost: cost.per_second)


def _try(site: Site, name: str) -> Cost:
    """Measure once; again where a connection to the database ended meanwhile, and took its count of CPU along."""
    page = site.pages[name]
    asked, status = _requests(page, site.cookies), page.get("status", 200)
    while True:
        load(site.web.port, asked=asked, answers=WARM, status=status)
        backends = servers.backends(site.database)
        before, sql_before = site.web.cpu_seconds(), servers.cpu_seconds(backends)
        figures = load(site.web.port, asked=asked, answers=ANSWERS, status=status)
        cpu, sql = site.web.cpu_seconds() - before, servers.cpu_seconds(backends) - sql_before
        if servers.backends(site.database) == backends:
            each = 1000 / figures.answers
            return Cost(cpu * each, sql * each, figures.per_second())


_nonces = itertools.count()


def _requests(page: dict[str, Any], cookies: dict[str, str]) -> Iterator[bytes]:
    form = page.get("form")
    for turn in itertools.cycle(turns_of(page)):
        headers = f"Cookie: {cookies[turn['who']]}\r\n"
        if form is None:
            yield get(turn["path"], headers=headers)
        else:
            fresh = {"csrfmiddlewaretoken": CSRF, "form_nonce": f"bench-{os.getpid()}-{next(_nonces)}"}
            yield post(turn["path"], form | fresh, headers=headers)


def _hello(web: servers.Web) -> float:
    """Give the CPU of the bare framework's hello in ms."""
    load(web.port, seconds=1)
    before = web.cpu_seconds()
    figures = load(web.port, seconds=2)
    return (web.cpu_seconds() - before) / figures.answers * 1000


def _figures(
    costs: dict[str, dict[str, list[Cost]]], sql: dict[str, Any], *, hello_ms: float, times: float
) -> dict[str, object]:
    """Give the medians by page; ratios are medians of each round's."""
    told: dict[str, object] = {}
    for page, by_site in costs.items():
        small, large, floor = (by_site[name] for name in ("small", "large", "floor"))
        told[page] = {
            "sql": sql[page]["own"],
            "sql_with_session": sql[page]["whole"],
            "cpu_ms": _median(cost.cpu_ms for cost in large),
            "sql_ms": _median(cost.sql_ms for cost in large),
            "vs_hello": _median(hello_ms / cost.cpu_ms for cost in large),
            "vs_floor": _median(ours.per_second / bare.per_second for ours, bare in zip(large, floor, strict=True)),
            "cpu_vs_floor": _median(ours.whole / bare.whole for ours, bare in zip(large, floor, strict=True)),
            "growth_exponent": _growth(small, large, "cpu_ms", times=times),
            "sql_growth_exponent": _growth(small, large, "sql_ms", times=times),
        }
    for page, (first, last) in LAST.items():
        pairs = zip(costs[first]["large"], costs[last]["large"], strict=True)
        told[page]["last_vs_first"] = _median(end.whole / begin.whole for begin, end in pairs)  # type: ignore[index]
    return told


def _growth(small: list[Cost], large: list[Cost], what: str, *, times: float) -> float:
    """Give the exponent of growth: 0 where so many times the posts cost the same, 1 where they cost so many times."""
    pairs = ((getattr(one, what), getattr(other, what)) for one, other in zip(small, large, strict=True))
    return _median(math.log(max(other, 0.01) / max(one, 0.01)) / math.log(times) for one, other in pairs)


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 2)


def _say(words: str) -> None:
    sys.stderr.write(f"  {words}\n")
    sys.stderr.flush()

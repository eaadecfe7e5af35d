"""A night in a group: 300 posts from midnight to six, 15 of them worrying, while what should see them is broken."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redis
from django.urls import reverse

from cms import servers
from cms.faults.parts import dawn, lantern
from cms.faults.parts.browsers import Reader, write
from cms.faults.parts.dawn import Verdict, quantile
from cms.faults.parts.families import phone
from cms.faults.parts.lantern import Lantern
from cms.faults.parts.nursery import Nursery
from cms.faults.parts.play import Member, keep_alive
from cms.faults.parts.stage import HERE, Stage, copied, migrated, offset_to, stage, until

POSTS, RISKY = 300, 15
HOURS = 6.0
SCALE = 20  # an hour of the night takes three minutes, and every wait is a twentieth
CALM = 90.0  # seconds at most until everybody is woken
AWAKE = "SELECT count(*) FROM notifications_heartbeat WHERE name IN ('pages', 'ladder', 'watcher')"
SETTLES = 10.0  # seconds; processes that have just started load what they need
DEAD = 40.0  # product seconds without a clock: longer than the watcher bears
FAULTS = ("kill the clock", "refuse", "empty the broker", "hang", "kill the web", "leave the clock dead")
WORRY = "I want to kill myself tonight."
TALK = "I cannot sleep, so I made some tea and read a bit."
WEB = "--preload --workers 2 --graceful-timeout 2"


@dataclass(frozen=True)
class Sent:
    """One post of the night: so many seconds after its beginning, and what breaks at that moment."""

    number: int
    at: float
    writer: int
    is_risky: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Played:
    """What one night brought."""

    verdict: Verdict
    readings: int
    kills: int
    watcher: int


def draw(seed: int, *, posts: int, risky: int, seconds: float) -> list[Sent]:
    """Spread the posts over a night; every second of the worrying ones meets a fault, each kind in its turn."""
    drawn = random.Random(seed)
    worrying = {round((place + 0.5) * posts / risky): place for place in range(risky)}
    faults = drawn.sample(FAULTS, len(FAULTS))
    times = sorted(drawn.uniform(0, seconds) for _post in range(posts))
    return [
        Sent(
            number,
            at,
            writer=worrying.get(number, number),  # each worry is another member’s, or two would be one escalation (E11)
            is_risky=number in worrying,
            fault=faults[worrying[number] // 2 % len(faults)] if worrying.get(number, 0) % 2 else "",
        )
        for number, at in enumerate(times)
    ]


class Night:
    """The processes of one night, and what is done to them."""

    def __init__(self, made: Stage, nursery: Nursery, *, broker: str) -> None:
        self._made, self._nursery, self._broker = made, nursery, broker
        self._clock = Member("django.core.management.call_command", ("clock",))
        self._dead_until = 0.0
        self._deaths: list[str] = []
        self._web_deaths = 0

    @property
    def kills(self) -> int:
        """Count who was killed."""
        return len(self._deaths) + self._web_deaths

    def supervise(self) -> None:
        """Start the clock again where it was killed, unless it is to stay dead for a while."""
        if time.monotonic() >= self._dead_until:
            keep_alive(self._nursery, [self._clock], self._deaths)

    def wait_until(self, moment: float) -> None:
        """Look after the processes until a moment has come."""
        while time.monotonic() < moment:
            self.supervise()
            time.sleep(0.02)

    def strike(self, fault: str) -> None:
        """Break one thing."""
        match fault:
            case "kill the clock" | "leave the clock dead":
                with suppress(ProcessLookupError):
                    os.kill(self._clock.pid, signal.SIGKILL)
                self._dead_until = time.monotonic() + (DEAD / SCALE if fault == "leave the clock dead" else 0)
            case "refuse" | "hang":
                for kind in ("sms", "call"):
                    self._made.network.fault(kind, "refuse_500" if fault == "refuse" else "hang")
            case "empty the broker":
                with redis.Redis.from_url(self._broker) as server:
                    server.flushdb()
            case "kill the web":
                for worker in servers.children(self._made.web)[:1]:
                    with suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGKILL)
                        self._web_deaths += 1


def play(database: str, folder: Path, plan: Sequence[Sent], *, broker: str) -> Played:
    """Let a night pass, and judge it when everything is down."""
    midnight = str(offset_to(dt.time(0, 0)))
    env = {"TIME_SCALE": str(SCALE), "CLOCK_OFFSET": midnight, "CELERY_BROKER_URL": broker, "GUNICORN_CMD_ARGS": WEB}
    with stage(database, folder, **env) as made, closing(Nursery(made.env, made.log)) as nursery:
        there = _set_up(made, nursery, folder)
        night = Night(made, nursery, broker=broker)
        night.supervise()
        made.start_watcher()
        reader = Reader(made.env["PUBLIC_BASE_URL"], there)
        with _worker(made), _reading(reader):
            _settle(night, made)
            told = _pass(night, plan, made, there)
            worrying = {one.number for one in plan if one.is_risky}
            until(CALM, lambda: _is_calm(night, made, worrying))
    verdict = dawn.judge(
        dawn.written_in(database, made.ledger),
        posts=len(plan),
        risky={one.number: one.fault for one in plan if one.is_risky},
        told=told,
        seen=reader.seen,
        scale=SCALE,
    )
    return Played(verdict, reader.readings, night.kills, dawn.watchers_texts(made.ledger))


def _set_up(made: Stage, nursery: Nursery, folder: Path) -> Lantern:
    """Let everybody be there; whoever is rung picks up and presses 1."""
    file = folder / "lantern.json"
    member = Member("cms.faults.parts.lantern.prepare", (str(file),))

    def is_done() -> bool:
        keep_alive(nursery, [member], [])
        return member.is_done

    if not until(CALM, is_done):
        raise RuntimeError("The group is not there.")
    made.network.webhooks(sms=made.env["PUBLIC_BASE_URL"] + reverse("webhooks-text"))
    for number in [*lantern.CLINICIANS, lantern.MANAGER]:
        made.network.handset(phone(number), answers="person", keys="1")
    return Lantern.read(file)


def _settle(night: Night, made: Stage) -> None:
    """Let the night begin when everybody is awake: no service starts its processes with the first worry."""

    def are_awake() -> bool:
        night.supervise()
        return made.count(AWAKE) == 3

    if not until(CALM, are_awake):
        raise RuntimeError("The clock or the watcher does not beat.")
    night.wait_until(time.monotonic() + SETTLES)


@contextmanager
def _worker(made: Stage) -> Iterator[None]:
    """Run a worker of the broker."""
    command = [sys.executable, "-m", "celery", "--app", "cms.celery", "worker", "--pool", "threads"]
    child = subprocess.Popen(
        [*command, "--concurrency", "2", "--loglevel", "ERROR", "--without-mingle", "--without-gossip"],
        cwd=HERE,
        env=made.env,
        stdout=made.log,
        stderr=made.log,
    )
    try:
        yield
    finally:
        child.kill()
        child.wait()


@contextmanager
def _reading(reader: Reader) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=reader.read_on, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def _pass(night: Night, plan: Sequence[Sent], made: Stage, there: Lantern) -> set[int]:
    """Send every post at its time; give the numbers of those whose writers were told that they arrived."""
    began = time.monotonic()
    sending: dict[int, Future[bool]] = {}
    with ThreadPoolExecutor(max_workers=12) as members:
        for one in plan:
            night.wait_until(began + one.at)
            words = WORRY if one.is_risky else TALK
            if one.fault != "kill the web":
                night.strike(one.fault)
            sending[one.number] = members.submit(
                write, made.env["PUBLIC_BASE_URL"], there, number=one.number, writer=one.writer, words=words
            )
            if one.fault == "kill the web":  # while the post is on its way
                time.sleep(0.02)
                night.strike(one.fault)
        while not all(future.done() for future in sending.values()):
            night.wait_until(time.monotonic() + 0.1)
    return {number for number, future in sending.items() if future.result()}


def _is_calm(night: Night, made: Stage, worrying: set[int]) -> bool:
    night.supervise()
    written = dawn.written_in(made.env["DATABASE_URL"], made.ledger)
    return worrying <= {one.number for one in written if one.woken_at}


def run(*, seeds: int) -> dict[str, object]:
    """Let one night pass, the one drawn by the number of seeds; the waits are in seconds of the product."""
    plan = draw(seeds, posts=POSTS, risky=RISKY, seconds=HOURS * 3600 / SCALE)
    with (
        tempfile.TemporaryDirectory(prefix="meanwhile-night-") as name,
        servers.postgres() as (server, told),
        servers.redis() as (broker, _),
        migrated(Path(name), postgres=server) as template,
        copied(template, "night") as database,
    ):
        print(f"  on {told}; {plan[-1].at / 60:.0f} minutes", file=sys.stderr, flush=True)
        return summary(play(database, Path(name), plan, broker=f"{broker.rpartition('/')[0]}/11"))


def summary(played: Played) -> dict[str, object]:
    """Give the one line: `page_…` of posts at which nothing was broken, `fault_…` of those at which one thing was."""
    verdict = played.verdict
    return {
        "scale": SCALE,
        "risky": verdict.risky,
        "paged": verdict.paged,
        "page_p50_s": quantile(verdict.calm, 0.5),
        "page_p99_s": quantile(verdict.calm, 0.99),
        "fault_p50_s": quantile(verdict.broken, 0.5),
        "fault_p99_s": quantile(verdict.broken, 0.99),
        "visible_unapproved": verdict.visible_unapproved,
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "readings": played.readings,
        "kills": played.kills,
        "watcher_texts": played.watcher,
    }

"""A stage for fault runs: a database of its own, the telephone network, the web, and a clock that may be killed."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from cms import servers
from cms.env import local_secret
from notifications.simulator import Simulator, start
from peer.clock import LONDON

HERE = Path(__file__).resolve().parents[3]
SCALE = 30  # every wait is a thirtieth
SERVICE = "+447700900001"
NOON = dt.time(12)  # so that quiet hours never decide a run


def offset_to(hour: dt.time) -> float:
    """Give the seconds that bring the product's clock to an hour of today in London."""
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 - the real clock is what is offset here
    moment = dt.datetime.combine(now.astimezone(LONDON).date(), hour, LONDON)
    return (moment - now).total_seconds()


@dataclass
class Stage:
    """Everything that one run needs, with the environment its processes share."""

    env: dict[str, str]
    network: Simulator
    ledger: Path
    web: int = 0  # the process id of its master
    kills: int = 0
    clock: subprocess.Popen[bytes] | None = None
    watcher: subprocess.Popen[bytes] | None = None
    log: IO[bytes] | None = None
    plan: list[str] = field(default_factory=list)

    def manage(self, *arguments: str, **env: str) -> str:
        """Run one command to its end and give what it said."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=HERE,
            env=self.env | env,
            stdout=subprocess.PIPE,
            stderr=self.log,
            check=True,
            text=True,
        )
        return done.stdout

    def count(self, question: str) -> int:
        """Ask the run's database for one number, past the product's own code."""
        return int(self.ask(question))

    def ask(self, question: str) -> str:
        """Ask the run's database for one word, past the product's own code."""
        url = self.env["DATABASE_URL"]
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as rows:
                return str(rows.execute(question).fetchone()[0])
        import psycopg  # noqa: PLC0415 - only where PostgreSQL is asked for

        with psycopg.connect(url) as server:
            found = server.execute(question).fetchone()
            return str(found[0]) if found else "0"

    def start_clock(self, *, crash_at: str = "") -> subprocess.Popen[bytes]:
        """Start the clock process, to die at a named point where one is given."""
        self.clock = subprocess.Popen(
            [sys.executable, "manage.py", "clock"],
            cwd=HERE,
            env=self.env | {"CRASH_AT": crash_at},
            stdout=subprocess.DEVNULL,
            stderr=self.log,
        )
        return self.clock

    def start_watcher(self) -> subprocess.Popen[bytes]:
        """Start the process that watches the clock."""
        self.watcher = subprocess.Popen(
            [sys.executable, "manage.py", "watch"],
            cwd=HERE,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=self.log,
        )
        return self.watcher

    def shut_database(self) -> None:
        """Let the database of this run, one of PostgreSQL, end every connection and take no other."""
        url = self.env["DATABASE_URL"]
        name = urlsplit(url).path.strip("/")
        admin = _beside(url, "postgres")
        _sql(admin, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        _sql(admin, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608

    def supervise(self) -> None:
        """Start the clock again where it was killed, next time to die at the next point of the plan."""
        if self.clock is not None and self.clock.poll() is None:
            return
        if self.clock is not None:
            self.kills += 1
        self.start_clock(crash_at=self.plan.pop(0) if self.plan else "")

    def stop(self) -> None:
        """End the clock and the watcher."""
        for process in (self.clock, self.watcher):
            if process is not None and process.poll() is None:
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(5)
                if process.poll() is None:
                    process.kill()
                    process.wait()
        self.clock = self.watcher = None


def environment(folder: Path, database: str) -> dict[str, str]:
    """Give the environment of a run's processes: their own keys and database, noon, and short waits."""
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "TEST_"))}
    return keep | {
        "ENVIRONMENT": "development",
        "DEBUG": "false",
        "STATE_DIR": str(folder),
        "OUTBOX_MARK": "",  # each run has a database of its own, and they look alike
        "DATABASE_URL": database,
        "CELERY_BROKER_URL": "memory://",
        "REDIS_URL": "",
        "CLOCK_OFFSET": str(offset_to(NOON)),
        "TIME_SCALE": str(SCALE),
        "TWILIO_FROM": SERVICE,
        "TWILIO_CONNECTIONS": "2",  # small batches, so that there is always a next one to die in
        "MEANWHILE_NO_BOOTSTRAP": "1",
    }


@contextmanager
def migrated(folder: Path, *, postgres: str = "") -> Iterator[str]:
    """Make an empty, migrated database once for a run: a file, or a database of a PostgreSQL server."""
    name = f"meanwhile_faults_{os.getpid()}"
    url = _beside(postgres, name) if postgres else f"sqlite:///{folder / 'base.sqlite3'}"
    if postgres:
        _sql(postgres, f'CREATE DATABASE "{name}"')
    try:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=HERE, env=environment(folder, url), check=True)
        yield url
    finally:
        if postgres:
            _sql(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def copied(template: str, name: str) -> Iterator[str]:
    """Make a copy of a migrated database of PostgreSQL, beside it."""
    base = urlsplit(template).path.strip("/")
    admin = _beside(template, "postgres")
    _sql(admin, f'CREATE DATABASE "{base}_{name}" TEMPLATE "{base}"')
    try:
        yield _beside(template, f"{base}_{name}")
    finally:
        _sql(admin, f'DROP DATABASE IF EXISTS "{base}_{name}" WITH (FORCE)')


def _beside(url: str, name: str) -> str:
    """Give the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _sql(url: str, words: str) -> None:
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is asked for

    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(words)


@contextmanager
def stage(database: str, folder: Path, **env: str) -> Iterator[Stage]:
    """Set the stage on a database: network and web run, the clock does not yet."""
    env = environment(folder, database) | env
    token = local_secret("TWILIO_AUTH_TOKEN", folder)
    port = servers.free_port()
    site = f"http://127.0.0.1:{port}"
    env |= {"PUBLIC_BASE_URL": site, "SHORT_ADDRESS": "localhost"}
    ledger = Path(tempfile.mkdtemp(dir=folder)) / "ledger.jsonl"
    options = ("--service-number", SERVICE, "--clock-offset", env["CLOCK_OFFSET"])
    with (
        (folder / "run.log").open("ab") as log,
        start(ledger=ledger, account_sid="AC" + "0" * 32, auth_token=token, options=options) as network,
        _web(port, env | {"TWILIO_BASE_URL": network.base_url}, log) as web,
    ):
        made = Stage(env=env | {"TWILIO_BASE_URL": network.base_url}, network=network, ledger=ledger, web=web, log=log)
        try:
            yield made
        finally:
            made.stop()


@contextmanager
def another_web(made: Stage) -> Iterator[str]:
    """Run a second web process on the same database, and give its address."""
    port = servers.free_port()
    with _web(port, made.env, made.log or subprocess.DEVNULL):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _web(port: int, env: dict[str, str], log: IO[bytes] | int) -> Iterator[int]:
    command = [sys.executable, "-m", "gunicorn", "cms.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    child = subprocess.Popen(
        [*command, "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"],
        cwd=HERE,
        env=env,
        stdout=log,
        stderr=log,
    )
    try:
        servers.wait_until_listens(port, child=child, seconds=60)
        yield child.pid
    finally:
        child.terminate()
        child.wait(timeout=30)


def until(seconds: float, true: Callable[[], bool]) -> bool:
    """Wait until a question is answered with yes, at most so long; tell whether it was."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.2)
    return False

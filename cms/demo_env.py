"""What the demo settles before settings are read: its port, its own folder, and that it can only talk to itself."""

from __future__ import annotations

import argparse
import fcntl
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

HOME = Path(__file__).resolve().parent.parent / ".demo"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# A demo never reaches a real database, broker, mailbox or provider, whatever the shell it starts in has set.
NEVER = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "EMAIL_URL",
    "HEARTBEAT_URL",
    "OIDC_SERVER_URL",
    "EMAIL_FROM",
    "SECRET_KEY",
    "FIELD_KEYS",
    "NUMBER_HASH_KEY",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_FROM",
    "VONAGE_API_KEY",
    "MESSAGE_LANGUAGES",
    "ALLOWED_HOSTS",
    "CLOCK_OFFSET",
    "CLOCK_OFFSET_FILE",
    "DEBUG",
)

_locks: list[int] = []


def prepare(arguments: list[str]) -> None:
    """Set the environment of a demo, or end with one plain sentence."""
    parser = argparse.ArgumentParser(prog="manage.py demo", description="Start the whole service with invented people.")
    parser.add_argument(
        "--port",
        type=int,
        default=8000,
        help="the site; its telephones are on the next port, its mail on the third",
    )
    parser.add_argument("--no-color", action="store_true", help=argparse.SUPPRESS)
    port = parser.parse_args(arguments).port
    if not 1 <= port <= 65533:
        sys.exit("Choose a port from 1 to 65533: python3 manage.py demo --port 8000")
    refuse_real_service()
    for name in (port, port + 1, port + 2):
        refuse_taken(name, wanted=port)
    home = Path(os.environ.get("STATE_DIR", HOME))
    home.mkdir(parents=True, exist_ok=True)
    refuse_second(home)
    for name in NEVER:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ.update(
        ENVIRONMENT="demo",
        STATE_DIR=str(home),
        PUBLIC_BASE_URL=f"http://localhost:{port}",
        TWILIO_BASE_URL=f"http://127.0.0.1:{port + 1}",
        SIMULATOR_URL=f"http://localhost:{port + 1}",
        EMAIL_URL=f"smtp://127.0.0.1:{port + 2}",
    )


def refuse_real_service() -> None:
    """End where the shell is set up for a real service: no invented person may reach a real phone."""
    provider = os.environ.get("TWILIO_BASE_URL", "")
    if provider and urlsplit(provider).hostname not in LOOPBACK:
        sys.exit(
            "The demo only talks to the telephones it brings along, and TWILIO_BASE_URL points to a real provider. "
            "Unset it and start again."
        )
    if os.environ.get("ENVIRONMENT") == "production":
        sys.exit("The demo is for trying out, and ENVIRONMENT says production. Unset it and start again.")


def refuse_taken(port: int, *, wanted: int) -> None:
    """End where something else already listens on a port the demo needs."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            sys.exit(
                f"Port {port} cannot be used ({problem.strerror}). "
                f"Choose another: python3 manage.py demo --port {8000 if wanted != 8000 else 8100}"
            )


def refuse_second(home: Path) -> None:
    """End where another demo already runs on the same folder; the lock ends with the process."""
    lock = os.open(home / "running", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit("A demo is already running from this folder. Stop it first with Ctrl-C.")
    _locks.append(lock)

"""The real demo, as a stranger starts it: its own process, folder and telephones; journeys only press and look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from cms import fingerprint, servers
from tests import databases

ROOT = Path(__file__).resolve().parent.parent.parent.parent
OURS = {"ENVIRONMENT", "STATE_DIR", "TEST_NAME", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"}


@dataclass(frozen=True)
class Demo:
    """A running demo: the address of its site and of its telephones."""

    address: str
    telephones: str

    def be(self, page: Page, handle: str) -> None:
        """Sign in with one press on the guide page, as a stranger would."""
        page.goto(f"{self.address}/demo/")
        page.locator(f'section[aria-labelledby=people] form:has(input[value="{handle}"]) button').click()

    def ledger(self) -> dict[str, list[dict[str, Any]]]:
        """Read what every handset has had, in order, by number."""
        with urllib.request.urlopen(f"{self.telephones}/ledger.json", timeout=10) as answer:
            told: dict[str, list[dict[str, Any]]] = json.load(answer)["handsets"]
        return told

    def eventually(self, question: Callable[[], Any], *, seconds: float = 20) -> Any:
        """Ask until the answer is true; the clock needs its moment."""
        until = time.monotonic() + seconds
        while not (answer := question()):
            assert time.monotonic() < until, "it never came"
            time.sleep(0.2)
        return answer


def start(folder: Path) -> tuple[subprocess.Popen[bytes], Demo]:
    """Start `manage.py demo` on two ports that are free together, and wait until it says where it is."""
    port = servers.free_port()
    while servers.listens(port + 1):
        port = servers.free_port()
    told, state = folder / "said", folder / "state"
    state.mkdir()
    databases.copy_file(state / "meanwhile.sqlite3")  # made, and empty: half a minute less to wait
    (state / "stamp").write_text(fingerprint.of_migrations())
    with told.open("wb") as said:
        child = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in OURS}
            | {"STATE_DIR": str(state), "MEANWHILE_NO_BOOTSTRAP": "1"},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    until = time.monotonic() + 600
    while b"Ctrl-C ends everything" not in told.read_bytes():
        if child.poll() is not None or time.monotonic() > until:
            child.kill()
            raise RuntimeError(told.read_text())
        time.sleep(0.2)
    return child, Demo(address=f"http://localhost:{port}", telephones=f"http://localhost:{port + 1}")

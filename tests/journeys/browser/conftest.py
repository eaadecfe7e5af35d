"""A real browser on this machine alone: what it asks for and complains about is kept for the tests to judge."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.browser.demo import Demo, start

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's sync calls run inside a loop (trap 29)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-gpu-rasterization",
    "--disable-software-rasterizer",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,  # else it loads every sheet a second time
}
LOOKS = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}, "preload": False}  # as drawn


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium: str) -> dict[str, Any]:
    """Drive the machine's own Chromium, with everything off that talks to its maker."""
    return {**browser_type_launch_args, "executable_path": chromium, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Look from where the young people are: days come before months, and clocks are London's."""
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/London"}


@dataclass
class Watch:
    """What the browser asked for beyond this host, and what its console complained about."""

    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def watch(page: Page) -> Watch:
    """Keep every request to another host and every complaint of the console."""
    seen = Watch()
    page.on("request", lambda request: _note(request.url, seen))
    page.on("console", lambda line: seen.complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    return seen


def _note(url: str, seen: Watch) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"data", "blob"} and parts.hostname not in {"localhost", "127.0.0.1"}:
        seen.outside.append(url)


@pytest.fixture
def faults(page: Page) -> Callable[[], list[str]]:
    """Give a question: which accessibility rules does the page break now?"""

    return lambda: look_for_faults(page)


def look_for_faults(page: Page) -> list[str]:
    """Name the accessibility rules that the page breaks, each with the place; the dark changes only the drawing."""
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    found = Axe().run(page, options=LOOKS if is_dark else RULES).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.fixture
def sideways(page: Page) -> Callable[[], int]:
    """Give a question: how many pixels does the page stick out to the right?"""
    return lambda: int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Start the real demo once, in a folder of its own, and end it as Ctrl-C does."""
    child, running = start(tmp_path_factory.mktemp("demo"))
    yield running
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=15) == 0

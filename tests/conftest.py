"""What every test shares: the databases, kept pristine between runs, and the browser, where there is one."""

from __future__ import annotations

import datetime as dt
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import translation
from pytest_django.live_server_helper import LiveServer

if TYPE_CHECKING:
    from peer.models import User

os.environ["ENVIRONMENT"] = "test"

from cms import servers
from tests import databases
from tests.databases import ON_POSTGRES

DEMO = "browser/test_demo"  # the files that drive the one running demo
WITHOUT_BROWSER = pytest.StashKey[int]()
BEGINS = os.environ.get("SUITE_BEGINS", "2026-11-16T12:00+00:00")  # a Monday noon: no test depends on today's date


def _begin() -> None:
    """Name the database and set the clock; pytest-django has read the settings before this file, so tell them too."""
    from django.conf import settings

    name = databases.own_name()
    own = f"test_{name}" if ON_POSTGRES else str(databases.file_of(name))
    settings.DATABASES["default"]["TEST"]["NAME"] = own
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # own words: slow on purpose elsewhere
    settings.CLOCK_OFFSET = (dt.datetime.fromisoformat(BEGINS) - dt.datetime.now(dt.UTC)).total_seconds()
    os.environ["TEST_NAME"] = name


_begin()


def pytest_report_header() -> list[str]:
    """Say which servers and which clock this run uses."""
    base = os.environ.get("DATABASE_NAME_TOLD", "PostgreSQL of DATABASE_URL") if ON_POSTGRES else "SQLite"
    browser = servers.chromium() or "not found"
    return [f"database: {base}, {os.environ['TEST_NAME']}", f"browser: {browser}", f"clock: from {BEGINS}"]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let one process of a parallel run take a file as a whole, and all that share the one running demo."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "demo" if DEMO in nodeid else nodeid.partition("::")[0]

    return Together(config, log)


def pytest_testnodedown(node: Any) -> None:
    """Take over from a process of a parallel run what only it has counted."""
    node.config.stash[WITHOUT_BROWSER] = getattr(node, "workeroutput", {}).get("without_browser", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in one line which tests no browser was found for."""
    missing = config.stash.get(WITHOUT_BROWSER, 0)
    if missing:
        terminalreporter.write_line(f"{missing} browser tests left out: no Chromium (Debian: apt install chromium)")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the second run what needs PostgreSQL, and to machines with Chromium what needs a browser."""
    needs = [item for item in items if item.get_closest_marker("postgres")]
    asked = os.environ.get("NEEDS_POSTGRES_FILE")
    if needs and asked:
        Path(asked).write_text("yes")
    only_postgres = ON_POSTGRES and os.environ.get("SUITE") != "whole"
    left = [item for item in items if (item in needs) != only_postgres] if not ON_POSTGRES or only_postgres else []
    browser = [item for item in items if item.get_closest_marker("browser")]
    if ON_POSTGRES:
        left += [item for item in items if item.get_closest_marker("once")]
        left += browser  # they drive the demo, which is SQLite whatever runs them
        left += [
            item for item in items if item not in needs and not _asks_a_database(item)
        ]  # the first run has seen them
    elif servers.chromium() is None and browser:
        if os.environ.get("CI") == "true":
            raise pytest.UsageError("Chromium is missing, and CI must run the browser tests.")
        left += browser
        config.stash[WITHOUT_BROWSER] = len(browser)
        getattr(config, "workeroutput", {})["without_browser"] = len(browser)
    _leave_out(config, items, left)
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Browser tests last: their loop keeps running in the thread, and others bring their own; the demo's first of them."""
    return 0 if not _drives_a_browser(item) else 1 if DEMO in item.nodeid else 2


def _drives_a_browser(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ()) or bool(item.get_closest_marker("browser"))


def _asks_a_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db")) or "db" in getattr(item, "fixturenames", ())


def _leave_out(config: pytest.Config, items: list[pytest.Item], left: list[pytest.Item]) -> None:
    gone = {id(item) for item in left}
    if gone:
        config.hook.pytest_deselected(items=[item for item in items if id(item) in gone])
        items[:] = [item for item in items if id(item) not in gone]


# ── The database ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Put a pristine copy where the last run left its own."""
    databases.copy(os.environ["TEST_NAME"])


@pytest.fixture
def own_database() -> Iterator[str]:
    """Give the address of a migrated database of this test's own."""
    with databases.lent(f"{os.environ['TEST_NAME']}_run") as url:
        yield url


@receiver(user_logged_in)
def _as_by_single_sign_on(request: HttpRequest, user: User, **_: object) -> None:
    """Let `force_login` bring people in as single sign-on does; a real request has a method, and shows what it shows."""
    from allauth.account.internal.flows.login import record_authentication

    if request.method is None:
        record_authentication(request, user, method="socialaccount", provider="test")


@pytest.fixture(autouse=True)
def _no_details_of_another_test() -> None:
    """Forget what an earlier test said about the service: memory outlives the database of a test."""
    from cms import service
    from cms.models import ServiceDetails

    service.keep(ServiceDetails())


@pytest.fixture(autouse=True)
def _in_no_language_of_another_test() -> None:
    """Begin in the language of the settings: a page in another leaves it behind, as each request chooses its own."""
    translation.deactivate()


@pytest.fixture
def site_tree(db: None) -> None:
    """Make what Wagtail's migrations made again, where a transactional test flushed it (trap 28)."""
    from tests.make import make_site_tree

    make_site_tree()


@pytest.fixture
def live_server(live_server: LiveServer) -> Iterator[LiveServer]:
    """Give the site on a port of its own, and end only when it answers nobody: the flush must meet no request."""
    quiet, under_way = threading.Condition(), list[str]()
    answer = live_server.thread.httpd.get_app()

    def answered(environ: dict[str, Any], start: Any) -> Any:
        with quiet:
            under_way.append(environ["PATH_INFO"])
        try:
            return answer(environ, start)
        finally:
            with quiet:
                under_way.remove(environ["PATH_INFO"])
                quiet.notify_all()

    live_server.thread.httpd.set_app(answered)
    yield live_server
    with quiet:
        assert quiet.wait_for(lambda: not under_way, timeout=60), f"a request goes on and on: {under_way}"
    live_server.thread.httpd.set_app(answer)


# ── Servers ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Give a Redis server: found, or brought up for this run."""
    with servers.redis() as (url, name):
        print(f"\nRedis: {name}", file=sys.stderr)
        yield url


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the browser's path; tests that ask for it are left out where there is none."""
    found = servers.chromium()
    assert found, "mark this test with `browser`"
    return found

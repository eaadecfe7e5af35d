"""Real processes: the clock killed with kill -9, the database shut, the watcher killed (E13, G10, F23)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from cms.faults.parts.families import phone
from cms.faults.parts.news import CLINICIANS
from cms.faults.parts.stage import Stage, stage, until

SCALE = "4"  # a limit of thirty seconds is seven and a half
SOON = 90.0  # seconds that a busy machine may take; nothing here is measured
ON_CALL = {phone(number) for number in CLINICIANS}
WATCHED = ("pages", "ladder", "sweep", "watcher")


@contextmanager
def watched(database: str, folder: Path):
    """Let clock and watcher run until both have beaten, with four clinicians on duty."""
    with stage(database, folder, TIME_SCALE=SCALE) as made:
        made.manage("shell", "-c", "from cms.faults.parts.news import prepare; prepare()")
        made.start_clock()
        made.start_watcher()
        assert until(SOON, lambda: made.count("SELECT count(*) FROM notifications_heartbeat") == len(WATCHED))
        assert until(SOON, (folder / "watcher" / "people").exists)
        yield made


def woken(made: Stage) -> set[str]:
    texts = {entry["to"] for entry in made.network.ledger(kind="text") if "alarms may have stopped" in entry["body"]}
    rings = {entry["to"] for entry in made.network.ledger(kind="ring")}
    return texts & rings


def beats(made: Stage, name: str) -> Callable[[], bool]:
    """Give a question that is answered with yes once a part has beaten again."""
    question = f"SELECT at FROM notifications_heartbeat WHERE name = '{name}'"
    before = made.ask(question)
    return lambda: made.ask(question) != before


def is_private(made: Stage, folder: Path) -> bool:
    """Tell whether no number is in the log or in the arguments of the processes."""
    arguments = [Path(f"/proc/{one.pid}/cmdline").read_text() for one in (made.clock, made.watcher) if one]
    return "7700900" not in (folder / "run.log").read_text() + "".join(arguments)


def test_e13_a_killed_clock_wakes_those_on_call_until_it_is_back_and_a_healthy_one_wakes_nobody(
    own_database: str, tmp_path: Path
) -> None:
    with watched(own_database, tmp_path) as made:
        assert not until(10, lambda: bool(made.network.ledger())), "nothing is wrong"
        made.clock.kill()
        made.clock.wait()
        assert until(SOON, lambda: woken(made) == ON_CALL)
        made.start_clock()
        assert until(SOON, beats(made, "ladder"))
        texts = len(made.network.texts())
        assert not until(5, lambda: len(made.network.texts()) > texts)
        assert {entry["to"] for entry in made.network.ledger()} == ON_CALL
        assert len(made.network.texts()) == len(ON_CALL), "nobody twice"
        assert is_private(made, tmp_path)


@pytest.mark.postgres
def test_e13_with_the_database_shut_those_on_call_are_woken_from_the_kept_file(
    own_database: str, tmp_path: Path
) -> None:
    with watched(own_database, tmp_path) as made:
        made.shut_database()
        assert until(SOON, lambda: woken(made) == ON_CALL)
        assert is_private(made, tmp_path)


def test_a_watcher_that_starts_while_there_is_no_database_still_wakes_those_it_knew(
    own_database: str, tmp_path: Path
) -> None:
    with watched(own_database, tmp_path) as made:
        made.stop()
        made.env["DATABASE_URL"] = "postgres://nobody@127.0.0.1:9/nothing"
        made.start_watcher()
        assert until(SOON, lambda: woken(made) == ON_CALL)

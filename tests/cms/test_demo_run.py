"""The demo's clock starts after school and never runs backwards; a database of another version is made anew."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from cms import demo_run
from peer import clock


@pytest.fixture
def home(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the demo an empty folder."""
    settings.STATE_DIR = tmp_path
    settings.CLOCK_OFFSET_FILE = tmp_path / "clock-offset"
    monkeypatch.setattr(demo_run, "_database", lambda: tmp_path / "meanwhile.sqlite3")
    return tmp_path


def _london() -> dt.datetime:
    return clock.now().astimezone(clock.LONDON)


def _last_ran_at(home: Path, moment: dt.datetime) -> None:
    """Leave what a former run leaves: a stamp, a database written just then, and its offset."""
    real = dt.datetime.now(dt.UTC)
    (home / "stamp").write_text("made")
    (home / "meanwhile.sqlite3").write_text("")
    os.utime(home / "meanwhile.sqlite3", (real.timestamp(), real.timestamp()))
    clock.set_offset(moment - real)


def _today_at(hour: int, minute: int = 0) -> dt.datetime:
    today = dt.datetime.now(dt.UTC).astimezone(clock.LONDON).date()
    return dt.datetime.combine(today, dt.time(hour, minute), tzinfo=clock.LONDON)


def test_the_first_start_is_at_half_past_four_today(home: Path) -> None:
    demo_run.set_clock()
    assert abs(_london() - _today_at(16, 30)) < dt.timedelta(seconds=5)


def test_a_later_start_goes_on_where_the_last_run_stopped(home: Path) -> None:
    _last_ran_at(home, _today_at(18, 10))
    demo_run.set_clock()
    assert abs(_london() - _today_at(18, 10)) < dt.timedelta(seconds=5)


def test_after_a_night_run_it_is_the_next_afternoon(home: Path) -> None:
    _last_ran_at(home, _today_at(22, 10))
    demo_run.set_clock()
    assert abs(_london() - _today_at(16, 30) - dt.timedelta(days=1)) < dt.timedelta(seconds=5)


def test_a_run_from_yesterday_changes_nothing(home: Path) -> None:
    _last_ran_at(home, _today_at(18, 10) - dt.timedelta(days=1))
    demo_run.set_clock()
    assert abs(_london() - _today_at(16, 30)) < dt.timedelta(seconds=5)


def test_a_database_of_this_version_is_left_alone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "meanwhile.sqlite3").write_text("kept")
    (home / "stamp").write_text(demo_run.fingerprint.of_migrations())
    demo_run.clear_away_old()
    demo_run.set_up_database()
    assert (home / "meanwhile.sqlite3").read_text() == "kept"
    assert capsys.readouterr().out == ""


def test_a_database_of_another_version_is_made_anew_and_said_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "meanwhile.sqlite3").write_text("old")
    (home / "handsets.jsonl").write_text("texts with links that lead nowhere now")
    (home / "meanwhile.sqlite3-wal").write_text("old")
    (home / "stamp").write_text("another version")
    demo_run.clear_away_old()
    assert not list(home.glob("meanwhile.sqlite3*"))
    assert not (home / "handsets.jsonl").exists()
    assert "belongs to another version of Meanwhile: starting afresh" in capsys.readouterr().out

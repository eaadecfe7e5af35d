"""The clock: one time for Python and the database, moved by one file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.db.models.functions import Now as DatabaseNow
from django.test import override_settings

from peer import clock
from peer.models import Person
from tests.make import make_person

SECOND = dt.timedelta(seconds=1)


def _in_sql(expression: object) -> dt.datetime:
    return Person.objects.annotate(at=expression).values_list("at", flat=True).get()  # type: ignore[arg-type]


@pytest.mark.django_db
def test_the_database_tells_the_time_of_the_product() -> None:
    make_person()
    with override_settings(CLOCK_OFFSET=86_400.0):
        assert abs(_in_sql(clock.Now()) - clock.now()) < SECOND


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_adds_the_offset_to_its_own_clock() -> None:
    make_person()
    with override_settings(CLOCK_OFFSET=86_400.0):
        ahead = _in_sql(clock.Now()) - _in_sql(DatabaseNow())
    assert abs(ahead - dt.timedelta(days=1)) < SECOND


def test_the_shared_file_moves_the_clock_at_once(tmp_path: Path) -> None:
    with override_settings(CLOCK_OFFSET_FILE=tmp_path / "offset", CLOCK_OFFSET=0.0):
        before = clock.now()
        clock.set_offset(dt.timedelta(hours=5))
        assert abs(clock.now() - before - dt.timedelta(hours=5)) < SECOND
        clock.set_offset(dt.timedelta(hours=6))
        assert abs(clock.now() - before - dt.timedelta(hours=6)) < SECOND


def test_the_clock_of_a_real_service_cannot_be_moved(tmp_path: Path) -> None:
    with override_settings(PRODUCTION=True, CLOCK_OFFSET_FILE=tmp_path / "offset"), pytest.raises(RuntimeError):
        clock.set_offset(dt.timedelta(hours=1))


def test_today_is_the_day_in_london() -> None:
    with clock.at(dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)):
        assert clock.today() == dt.date(2026, 7, 1)


def test_a_missing_file_means_the_offset_of_the_setting(tmp_path: Path) -> None:
    with override_settings(CLOCK_OFFSET_FILE=tmp_path / "none", CLOCK_OFFSET=60.0):
        assert clock.offset() == dt.timedelta(minutes=1)

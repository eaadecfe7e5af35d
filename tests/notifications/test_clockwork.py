"""The clock: a part that fails never stops the others, and all end when asked."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from notifications import clockwork
from notifications.clockwork import Part

pytestmark = pytest.mark.django_db

FIRST_PAGE = """
import sys, django
django.setup()
from notifications import clockwork
from notifications.dispatcher import Dispatcher
from notifications.models import Duty
from tests.notifications.make import make_delivery
clockwork.load()
sender = Dispatcher(duties=(Duty.PAGE,))
row = make_delivery(duty=Duty.PAGE, channel="call", purpose="page")
before = set(sys.modules)
sender.turn()
print(row.attempts.get().outcome, len(set(sys.modules) - before))
"""


def test_one_failing_part_does_not_stop_the_others_and_starts_anew(monkeypatch) -> None:
    made, worked, closed = [], [], []

    def broken():
        made.append(1)
        raise OSError("the database went away")

    def dies():
        def work() -> int:
            raise ValueError("a bad row")

        return work, lambda: closed.append(1)

    def good():
        return lambda: worked.append(1) or 0, lambda: closed.append(1)

    parts = (Part("broken", 0.01, broken), Part("dies", 0.01, dies), Part("good", 0.01, good))
    monkeypatch.setattr(clockwork, "PARTS", parts)
    monkeypatch.setattr(clockwork, "AFTER_A_FAULT", 0.05)
    stop = threading.Event()
    thread = threading.Thread(target=clockwork.run, args=(stop,))
    thread.start()
    time.sleep(0.6)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert len(made) > 2
    assert len(worked) > 5
    assert len(closed) > 2


def test_the_clock_sends_climbs_sweeps_and_watches_cover() -> None:
    assert {part.name for part in clockwork.PARTS} >= {"pages", "messages", "sweep", "ladder", "cover"}


def test_it_ends_at_once_though_a_part_sleeps_for_a_quarter_of_an_hour(monkeypatch) -> None:
    asleep, stop = threading.Event(), threading.Event()
    seldom = Part("seldom", 900.0, lambda: (lambda: asleep.set() or 0, lambda: None))
    monkeypatch.setattr(clockwork, "PARTS", (seldom, seldom))
    thread = threading.Thread(target=clockwork.run, args=(stop,), daemon=True)
    thread.start()
    assert asleep.wait(10)
    time.sleep(0.2)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_the_first_page_after_a_start_loads_nothing_any_more(own_database: str) -> None:
    nobody = {"TWILIO_BASE_URL": "http://127.0.0.1:9", "DJANGO_SETTINGS_MODULE": "cms.settings"}
    env = os.environ | nobody | {"DATABASE_URL": own_database}
    done = subprocess.run([sys.executable, "-c", FIRST_PAGE], env=env, capture_output=True, text=True, check=False)
    outcome, loaded = done.stdout.split() or [done.stderr, "0"]
    assert (outcome, int(loaded) < 20) == ("later", True), loaded

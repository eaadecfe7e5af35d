"""The guide's clock buttons: after a jump whoever is on call has come on time, so that the groups are not left closed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from cms.demo import views
from cms.example import groups, phones, rota
from moderation import sweeps
from peer import clock
from peer.models import Duty, SupportGroup

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Path) -> None:
    """Load the cast and its rota, at half past four, with a clock that can be moved."""
    settings.CLOCK_OFFSET_FILE = tmp_path / "clock-offset"
    real = dt.datetime.now(dt.UTC)
    clock.set_offset(dt.datetime.combine(real.date(), dt.time(16, 30), clock.LONDON) - real)
    with clock.at(clock.now() - dt.timedelta(days=60)):
        groups.load_cast(groups.load_groups())
        phones.load_phones()
    rota.fill()


def press(to: str) -> None:
    """Press one of the clock's buttons."""
    request = RequestFactory().post("/demo/clock/", {"to": to})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "redirect", lambda name: name)
        assert views.move_clock(request) == "demo-guide"


def on_call() -> set[str]:
    return set(Duty.objects.current().values_list("user__handle", flat=True))


def test_after_each_jump_somebody_is_on_call_for_both_groups() -> None:
    assert on_call() == {"dr_lee"}
    for to, who in (("evening", "dr_okafor"), ("night", "dr_okafor"), ("afternoon", "dr_lee"), ("day", "dr_lee")):
        press(to)
        sweeps.watch_cover()
        assert on_call() == {who}, to
        assert Duty.objects.current().count() == SupportGroup.objects.count()


def test_when_time_passes_by_itself_the_next_clinician_comes_too() -> None:
    clock.set_offset(clock.offset() + dt.timedelta(hours=5))
    assert on_call() == set()
    rota.come_on_time()
    assert on_call() == {"dr_okafor"}


def test_many_days_on_the_rota_reaches_as_far_ahead() -> None:
    for _day in range(20):
        press("day")
    assert on_call() == {"dr_lee"}

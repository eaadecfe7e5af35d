"""Moving the demo's clock leaves its groups covered: whoever is on call then has come to their shift."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.test import RequestFactory

from cms.demo import views
from cms.example import rota
from moderation.models import OnCallShift
from peer import clock, posting
from peer.models import SupportGroup, User
from peer.roles import Role
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("cms.demo.urls")]


@pytest.fixture
def group(settings, tmp_path: Path) -> SupportGroup:
    """Give a group as the demo has it: two clinicians in turn, a moderator, and a clock that can be moved."""
    settings.CLOCK_OFFSET_FILE = tmp_path / "clock-offset"
    clock.set_offset(dt.timedelta(seconds=settings.CLOCK_OFFSET))
    with clock.at(clock.now() - dt.timedelta(days=60)):
        group = make.make_group()
        for handle in ("dr_lee", "dr_okafor"):
            user = User.objects.create_user(handle=handle, display_name=handle, paged_ok_at=clock.now())
            make.make_member(group=group, user=user, role=Role.CLINICIAN, name=handle)
        make.make_member(group=group, role=Role.PEER_MODERATOR, name="Mo")
        kim = make.make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
        User.objects.filter(pk=kim.pk).update(handle="kim")
    rota.fill()
    return group


def _go(to: str) -> None:
    answer = views.move_clock(RequestFactory().post("/demo/clock/", {"to": to}))
    assert answer.status_code == 302


def _is_covered(group: SupportGroup) -> bool:
    return group.duties.current().exists()


def test_at_every_stop_of_the_clock_somebody_is_on_call(group: SupportGroup) -> None:
    assert _is_covered(group)
    for to in ("afternoon", "evening", "night", "afternoon", "day", "hour"):
        _go(to)
        assert _is_covered(group), to


def test_next_day_in_the_afternoon_one_can_write_again(group: SupportGroup) -> None:
    member = make.make_member(group=group)
    assert member.user
    for to in ("afternoon", "evening", "afternoon"):
        _go(to)
    there = posting.of(SupportGroup.objects.with_standing(member.user).get(pk=group.pk))
    assert there.is_open, there.missing


def test_a_month_of_days_never_runs_out_of_rota(group: SupportGroup) -> None:
    for _ in range(30):
        _go("day")
    assert _is_covered(group)


def test_a_clinician_who_ended_their_shift_is_not_put_back(group: SupportGroup) -> None:
    OnCallShift.objects.filter(state=OnCallShift.State.ON).update(state=OnCallShift.State.DONE, ended_at=clock.now())
    rota.begin()
    assert not OnCallShift.objects.filter(state=OnCallShift.State.ON).exists()

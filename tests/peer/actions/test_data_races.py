"""Rivals about one copy and one deletion: one is handed over, and no hold is outrun (S58, matrix row 41)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.db import connections

from peer.actions import data_holds, data_requests, erasures
from peer.models import AuditEvent, DataHold, DataRequest
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken, StaleMove
from peer.sweeps.copies import carry_on_copies
from tests.make import make_person, make_user

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def rivals(*acts: Callable[[], object]) -> Counter[str]:
    """Let all begin at the same moment, each in a thread and a connection of its own, and count how they end."""
    start, ends = threading.Barrier(len(acts)), Counter[str]()

    def go(act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=20)
            act()
            ends["won"] += 1
        except (StaleMove, IllegalMove, RuleBroken):
            ends["lost"] += 1
        except Exception as problem:
            ends[repr(problem)] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ends


def test_of_ten_presses_at_once_one_gets_the_copy(settings: object, tmp_path: Path) -> None:
    settings.STORAGES["private"]["OPTIONS"]["location"] = tmp_path  # type: ignore[attr-defined]
    storages._storages.clear()
    asha = make_user(person=make_person())
    request = data_requests.ask(asha.person, by=asha, kind="copy")
    carry_on_copies()
    request.refresh_from_db()
    data_requests.read_through(request, by=make_user(roles=(Role.SERVICE_MANAGER,)))
    carry_on_copies()

    def press() -> object:
        return data_requests.hand_over(DataRequest.objects.get(pk=request.pk), by=asha)

    assert rivals(*[press] * 10) == {"won": 1, "lost": 9}


@pytest.mark.parametrize("turn", range(4))
def test_nothing_is_deleted_once_it_is_held(turn: int) -> None:
    asha, sam = make_user(person=make_person()), make_user(roles=(Role.SERVICE_MANAGER,))
    lead, lee = make_user(roles=(Role.SAFEGUARDING_LEAD,)), make_user(roles=(Role.CLINICIAN,))
    request = erasures.agree(data_requests.ask(asha.person, by=asha, kind="deletion", posts="remove"), by=sam)
    rivals(
        lambda: erasures.carry_out(DataRequest.objects.get(pk=request.pk), by=lead),
        lambda: data_holds.hold(asha.person, by=lee, reason="An inquiry."),
    )
    request.refresh_from_db()
    acts = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    held_at = acts.index("peer.actions.data_holds.hold")
    if request.state == DataRequest.State.DONE:
        assert acts.index("peer.actions.erasures.carry_out") < held_at, "deleted although it was held"
    else:
        assert DataHold.objects.current().exists()

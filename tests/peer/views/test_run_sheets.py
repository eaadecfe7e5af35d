"""What guides the sessions of a group, written from the front: the equal-value words stay, and so do the safe steps (S77)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from peer import clock, run_sheet, sheets
from peer.actions import hosting, sessions
from peer.models import SupportGroup
from peer.roles import Role
from tests.make import make_member, make_open_group, named

pytestmark = pytest.mark.django_db

LINES = {
    "principles": "Listen first.\n\n  You may pass. \n",
    "before": "Put the kettle on.",
    "during": "",
    "after": "",
    "form_nonce": "one",
}


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


def test_who_administers_a_group_writes_its_lines_and_everybody_reads_them(client, group) -> None:
    hosts = [named(group, name) for name in ("Ben", "Mo", "Dr Lee")]
    day = clock.today() + dt.timedelta(days=1)
    details = {"at": dt.time(19), "minutes": 60, "way": "text", "repeats": "once", "capacity": None, "hosts": hosts}
    session = sessions.plan(group, by=named(group, "Ben").user, day=day, **details)
    keeper = make_member(group=group, role=Role.GROUP_ADMINISTRATOR, name="Kit")
    client.force_login(keeper.user)
    address = reverse("run-sheets-write", args=[group.public_id])
    page = client.get(address).content.decode()
    assert run_sheet.opening() in page
    assert run_sheet.principles()[1] in page
    assert client.post(address, LINES).status_code == 302
    client.force_login(named(group, "Ben").user)
    page = client.get(session.get_absolute_url()).content.decode()
    assert page.index(run_sheet.opening()) < page.index("Listen first.") < page.index("You may pass.")
    assert run_sheet.principles()[1] not in page
    own = [step for step in sheets.of(group).steps.values() if step.words == "Put the kettle on."]
    assert own[0].part == "before"
    assert set(run_sheet.steps()) < set(sheets.of(group).steps)
    tick = hosting.tick(session, by=named(group, "Ben").user, step=own[0].key)
    assert tick.step == own[0].key


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"principles": " \n "}, "at least one line"),
        ({"after": "x\n" * 13}, "to 12 lines"),
        ({"during": "x" * 201}, "under 200 letters"),
    ],
)
def test_what_nobody_would_read_is_not_taken(client, group, said: dict, why: str) -> None:
    client.force_login(named(group, "Dr Lee").user)
    answer = client.post(reverse("run-sheets-write", args=[group.public_id]), LINES | said)
    assert answer.status_code == 422
    assert why in answer.content.decode()


@pytest.mark.parametrize("name", ["Mo", "Fern"])
def test_to_everybody_else_there_is_no_such_page(client, group, name: str) -> None:
    if name == "Fern":
        make_member(group=group, name=name)
    client.force_login(named(group, name).user)
    assert client.get(reverse("run-sheets-write", args=[group.public_id])).status_code == 404

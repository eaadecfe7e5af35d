"""Nobody is asked to a place of which they do not know how to get there and in, or what else there is (S63)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from peer import clock
from peer.actions import sessions, time_polls
from peer.models import GroupSession, MeetingPlace, SupportGroup
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_member, make_open_group, named

pytestmark = pytest.mark.django_db

SAID = {
    "where": "The hall, 1 Larch Street.",
    "getting_there": "Bus 5. We pay the fare.",
    "access": "No steps. A quiet corner.",
    "from_afar": "Ring in with your code.",
}
WHY = "how to get there"


@pytest.fixture
def group() -> SupportGroup:
    group = make_open_group()
    MeetingPlace.objects.all().delete()
    return group


def plan(group: SupportGroup, *, way: str) -> GroupSession:
    details = {"at": dt.time(19), "minutes": 60, "repeats": "once", "capacity": None}
    hosts = [named(group, name) for name in ("Ben", "Mo", "Dr Lee")]
    day = clock.today() + dt.timedelta(days=2)
    return sessions.plan(group, by=named(group, "Ben").user, day=day, hosts=hosts, way=way, **details)


def test_no_session_meets_in_person_before_the_place_is_described(group: SupportGroup) -> None:
    ben = named(group, "Ben").user
    with pytest.raises(RuleBroken, match=WHY):
        plan(group, way="in_person")
    session = plan(group, way="text")
    later = {"day": clock.today() + dt.timedelta(days=2), "at": dt.time(20), "minutes": 60, "capacity": None}
    with pytest.raises(RuleBroken, match=WHY):
        sessions.add_slot(session, by=ben, way="in_person", **later)
    with pytest.raises(RuleBroken, match=WHY):
        sessions.meet_otherwise(session, by=ben, slot=session.slots.get(), way="in_person")
    times = [session.starts_at + dt.timedelta(days=days) for days in (7, 8)]
    with pytest.raises(RuleBroken, match=WHY):
        time_polls.offer(
            group, by=ben, times=times, way="in_person", minutes=60, closes_at=clock.now() + dt.timedelta(days=1)
        )
    assert GroupSession.objects.get().slots.get().way == "text"


def test_a_host_describes_it_and_whoever_comes_reads_it(client, group: SupportGroup) -> None:
    client.force_login(named(group, "Ben").user)
    address = reverse("meeting-places-describe", args=[group.public_id])
    assert address in client.get(reverse("sessions-index", args=[group.public_id])).content.decode()
    assert client.post(address, SAID | {"form_nonce": "one"}).status_code == 302
    assert "Bus 5. We pay the fare." in client.get(address).content.decode(), "what is there can be changed"
    session = plan(group, way="in_person")
    fern = make_member(group=group, name="Fern")
    client.force_login(fern.user)
    page = client.get(session.get_absolute_url()).content.decode()
    assert all(words in page for words in SAID.values())
    assert client.get(address).status_code == 404, "who plans nothing has no such page"


@pytest.mark.parametrize("missing", SAID)
def test_each_answer_is_needed_and_what_was_typed_stays(client, group: SupportGroup, missing: str) -> None:
    client.force_login(named(group, "Ben").user)
    said = SAID | {missing: "  ", "form_nonce": "one"}
    answer = client.post(reverse("meeting-places-describe", args=[group.public_id]), said)
    assert answer.status_code == 422
    kept = [words for name, words in SAID.items() if name != missing]
    assert all(words in answer.content.decode() for words in kept)
    assert not MeetingPlace.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingPlace.objects.create(group=group, **SAID | {missing: ""})


def test_people_of_another_group_see_no_such_page(client, group: SupportGroup) -> None:
    stranger = make_member(group=make_open_group(title="Harbour"), role=Role.PEER_FACILITATOR, name="Kit")
    client.force_login(stranger.user)
    assert client.get(reverse("meeting-places-describe", args=[group.public_id])).status_code == 404

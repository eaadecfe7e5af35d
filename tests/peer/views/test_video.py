"""The address of a video meeting: for whoever has a place, at its time, after one question that is kept nowhere (U15)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from peer import clock
from peer.actions import sessions
from peer.models import AuditEvent, GroupSession, Membership, SupportGroup, User
from peer.states import RuleBroken
from tests.make import make_member, make_open_group

pytestmark = pytest.mark.django_db
TUESDAY = dt.date(2026, 11, 17)  # tests begin on Monday 16 November 2026, noon
LINK = "https://meet.example/Qx7-secret"


def user(group: SupportGroup, name: str) -> User:
    found = Membership.objects.select_related("user").get(group=group, pseudonym=name).user
    assert found
    return found


@pytest.fixture
def session() -> GroupSession:
    group = make_open_group()
    hosts = [Membership.objects.get(group=group, pseudonym=name) for name in ("Ben", "Dr Lee")]
    how = {"at": dt.time(19), "minutes": 60, "way": "online", "repeats": "once", "capacity": None, "hosts": hosts}
    made = sessions.plan(group, by=user(group, "Ben"), day=TUESDAY, **how)
    sessions.set_link(made, by=user(group, "Ben"), link=LINK)
    return made


@pytest.fixture
def fern(session: GroupSession) -> User:
    return make_member(group=session.group, name="Fern").user


def get(session: GroupSession, who: User, *, hour: int, minute: int = 0, **answer: str):
    client = Client()
    client.force_login(who)
    with clock.at(dt.datetime.combine(TUESDAY, dt.time(hour, minute), tzinfo=clock.LONDON)):
        path = f"/sessions/{session.public_id}/video/"
        return client.post(path, answer) if answer else client.get(path)


def test_it_is_shown_at_its_time_after_the_question_and_the_answer_is_kept_nowhere(session, fern) -> None:
    sessions.come(session, by=fern, slot=session.slots.get())
    asked = get(session, fern, hour=18, minute=50)
    assert "Can you talk privately?" in asked.content.decode()
    assert LINK not in asked.content.decode()
    before = AuditEvent.objects.count()
    shown = get(session, fern, hour=19, minute=5, alone="1")
    assert f'href="{LINK}" rel="noreferrer noopener"' in shown.content.decode()
    assert shown["Referrer-Policy"] == "same-origin"  # with none at all a browser’s own form is refused here
    assert "no-store" in shown["Cache-Control"]
    assert "write in the chat" in get(session, fern, hour=19, minute=5, text="1").content.decode()
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(("hour", "minute"), [(18, 44), (20, 0)])
def test_outside_its_time_its_address_is_none(session, fern, hour: int, minute: int) -> None:
    sessions.come(session, by=fern, slot=session.slots.get())
    assert get(session, fern, hour=hour, minute=minute, alone="1").status_code == 404


def test_for_whoever_has_no_place_its_address_is_none_and_the_page_is_silent(session, fern) -> None:
    assert get(session, fern, hour=19, alone="1").status_code == 404
    client = Client()
    client.force_login(fern)
    with clock.at(session.starts_at):
        page = client.get(f"/sessions/{session.public_id}/").content.decode()
    assert "by video" not in page
    assert LINK not in page
    sessions.come(session, by=fern, slot=session.slots.get())
    SupportGroup.objects.update(state="frozen")
    assert get(session, fern, hour=19, alone="1").status_code == 404
    assert get(session, user(session.group, "Mo"), hour=19, alone="1").status_code == 404


def test_a_hostile_address_leads_nowhere_and_stays_inside_its_quotes(session, fern) -> None:
    sessions.come(session, by=fern, slot=session.slots.get())
    hostile = 'https://meet.example/"><script>alert(1)</script>'
    sessions.set_link(session, by=user(session.group, "Ben"), link=hostile)
    page = get(session, fern, hour=19, alone="1").content.decode()
    assert "<script>alert" not in page
    assert "&quot;&gt;&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("link", ["http://meet.example/1", "javascript:alert(1)", "meet.example"])
def test_only_https_is_taken(session, link: str) -> None:
    client = Client()
    client.force_login(user(session.group, "Ben"))
    answer = client.post(f"/sessions/{session.public_id}/link/", {"link": link})
    assert answer.status_code == (302 if link == "meet.example" else 422)
    assert session.slots.get().link in {LINK, "https://meet.example"}
    with pytest.raises(RuleBroken):
        sessions.set_link(session, by=user(session.group, "Ben"), link="http://meet.example/1")

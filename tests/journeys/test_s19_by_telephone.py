"""Coming to a session by telephone: the code, the wait, the host who lets in, and whoever tries to skip them (S19, B12)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from notifications import meetings
from notifications.simulator import Simulator
from peer import clock
from peer.actions import callers, hosting, sessions
from peer.models import Attendance, GroupSession, Membership, PhonePlace, SessionCaller, SupportGroup, User
from peer.states import RuleBroken
from peer.sweeps.sessions import look_after_sessions
from tests.make import make_duty, make_member, make_open_group, make_person, make_user, named
from tests.notifications.conftest import SERVICE, dispatcher, eventually, network, network_process, site
from tests.notifications.make import make_contact
from tests.notifications.signing import signed_post

__all__ = ["dispatcher", "network", "network_process", "site"]  # the real network, beside the real site

pytestmark = pytest.mark.django_db(transaction=True)

BEN, FERN, STRANGER = "+447700900301", "+447700900302", "+447700900303"
NOT = ["That code opens nothing right now.", "Please look at it again."]
SCRIPTS = "/webhooks/twilio"


@pytest.fixture(autouse=True)
def a_quarter_before_seven(settings):
    """Ten to seven in the evening in London, for every thread of this process."""
    evening = dt.datetime.combine(clock.today(), dt.time(18, 50), clock.LONDON)
    settings.CLOCK_OFFSET = (evening - dt.datetime.now(dt.UTC)).total_seconds()


@pytest.fixture
def group() -> SupportGroup:
    group = make_open_group()
    make_duty(group=group, user=named(group, "Dr Lee").user)
    return group


def plan(group: SupportGroup, hour: int = 19) -> GroupSession:
    people = [named(group, name) for name in ("Ben", "Mo", "Dr Lee")]
    how = {"minutes": 60, "way": "phone", "repeats": "once", "capacity": None}
    return sessions.plan(group, by=named(group, "Ben").user, day=clock.today(), at=dt.time(hour), hosts=people, **how)


@pytest.fixture
def session(group: SupportGroup) -> GroupSession:
    return plan(group)


@pytest.fixture
def fern(group: SupportGroup, session: GroupSession) -> Membership:
    person = make_person(given_name="Asha", family_name="Quillfeather")
    make_contact(person=person, number=FERN)
    fern = make_member(group=group, user=make_user(person=person), name="Fern")
    sessions.come(session, by=fern.user, slot=session.slots.get())
    return fern


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def code(session: GroupSession, member: Membership) -> str:
    signed_in(member.user).post(f"/sessions/{session.public_id}/by-phone/", {"code": "1"})
    return PhonePlace.objects.get(session=session, membership=member).code


def host_code(session: GroupSession) -> str:
    ben = named(session.group, "Ben")
    hosting.be_here(session, by=ben.user)
    return callers.host_code(session, by=ben.user).code


def rings(network: Simulator, number: str, keys: str) -> None:
    network.handset(number, answers="person", keys=keys, after_ms=5)
    network.do(number, "ring", to=SERVICE)


def said(network: Simulator, number: str) -> list[str]:
    return [entry["body"] for entry in network.ledger(number) if entry["kind"] == "said"]


def press(session: GroupSession, who: str, what: str) -> None:
    call = SessionCaller.objects.get(session=session, membership__pseudonym=who, state__in=["waiting", "in"])
    ben = signed_in(named(session.group, "Ben").user)
    answer = ben.post(f"/sessions/{session.public_id}/host/callers/{call.public_id}/{what}/")
    assert answer.status_code == 302


def stands(session: GroupSession, who: str) -> str:
    rows = SessionCaller.objects.filter(session=session, membership__pseudonym=who)
    return str(rows.order_by("-pk").values_list("state", flat=True).first())


def test_s19_a_caller_waits_is_let_in_speaks_and_counts_as_there_by_telephone(site, network, session, fern) -> None:
    rings(network, FERN, f"4,{code(session, fern)},1")
    eventually(lambda: stands(session, "Fern") == "waiting")
    rings(network, BEN, f"4,{host_code(session)}")
    eventually(lambda: stands(session, "Ben") == "in")
    page = signed_in(named(session.group, "Ben").user).get(f"/sessions/{session.public_id}/host/").content.decode()
    assert "Fern" in page.partition('id="callers"')[2]
    assert "900302" not in page, "a host sees a name, never a number"
    network.do(FERN, "say", words="Is anybody there?")
    press(session, "Fern", "let-in")
    eventually(lambda: "You are coming in now." in said(network, FERN))
    eventually(lambda: Attendance.objects.get(membership=fern).channel == "phone")
    eventually(lambda: (network.do(FERN, "say", words="Hello, it is Fern.") or True) and "Hello, it is Fern." in said(network, BEN))  # fmt: skip
    assert "Is anybody there?" not in said(network, BEN), "nobody is heard before they are let in"
    before = " ".join(said(network, FERN)[: said(network, FERN).index("You are coming in now.")])
    assert not {"Lantern", "Asha", "Fern", "Ben"} & set(before.replace(".", "").split())
    network.do(BEN, "hangup")
    eventually(lambda: "This has ended now." in said(network, FERN))
    eventually(lambda: stands(session, "Fern") == stands(session, "Ben") == "gone")
    assert Attendance.objects.get(membership=fern).outcome == "there"


def test_b12_a_host_turns_away_ends_it_for_one_and_that_code_opens_nothing_more(site, network, session, fern) -> None:
    keys = code(session, fern)
    rings(network, BEN, f"4,{host_code(session)}")
    eventually(lambda: stands(session, "Ben") == "in")
    rings(network, FERN, f"4,{keys},2")
    eventually(lambda: stands(session, "Fern") == "waiting")
    press(session, "Fern", "not-now")
    eventually(lambda: "Please ring again in ten minutes." in said(network, FERN))
    eventually(lambda: stands(session, "Fern") == "gone")
    eventually(lambda: network.ledger(FERN)[-1]["kind"] == "ended")
    rings(network, FERN, f"4,{keys},2")
    eventually(lambda: stands(session, "Fern") == "waiting")
    press(session, "Fern", "let-in")
    eventually(lambda: "You are coming in now." in said(network, FERN))
    assert SessionCaller.objects.get(membership=fern, state="in").only_listens
    press(session, "Fern", "end")
    eventually(lambda: meetings.hang_up() == 1)  # one of which the network says nothing in time is cut at the next turn
    eventually(lambda: network.ledger(FERN)[-1]["kind"] == "ended")
    rings(network, FERN, f"4,{keys}")
    eventually(lambda: NOT[0] in said(network, FERN))
    assert stands(session, "Ben") == "in", "it goes on for everybody else"


def test_s19_whoever_would_rather_be_rung_is_rung_at_the_start_and_proves_who_they_are(
    site, network, dispatcher, session, fern
) -> None:
    callers.choose(session, by=fern.user, is_rung=True)
    network.handset(FERN, answers="person", keys="1,76246,1", after_ms=5)
    rings(network, BEN, f"4,{host_code(session)}")
    eventually(lambda: stands(session, "Ben") == "in")
    look_after_sessions()
    assert PhonePlace.objects.get(membership=fern).rung_at is None, "not before it starts"
    with clock.at(session.starts_at + dt.timedelta(minutes=1)):
        look_after_sessions()
        dispatcher.turn()
    eventually(lambda: stands(session, "Fern") == "waiting")
    assert "Asha" in " ".join(said(network, FERN))
    assert "Lantern" not in " ".join(said(network, FERN))
    press(session, "Fern", "let-in")
    eventually(lambda: "You are coming in now." in said(network, FERN))


def test_s19_whoever_was_cut_off_rings_again_and_is_not_kept_out_by_the_call_that_is_gone(session, fern) -> None:
    keys = code(session, fern)
    assert "Press 1 to talk" in types("CA1", keys, sender=FERN)
    types("CA2", host_code(session), sender=BEN)
    call = SessionCaller.objects.get(sid="CA1")
    with clock.at(clock.now() + dt.timedelta(seconds=20)):
        callers.let_in(call, by=named(session.group, "Ben").user)  # and hears nothing: the line is dead
        assert "opens nothing" in types("CA3", keys, sender=FERN)
    with clock.at(clock.now() + dt.timedelta(seconds=80)):
        assert "Press 1 to talk" in types("CA4", keys, sender=FERN)
    assert stands(session, "Fern") == "waiting"
    ben = SessionCaller.objects.get(sid="CA2")
    callers.end_for(ben, by=named(session.group, "Ben").user)
    with clock.at(clock.now() + dt.timedelta(seconds=90)):
        assert "<Conference" not in asks("CA4", "hold"), "with the host cut off nobody goes on"


# ── Whoever tries to skip the host ──────────────────────────────────────────────────────────────────────────────────
def types(sid: str, keys: str, *, sender: str = STRANGER) -> str:
    client = Client()
    signed_post(client, f"{SCRIPTS}/voice/", CallSid=sid, From=sender, To=SERVICE)
    signed_post(client, f"{SCRIPTS}/voice/choice/", CallSid=sid, From=sender, To=SERVICE, Digits="4")
    path = f"{SCRIPTS}/join/code/"
    return signed_post(client, path, CallSid=sid, From=sender, To=SERVICE, Digits=keys).content.decode()


def asks(sid: str, step: str) -> str:
    return signed_post(Client(), f"{SCRIPTS}/join/{step}/", CallSid=sid, From=STRANGER).content.decode()


def test_b12_whatever_is_wrong_with_a_code_one_neutral_sentence_is_said_and_nobody_comes_in(session, fern) -> None:
    keys = code(session, fern)
    types("CAhost", host_code(session), sender=BEN)
    assert "Conference" not in types("CAfirst", keys)
    late = plan(session.group, hour=20)
    sessions.come(late, by=fern.user, slot=late.slots.get())
    line = session.slots.get().line
    refused = [types("CA1", "111111"), types("CA2", code(late, fern)), types("CA3", keys), types("CA4", line)]
    refused += [types("CA5", ""), types("CA6", "' OR 1=1")]
    with clock.at(session.ends_at + dt.timedelta(minutes=1)):
        refused.append(types("CA7", keys, sender=BEN))
    assert len(set(refused)) == 1, "nothing tells one reason from another"
    assert "That code opens nothing right now." in refused[0]
    for step in ("how", "hold", "over"):
        assert "Conference" not in asks("CA1", step)
    assert "Conference" not in asks("CAfirst", "hold"), "the right code alone opens nothing"
    assert SessionCaller.objects.filter(state="in").count() == 1


def test_b12_guessing_ends_the_call_and_then_the_day_for_that_number(session, fern) -> None:
    keys = code(session, fern)
    for sid in ("CA1", "CA2"):
        for _try in range(3):
            last = types(sid, "222222")
    assert "<Hangup" in last
    assert "Gather" not in last
    assert "opens nothing" in types("CA3", keys), "even the right one, today, from this phone"
    assert "Press 1 to talk" in types("CA4", keys, sender=FERN)


def test_b12_nobody_is_let_into_an_empty_line_or_without_cover_and_no_member_lets_in(session, fern) -> None:
    types("CA1", code(session, fern), sender=FERN)
    call = SessionCaller.objects.get()
    ben = named(session.group, "Ben").user
    hosting.be_here(session, by=ben)
    with pytest.raises(RuleBroken, match="Ring in with your own code"):
        callers.let_in(call, by=ben)
    types("CA2", callers.host_code(session, by=ben).code, sender=BEN)
    session.group.duties.all().delete()
    with pytest.raises(RuleBroken, match="No clinician"):
        callers.let_in(call, by=ben)
    answer = signed_in(fern.user).post(f"/sessions/{session.public_id}/host/callers/{call.public_id}/let-in/")
    assert answer.status_code == 404
    assert stands(session, "Fern") == "waiting"


def test_u15_with_no_host_on_the_line_callers_hear_it_and_it_is_called_off_and_told(session, fern) -> None:
    types("CA1", code(session, fern), sender=FERN)
    hosting.be_here(session, by=named(session.group, "Ben").user)  # pressed, and never rang in
    with clock.at(session.starts_at + dt.timedelta(minutes=16)):
        SessionCaller.objects.update(seen_at=clock.now())
        assert "Nobody is there to let you in right now." in asks("CA1", "hold")
        look_after_sessions()
        session.refresh_from_db()
        assert session.state == "cancelled"
        assert fern.person.notifications.filter(purpose="session_off").exists()


def test_p10_a_pause_ends_the_line_and_a_day_later_no_code_and_no_call_is_kept(session, fern) -> None:
    types("CA1", code(session, fern), sender=FERN)
    types("CA2", host_code(session), sender=BEN)
    callers.let_in(SessionCaller.objects.get(sid="CA1"), by=named(session.group, "Ben").user)
    assert "<Conference" in asks("CA1", "hold")
    SupportGroup.objects.update(state="frozen")
    look_after_sessions()
    assert set(SessionCaller.objects.values_list("state", flat=True)) == {"ended"}
    assert SessionCaller.objects.to_hang_up().count() == 2
    with clock.at(session.ends_at + dt.timedelta(days=1, minutes=1)):
        look_after_sessions()
    assert not PhonePlace.objects.exists()
    assert not SessionCaller.objects.exists()


@pytest.mark.postgres
def test_b12_two_calls_with_one_code_at_the_same_moment_are_one_caller(session, fern) -> None:
    keys = code(session, fern)
    with ThreadPoolExecutor(2) as pool:
        heard = list(pool.map(lambda sid: _types_and_closes(sid, keys), ("CA1", "CA2")))
    assert sorted("Press 1 to talk" in words for words in heard) == [False, True]
    assert SessionCaller.objects.live().count() == 1


def _types_and_closes(sid: str, keys: str) -> str:
    try:
        return types(sid, keys, sender=FERN)
    finally:
        connection.close()

"""The watcher's own parts: what stands still, whom it wakes, how often, and until when (E13, E4, E8)."""

from __future__ import annotations

import datetime as dt
import http.server
import stat
import threading

import pytest

from moderation import paging, sweeps
from notifications import heartbeats, on_call, watcher
from notifications.heartbeats import Pulse, Stillness
from notifications.models import ContactPoint, Delivery, Heartbeat, Notification, OptOut
from notifications.on_call import Kept, Phone
from notifications.providers.http import Pool
from notifications.simulator import Simulator
from notifications.watcher import Outside, Pager
from peer import clock
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_phone, make_post, make_user
from tests.notifications.conftest import eventually
from tests.notifications.make import make_contact, make_delivery

LEE, KIM = "+447700900301", "+447700900302"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def people(tmp_path) -> Kept:
    kept = Kept(tmp_path / "watcher" / "people")
    kept.write([{"where": LEE, "ways": ["sms", "call"]}, {"where": KIM, "ways": ["sms", "call"]}])
    return kept


@pytest.fixture
def pager(network: Simulator, people: Kept, tmp_path):
    network.ask("PUT", "/clock", {"offset_seconds": clock.offset().total_seconds()})
    made = Pager(people, Kept(tmp_path / "watcher" / "told"))
    yield made
    made.pool.close()


def page(pager: Pager, *, after: dt.timedelta = dt.timedelta()) -> None:
    with clock.at(clock.now() + after):
        pager.page(["ladder"])


def rings(network: Simulator, number: str) -> int:
    return len(network.ledger(number, "ring"))


# ── What stands still ───────────────────────────────────────────────────────────────────────────────────────────────
def test_what_does_not_change_stands_still_and_what_moves_or_is_not_there_does_not(monkeypatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("notifications.heartbeats.time.monotonic", lambda: now[0])
    still = Stillness({"pages": 30, "steps": 30, "ladder": 30})
    for second in range(0, 40, 2):
        now[0] = 1000.0 + second
        still.note("pages", second)
        still.note("steps", None)
        still.note("ladder", "always the same")
    assert still.too_long() == ["ladder"]
    still.note("ladder", "another")
    assert still.too_long() == []


def test_nothing_is_missed_before_its_limit_from_the_watchers_own_start(monkeypatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("notifications.heartbeats.time.monotonic", lambda: now[0])
    still = Stillness({"pages": 30})
    now[0] += 29
    assert still.too_long() == []
    now[0] += 2
    assert still.too_long() == ["pages"]


@pytest.mark.django_db
def test_a_clock_that_jumps_is_no_silence(settings) -> None:
    still = Stillness({"pages": 30})
    for hours in (2, -2):
        settings.CLOCK_OFFSET = hours * 3600
        Pulse("pages").beat()
        for name, value in watcher.look().items():
            still.note(name, value)
        assert still.too_long() == []


@pytest.mark.django_db
def test_a_part_beats_every_few_seconds_however_often_it_turns(settings) -> None:
    pulse = Pulse("ladder")
    pulse.beat()
    first = Heartbeat.objects.get(name="ladder").at
    pulse.beat()
    assert Heartbeat.objects.get(name="ladder").at == first
    settings.TIME_SCALE = 1e9
    Pulse("ladder").beat()
    assert Heartbeat.objects.get(name="ladder").at > first


@pytest.mark.django_db
def test_the_watcher_sees_the_rung_that_is_due_and_stays() -> None:
    assert watcher.look() == {"rests": None, "steps": None, "outbox": None}
    post = make_post(author=make_member(group=make_group()), state="held_risk")
    step = paging.worry_about(post, level="red").steps.order_by("number").first()
    assert watcher.look()["steps"] == step.pk
    sweeps.run_due_steps()
    assert watcher.look()["steps"] is None


@pytest.mark.django_db
def test_the_watcher_sees_a_page_of_which_no_way_has_gone() -> None:
    news = make_delivery()
    text = make_delivery(duty="page", channel="sms")
    assert watcher.look()["outbox"] == text.pk > news.pk
    for state in ("claimed", "sending"):
        Delivery.objects.filter(pk=text.pk).update(state=state, lease_token="t", lease_until_at=clock.now())
        assert watcher.look()["outbox"] == text.pk
    Delivery.objects.filter(pk=text.pk).update(state="ambiguous")
    assert watcher.look()["outbox"] == text.pk
    Delivery.objects.filter(pk=text.pk).update(state="accepted")
    assert watcher.look()["outbox"] is None


# ── Whom it wakes ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_only_phones_of_those_on_call_and_of_managers_are_kept() -> None:
    group = make_group()
    lee = make_member(group=group, role=Role.CLINICIAN).user
    make_duty(group=group, user=lee)
    make_phone(person=lee.person, number=LEE)
    asha = make_member(group=group)
    make_phone(person=asha.person, number="07700 900111")
    make_contact(number="07700 900112")
    ann = make_user(person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,))
    make_phone(person=ann.person, number=KIM)
    kept = {one.where: one for one in on_call.phones()}
    assert set(kept) == {LEE, KIM}
    assert kept[LEE].ways == kept[KIM].ways == ("sms", "call")
    assert kept[KIM].until_at == ""
    assert kept[LEE].is_on(clock.now())
    assert not kept[LEE].is_on(clock.now() + dt.timedelta(hours=9))


@pytest.mark.django_db
def test_a_number_that_said_stop_is_rung_and_a_suspended_one_is_left_alone() -> None:
    ann = make_user(person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,))
    phone = make_phone(person=ann.person, number=KIM)
    OptOut.objects.create(where_hash=phone.where_hash, channel="sms")
    assert [one.ways for one in on_call.phones()] == [("call",)]
    ContactPoint.objects.filter(pk=phone.pk).update(state="suspended")
    assert on_call.phones() == []


def test_where_nobody_is_on_call_everybody_known_is_woken() -> None:
    now = dt.datetime(2026, 11, 18, 2, tzinfo=dt.UTC)
    night = Phone(LEE, ("sms",), (now - MINUTE).isoformat(), (now + MINUTE).isoformat())
    assert on_call.now_on([night, Phone(KIM, ("sms",))], now) == {LEE: ("sms",), KIM: ("sms",)}
    assert on_call.now_on([night, Phone(KIM, ("sms",))], now + MINUTE) == {KIM: ("sms",)}
    assert on_call.now_on([night], now + MINUTE) == {LEE: ("sms",)}


def test_what_is_kept_is_unreadable_to_others_and_comes_back(people: Kept, tmp_path) -> None:
    file = tmp_path / "watcher" / "people"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "7700" not in file.read_text()
    assert [one.where for one in on_call.known(Kept(file))] == [LEE, KIM]
    file.write_text("half a fi")
    assert on_call.known(Kept(file)) == []
    assert on_call.known(Kept(tmp_path / "nothing")) == []


# ── Paging ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_everyone_is_woken_by_text_and_call_once_in_five_minutes(network: Simulator, pager: Pager, caplog) -> None:
    for minutes in (0, 1, 4):
        page(pager, after=minutes * MINUTE)
    eventually(lambda: rings(network, LEE) and rings(network, KIM))
    assert len(network.texts(LEE)) == len(network.texts(KIM)) == 1
    page(pager, after=6 * MINUTE)
    assert len(network.texts(LEE)) == 2
    assert "7700" not in caplog.text


def test_the_call_says_its_words_while_our_site_answers_nobody(network: Simulator, pager: Pager, settings) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:9"
    network.handset(LEE, answers="person")
    page(pager)
    eventually(lambda: any("needed now" in entry["body"] for entry in network.ledger(LEE, "said")))


def test_a_watcher_that_was_killed_wakes_nobody_twice(network: Simulator, pager: Pager, people: Kept, tmp_path) -> None:
    page(pager)
    again = Pager(people, Kept(tmp_path / "watcher" / "told"))
    page(again, after=MINUTE)
    again.pool.close()
    assert len(network.texts()) == 2  # one each


def test_a_way_that_is_refused_is_tried_at_the_next_look_until_one_is_taken(network: Simulator, pager: Pager) -> None:
    for kind in ("sms", "call"):
        network.fault(kind, "refuse_500", to=LEE, times=2)
    for _look in range(2):
        page(pager)
        assert (len(network.texts(LEE)), len(network.texts(KIM))) == (0, 1)
    page(pager)
    assert (len(network.texts(LEE)), len(network.texts(KIM))) == (1, 1)


def test_whoever_answers_has_it_for_twenty_minutes_and_no_longer(network: Simulator, pager: Pager) -> None:
    page(pager)
    network.do(LEE, "text", body=" Mine! ", to="+447700900001")
    for minutes in (6, 15, 25):
        page(pager, after=minutes * MINUTE)
    assert len(network.texts(LEE)) == 1
    page(pager, after=27 * MINUTE)
    assert len(network.texts(LEE)) == 2


def test_only_somebody_who_was_woken_can_take_it_and_only_afterwards(network: Simulator, pager: Pager) -> None:
    network.do(LEE, "text", body="MINE", to="+447700900001")
    eventually(lambda: network.ledger(LEE, "sent"))
    page(pager, after=2 * MINUTE)
    network.do("+447700900111", "text", body="MINE", to="+447700900001")
    network.do(KIM, "text", body="who is mine?", to="+447700900001")
    page(pager, after=8 * MINUTE)
    assert len(network.texts(LEE)) == 2


def test_when_all_is_well_again_nobody_has_it_and_the_last_waking_still_counts(
    network: Simulator, pager: Pager
) -> None:
    page(pager)
    network.do(LEE, "text", body="MINE", to="+447700900001")
    page(pager, after=6 * MINUTE)
    with clock.at(clock.now() + 7 * MINUTE):
        pager.rest()
    page(pager, after=8 * MINUTE)
    assert len(network.texts(LEE)) == 2
    with clock.at(clock.now() + 9 * MINUTE):
        pager.rest()
    page(pager, after=10 * MINUTE)
    assert len(network.texts(LEE)) == 2


# ── The clock's side ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_clock_tells_a_manager_once_when_the_watcher_stands_still(monkeypatch) -> None:
    ann = make_user(person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,))
    make_phone(person=ann.person, number=KIM)
    now = [1000.0]
    monkeypatch.setattr("notifications.heartbeats.time.monotonic", lambda: now[0])
    still = Stillness({heartbeats.WATCHER: heartbeats.SILENT})

    def told(*, after: float) -> int:
        now[0] += after
        return heartbeats.miss_watcher(still)

    assert told(after=100) == 0, "one that never ran is not missed"
    Pulse(heartbeats.WATCHER).beat()
    assert [told(after=seconds) for seconds in (5, 55, 10, 5, 300)] == [0, 0, 1, 0, 0]
    Pulse(heartbeats.WATCHER).beat()
    assert [told(after=seconds) for seconds in (5, 55)] == [0, 0]
    assert Notification.objects.filter(purpose="watcher_silent", recipient=ann.person).count() == 1
    assert "watch over our alarms has stopped" in Delivery.objects.get().body


# ── Outside ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_place_outside_hears_it_while_all_is_well_and_not_when_it_is_not() -> None:
    asked = []

    class Place(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Place)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pool = Pool(connections=1)
    outside = Outside(f"http://127.0.0.1:{server.server_port}/beat")
    outside.tell(pool, all_is_well=False)
    assert asked == []
    outside.tell(pool, all_is_well=True)
    outside.tell(pool, all_is_well=True)
    assert asked == ["/beat"]
    server.shutdown()
    server.server_close()
    Outside(f"http://127.0.0.1:{server.server_port}/beat").tell(pool, all_is_well=True)  # nobody there: no harm
    pool.close()

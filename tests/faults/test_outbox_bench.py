"""The bench that kills both senders and the web at sixteen points, its judge, and the two naive orders it must catch."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from cms.faults.parts import judge, plan, play, toys
from cms.faults.parts.judge import Copy, Message, Try, Verdict

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(seconds=1)
PHONE, OTHER = "+447700900100", "+447700900101"


def text(token: str, *, to: str = PHONE, sid: str = "") -> Copy:
    return Copy(to, "sms", sid or f"SM{token}", token)


def message(*tokens: str, duty: str = "family", **more) -> Message:
    values = {"intent": 1, "to": PHONE, "tries": tuple(Try(token, NOON) for token in tokens)} | more
    return Message(duty=duty, **values)


def test_one_copy_of_each_is_good() -> None:
    verdict = judge.judge([message("a"), message("b", intent=2, to=OTHER)], [text("a"), text("b", to=OTHER)], owed=2)
    assert verdict == Verdict(intents=2, copies=2)
    assert verdict.is_good()


def test_a_second_copy_is_counted_whichever_try_brought_it() -> None:
    assert judge.judge([message("a", "b")], [text("a"), text("b")]).family_doubled == 1
    assert judge.judge([message("a", "b", duty="page")], [text("a"), text("b")]).page_doubled == 1
    assert judge.judge([message("a", duty="code")], [text("a"), text("a", sid="SM2")]).code_doubled == 1


def test_the_entries_of_one_call_are_one_copy() -> None:
    rang, ended = Copy(PHONE, "call", "CA1", "a"), Copy(PHONE, "call", "CA1", "a")
    assert judge.judge([message("a", channel="call")], [rang, ended]).is_good()


def test_a_copy_without_a_committed_try_is_unasked_and_still_counts_for_its_phone() -> None:
    verdict = judge.judge([message("a")], [text("a"), text("nobody knows it")])
    assert (verdict.unasked, verdict.family_doubled) == (1, 1)
    assert not verdict.is_good()


def test_what_no_phone_heard_is_lost() -> None:
    assert judge.judge([message("a")], []).lost == 1
    assert judge.judge([message("a", state="cancelled")], []).lost == 1
    assert judge.judge([message(channel="", state="")], []).lost == 1


def test_what_another_way_brought_or_a_person_took_over_is_not_lost() -> None:
    stopped = message(state="cancelled", stopped=NOON)
    rang = message("b", channel="call", state="failed")
    assert judge.judge([stopped, rang], [Copy(PHONE, "call", "CA1", "b")]).is_good()
    assert judge.judge([message(state="cancelled", stopped=NOON, handed_over=True)], []).is_good()


def test_news_whose_intent_was_never_written_is_lost() -> None:
    assert judge.judge([message("a")], [text("a")], owed=2).lost == 1


def test_a_code_whose_sender_died_is_told_apart_and_any_other_silence_is_lost() -> None:
    assert judge.judge([message("a", duty="code", state="unknown")], []) == Verdict(intents=1, code_unsure=1)
    assert judge.judge([message("a", duty="code", state="sent")], []).lost == 1


def test_a_try_that_began_after_the_stop_is_counted() -> None:
    before, after = message("a", stopped=LATER), message(stopped=NOON, tries=(Try("a", LATER),))
    assert judge.judge([before], [text("a")]).sent_after_stop == 0
    assert judge.judge([after], [text("a")]).sent_after_stop == 1


def test_what_never_comes_to_rest_is_stuck() -> None:
    assert judge.judge([message("a", state="ambiguous")], [text("a")]).stuck == 1
    again = message("a", channel="call", turn=2, state="pending", tries=())
    assert judge.judge([message("a"), again], [text("a")]).stuck == 0


def test_the_ledger_is_read_from_its_file(tmp_path: Path) -> None:
    line = '{"to": "+447700900100", "kind": "%s", "sid": "SM1", "attempt": "a", "callback": "%s"}\n'
    site = "http://127.0.0.1/webhooks/a/"
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text(line % ("text", site) + line % ("sent", "") + line % ("text", "") + line % ("ring", site))
    assert judge.heard_in(ledger, at="/webhooks/") == [Copy(PHONE, "sms", "SM1", "a"), Copy(PHONE, "call", "SM1", "a")]
    assert judge.heard_in(ledger, at="/toy/") == []


def test_the_same_seed_draws_the_same_plan_and_two_seeds_die_everywhere() -> None:
    assert plan.draw(7) == plan.draw(7) != plan.draw(8)
    for seed in (1, 3, 5):
        dead = [point for each in (seed, seed + 1) for died in plan.draw(each).deaths.values() for point in died]
        assert sorted(map(plan.named, dead)) == sorted(plan.POINTS)


def test_the_points_of_the_plan_are_those_of_the_code() -> None:
    code = Path(plan.__file__).resolve().parents[3]
    found = {
        line.split('crash_point("')[1].split('"')[0]
        for package in ("notifications", "peer", "moderation")
        for source in (code / package).rglob("*.py")
        for line in source.read_text().splitlines()
        if 'crash_point("' in line
    }
    assert found == {name for names, _whose, _passes in plan.POINTS.values() for name in names}


@pytest.fixture(scope="module")
def played(redis_url: str, tmp_path_factory: pytest.TempPathFactory):
    """One run that dies at every point, for the tests of this module."""
    import os

    from tests import databases

    broker = redis_url.rpartition("/")[0] + "/12"
    with databases.lent(f"{os.environ['TEST_NAME']}_bench") as url:
        whole = plan.draw(1, points=list(plan.POINTS))
        yield play.play(url, tmp_path_factory.mktemp("bench"), whole, broker=broker)


@pytest.mark.postgres
def test_killed_at_all_sixteen_points_nothing_is_lost_nothing_comes_twice_and_stop_holds(played) -> None:
    assert played.verdict.is_good(), played
    assert {plan.named(point) for point in played.hit} == set(plan.POINTS), played.missed
    assert played.freezes > 0
    on_the_wire = 2 * play.CONNECTIONS * (played.kills + played.freezes)
    assert played.verdict.page_doubled <= on_the_wire  # the long run has the figure: at most 2 %


@pytest.mark.postgres
def test_the_same_bench_catches_the_two_naive_orders(played) -> None:
    claimed, sent = played.toys["claim_then_send"], played.toys["send_then_save"]
    assert claimed.lost > 0
    assert sent.family_doubled > 0
    assert claimed.intents == sent.intents == toys.MESSAGES

"""A night with faults: its judge, its plan, and a short one with real processes (G6, G7, H01)."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from cms.faults import night
from cms.faults.night import FAULTS, Played, draw, summary
from cms.faults.parts import dawn
from cms.faults.parts.browsers import MARK, marked
from cms.faults.parts.dawn import Verdict, Written, quantile
from peer import screening

MIDNIGHT = dt.datetime(2026, 11, 18, tzinfo=dt.UTC)


def post(number: int, *, state: str = "pending", woken: float | None = None) -> Written:
    return Written(number, state, MIDNIGHT, None if woken is None else MIDNIGHT + dt.timedelta(seconds=woken))


def judged(*written: Written, **more) -> Verdict:
    values = {"posts": 2, "risky": {1: ""}, "told": {0, 1}, "seen": set()} | more
    return dawn.judge(written, **values)


def test_a_good_night() -> None:
    verdict = judged(post(0), post(1, state="held_risk", woken=0.25), scale=20)
    assert verdict == Verdict(risky=1, paged=1, calm=(5.0,))


def test_a_worrying_post_that_wakes_nobody_is_not_paged() -> None:
    assert judged(post(0), post(1, state="pending")).paged == 0
    assert judged(post(0)).paged == 0


def test_what_is_not_there_does_not_wait_or_was_never_confirmed_is_lost() -> None:
    assert judged(post(0)).lost == 1
    assert judged(post(0), post(1, state="draft")).lost == 1
    assert judged(post(0), post(1), told={0}).lost == 1


def test_what_anybody_saw_or_the_rows_would_show_is_visible() -> None:
    assert judged(post(0), post(1), seen={1}).visible_unapproved == 1
    assert judged(post(0, state="approved"), post(1)).visible_unapproved == 1


def test_a_second_copy_is_counted_and_waits_with_a_fault_are_told_apart() -> None:
    assert judged(post(0), post(0), post(1)).doubled == 1
    assert judged(post(1, woken=3), risky={1: "refuse"}).broken == (3.0,)


def test_of_few_waits_the_longest_counts() -> None:
    assert (quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 0.99), quantile([], 0.5)) == (2, 3, None)


def test_the_ledger_says_when_a_phone_was_woken(tmp_path: Path) -> None:
    line = '{"kind": "%s", "attempt": "a", "at": "2026-11-18T00:00:0%dZ", "body": ""}\n'
    ledger = tmp_path / "ledger.jsonl"
    ledger.write_text(line % ("sent", 1) + line % ("ring", 3) + line % ("text", 5))
    assert dawn._woken(ledger) == {"a": MIDNIGHT + dt.timedelta(seconds=3)}


def test_the_words_of_the_night_are_screened_as_they_are_meant_and_known_again() -> None:
    assert screening.screen(f"{night.WORRY} {marked(17)}").level == "red"
    assert screening.screen(f"{night.TALK} {marked(17)}").rows() == []
    assert MARK.findall(f"<p>{night.TALK} {marked(17)}</p>") == ["017"]


def test_a_whole_night_has_fifteen_worries_and_every_fault() -> None:
    plan = draw(1, posts=night.POSTS, risky=night.RISKY, seconds=60)
    assert sum(one.is_risky for one in plan) == 15
    assert {one.fault for one in plan if one.is_risky} == {"", *FAULTS}
    assert not any(one.fault for one in plan if not one.is_risky)
    assert len({one.writer for one in plan if one.is_risky}) == 15


@pytest.fixture(scope="module")
def played(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A short night: forty posts in a quarter of a minute, twelve of them worrying, every fault once."""
    from tests import databases

    plan = draw(1, posts=40, risky=12, seconds=15)
    broker = redis_url.rpartition("/")[0] + "/10"
    with databases.lent(f"{os.environ['TEST_NAME']}_night") as url:
        return night.play(url, tmp_path_factory.mktemp("night"), plan, broker=broker)


@pytest.mark.postgres
def test_in_a_night_of_faults_every_worry_wakes_somebody_none_shows_and_none_is_lost(played: Played) -> None:
    print(summary(played))
    verdict = played.verdict
    assert (verdict.paged, verdict.visible_unapproved, verdict.lost, verdict.doubled) == (12, 0, 0, 0), summary(played)
    assert played.readings > 0
    assert played.kills >= 3

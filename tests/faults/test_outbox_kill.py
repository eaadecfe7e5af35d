"""Real processes, killed with kill -9 where it hurts most: one text on each phone, none lost (safety 4a, N1–N6)."""

from __future__ import annotations

import pytest

from cms.faults import first_story
from cms.faults.first_story import Outcome
from cms.faults.parts.stage import Stage, stage

FAMILIES = 18
WORST = ["C9_answer_save:1", "C8_bytes_out:1", "C10_save_commit:1"]


def once(made: Stage, plan: list[str], *, callbacks: bool) -> None:
    outcome = first_story.play(made, plan=plan, callbacks=callbacks, families=FAMILIES)
    assert outcome == Outcome(lost=0, doubled=0, kills=len(plan), restless=0)


def test_killed_between_the_network_s_yes_and_its_own_save_each_phone_has_one_text(own_database, tmp_path) -> None:
    with stage(own_database, tmp_path) as made:
        once(made, list(WORST), callbacks=True)


def test_the_network_s_list_alone_settles_what_the_dead_sender_left(own_database, tmp_path) -> None:
    with stage(own_database, tmp_path) as made:
        once(made, ["C9_answer_save:1", "C7_begun:1"], callbacks=False)


@pytest.mark.postgres
def test_killed_on_postgresql_each_phone_has_one_text(own_database, tmp_path) -> None:
    with stage(own_database, tmp_path) as made:
        once(made, list(WORST), callbacks=True)


def test_with_the_broker_emptied_everything_still_arrives(own_database, tmp_path, redis_url: str) -> None:
    import redis

    broker = redis_url.rpartition("/")[0] + "/14"
    with stage(own_database, tmp_path, CELERY_BROKER_URL=broker) as made, redis.Redis.from_url(broker) as server:
        made.manage("shell", "-c", f"from cms.faults.parts.families import decide_for; decide_for({FAMILIES})")
        assert server.llen("celery") > 0
        server.flushdb()
        made.start_clock()
        assert first_story.until(60, lambda: len(made.network.texts()) == FAMILIES)


def test_with_the_broker_down_nothing_fails_and_everything_arrives(own_database, tmp_path) -> None:
    with stage(own_database, tmp_path, CELERY_BROKER_URL="redis://127.0.0.1:9/0") as made:
        once(made, [], callbacks=True)

"""The short form of `bench pages`: the statements of each page, and that five times the posts are not read for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.bench.parts import pages_run
from cms.bench.parts.forum import TABLES, Forum, Size, fill

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
LIVES = {"groups": 20, "people": 60, "long": 600, "pending": 100}
SMALL, LARGE = Size(posts=1_800, talking=4, **LIVES), Size(posts=9_000, talking=4, **LIVES)
MOST = {
    **dict.fromkeys(("thread", "thread_first", "thread_last", "group", "group_last", "my_groups"), 6),
    **dict.fromkeys(("queue", "queue_last", "search"), 6),
    "reply": 14,
}
READ = sorted(set(MOST) - {"reply", "search"})
GROWS_AT_MOST = 1.5  # blocks read, where there are five times the posts
LAST_AT_MOST = 1.2  # blocks read for the last page of a long thread, against its first


@contextmanager
def filled(size: Size) -> Iterator[Forum]:
    """Lend a service of that size, and take it away again; rows of one that was taken away before lie in no table."""
    with transaction.atomic():
        forum = fill(size)
        with connection.cursor() as cursor:
            for model in TABLES:
                cursor.execute(f"CLUSTER {model._meta.db_table} USING {model._meta.db_table}_pkey")
        yield forum
        transaction.set_rollback(True)


def blocks(forum: Forum) -> dict[str, int]:
    """Count the blocks that the database reads for each page, by name."""
    read: dict[str, int] = {}
    people = pages_run.people_of(forum)
    for name, page in pages_run.pages_of(forum).items():
        if name not in READ:
            continue
        client = Client()
        client.force_login(people[page["who"]])
        client.get(page["path"])  # marks what was read, so that the next has nothing to write
        with CaptureQueriesContext(connection) as said:
            assert client.get(page["path"]).status_code == 200
        read[name] = sum(_blocks_of(row["sql"]) for row in said if row["sql"].lstrip("(").startswith("SELECT"))
    return read


def _blocks_of(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql.replace("%", "%%"), [])
        (told,) = cursor.fetchone()
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def test_each_page_of_talk_asks_few_questions() -> None:
    with filled(SMALL) as forum:
        people = pages_run.people_of(forum)
        counts = {name: pages_run.count(page, people) for name, page in pages_run.pages_of(forum).items()}
    assert {name: told["own"] for name, told in counts.items() if told["own"] > MOST[name]} == {}
    assert set(counts) == set(MOST)


def test_five_times_the_posts_are_not_read_for_a_page_and_the_last_page_reads_no_more_than_the_first() -> None:
    with filled(SMALL) as forum:
        small = blocks(forum)
    with filled(LARGE) as forum:
        large = blocks(forum)
    grown = {name: round(large[name] / small[name], 2) for name in small}
    print(grown)
    assert {name: factor for name, factor in grown.items() if factor > GROWS_AT_MOST} == {}
    assert large["thread_last"] <= LAST_AT_MOST * large["thread_first"]

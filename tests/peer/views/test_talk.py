"""The page of a thread: in pages without numbers, the last as quick as the first, few questions to the database."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peer import clock, reading
from peer.models import Membership, Post, Thread, User
from tests.make import make_member, make_open_group, make_post

pytestmark = pytest.mark.django_db
SIGNING_IN = ('"django_session"', '"peer_user"."id" =', "SAVEPOINT")  # left out of the budget (decision 34)


def client_of(user: User | None) -> Client:
    client = Client()
    assert user
    client.force_login(user)
    return client


def thread_of(posts: int) -> Thread:
    """Make a thread with so many shown posts, by somebody who writes a lot."""
    author = make_member(group=make_open_group(), name="Fern")
    first = make_post(author=author, body="number 0", state="approved")
    rows = [
        Post(
            thread=first.thread,
            author=author,
            body=f"number {number}",
            html=f"<p>number {number}</p>",
            state=Post.State.APPROVED,
            submitted_at=clock.now(),
            decided_at=clock.now(),
        )
        for number in range(1, posts)
    ]
    Post.objects.bulk_create(rows, batch_size=1_000)
    Thread.objects.filter(pk=first.thread_id).update(post_count=posts)
    return first.thread


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r"<p>number (\d+)</p>", page)]


def asked(client: Client, address: str) -> tuple[str, list[str]]:
    with CaptureQueriesContext(connection) as said:
        page = client.get(address).content.decode()
    return page, [row["sql"] for row in said if not any(mark in row["sql"] for mark in SIGNING_IN)]


def test_pages_follow_each_other_and_the_newest_is_one_press_away() -> None:
    thread = thread_of(45)
    reader = client_of(make_member(group=thread.group, name="Tide").user)
    address, seen = thread.get_absolute_url(), []
    page = reader.get(address).content.decode()
    assert "Go to the newest" in page
    while True:
        seen += numbers(page)
        later = re.search(r'rel="next" href="(\?after=\d+)"', page)
        if later is None:
            break
        page = reader.get(address + later[1]).content.decode()
    assert seen == list(range(45))
    newest = reader.get(f"{address}?newest=1").content.decode()
    assert numbers(newest) == list(range(25, 45))
    assert "Go to the newest" not in newest
    earlier = re.search(r'rel="prev" href="(\?before=\d+)"', newest)
    assert earlier
    assert numbers(reader.get(address + earlier[1]).content.decode()) == list(range(5, 25))


@pytest.mark.parametrize("place", ["?after=x", "?before=-1", f"?after={'9' * 40}", "?newest=", "?before="])
def test_a_place_that_is_none_is_no_fault(place: str) -> None:
    thread = thread_of(3)
    reader = client_of(make_member(group=thread.group, name="Tide").user)
    assert numbers(reader.get(thread.get_absolute_url() + place).content.decode()) == [0, 1, 2]


def test_every_page_of_a_thread_asks_six_questions_at_most() -> None:
    thread = thread_of(60)
    reader = client_of(make_member(group=thread.group, name="Tide").user)
    for place in ("", f"?after={thread.posts.order_by('pk')[39].pk}", "?newest=1"):
        page, said = asked(reader, thread.get_absolute_url() + place)
        assert len(numbers(page)) == 20
        assert len(said) <= 6, "\n".join(said)


def test_an_answer_takes_fourteen_statements_at_most() -> None:
    thread = thread_of(1)
    place = make_member(group=thread.group, name="Tide")
    client = client_of(place.user)
    with CaptureQueriesContext(connection) as said:
        client.post(f"/talk/{thread.public_id}/reply/", {"body": "number 1", "send": "1", "form_nonce": "once"})
    told = [row["sql"] for row in said if not any(mark in row["sql"] for mark in SIGNING_IN)]
    assert Post.objects.get(author=place).state == "pending"
    assert len(told) <= 14, "\n\n".join(told)


@pytest.mark.postgres
def test_the_last_page_of_a_long_thread_reads_as_few_rows_as_the_first() -> None:
    thread = thread_of(2_000)
    for _other in range(6):
        thread_of(2_000)
    place: Membership = make_member(group=thread.group, name="Tide")
    rows = reading.with_felt(thread.posts.seen_by(place.pk), place.pk)
    last = thread.posts.order_by("-pk")[20].pk
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE peer_post")
    pages = {
        "first": rows[:21],
        "last": rows.filter(pk__gt=last)[:21],
        "newest": rows.order_by("-id")[:21],
        "before": rows.filter(pk__lt=last).order_by("-id")[:21],
    }
    for name, page in pages.items():
        plan = page.explain(analyze=True)
        reads = [int(count) for count in re.findall(r"Rows Removed by Filter: (\d+)", plan)]
        reads += [int(count) for count in re.findall(r"actual time=\S+ rows=(\d+)", plan)]
        assert max(reads) <= 100, f"{name}\n{plan}"

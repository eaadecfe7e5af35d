"""What is new since somebody was last here: never what they may not see, never their own, one question a page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Max
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peer import clock, reading
from peer.models import Membership, Post, ReadMark, SupportGroup, Thread, User
from peer.roles import Role
from tests.make import make_member, make_open_group, make_post

pytestmark = pytest.mark.django_db
SIGNING_IN = ('"django_session"', '"peer_user"."id" =')  # left out of the budget (decision 34)


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def reader(group: SupportGroup) -> Membership:
    return joined(make_member(group=group, name="Tide"), days=9)


@pytest.fixture
def writer(group: SupportGroup) -> Membership:
    return joined(make_member(group=group, name="Fern"), days=9)


def joined(place: Membership, *, days: int) -> Membership:
    Membership.objects.filter(pk=place.pk).update(joined_at=clock.now() - dt.timedelta(days=days))
    place.refresh_from_db()
    return place


def said(thread: Thread | None, author: Membership, body: str, *, state: str = "approved", days: float = 0) -> Post:
    """Put a post into a thread as it lies there once a person has decided, so many days ago."""
    with clock.at(clock.now() - dt.timedelta(days=days)):
        post = make_post(author=author, body=body, state=state)
    if thread is not None:
        made, post.thread = post.thread, thread
        post.save(update_fields=["thread"])
        made.delete()
        newest = thread.posts.approved().aggregate(newest=Max("decided_at"))["newest"]
        changed = {"post_count": thread.posts.approved().count(), "last_post_at": newest or thread.last_post_at}
        Thread.objects.filter(pk=thread.pk).update(**changed)
    return post


def new_in(thread: Thread, place: Membership) -> int:
    rows = reading.with_new(Thread.objects.visible_to(place.user), place.pk)
    return rows.get(pk=thread.pk).new  # type: ignore[attr-defined]


def new_in_group(place: Membership) -> int:
    rows = SupportGroup.objects.joined_by(place.user).with_standing(place.user)
    return reading.with_new_in_groups(rows, place.user).get(pk=place.group_id).new  # type: ignore[attr-defined]


def client_of(user: User | None) -> Client:
    client = Client()
    assert user
    client.force_login(user)
    return client


def test_what_others_wrote_is_new_until_the_page_has_shown_it(reader: Membership, writer: Membership) -> None:
    thread = said(None, writer, "one", days=2).thread
    said(thread, writer, "two", days=1)
    assert (new_in(thread, reader), new_in_group(reader)) == (2, 2)
    page = client_of(reader.user).get(thread.get_absolute_url()).content.decode()
    assert page.count(">New<") == 2
    assert (new_in(thread, reader), new_in_group(reader)) == (0, 0)
    said(thread, writer, "three")
    assert (new_in(thread, reader), new_in_group(reader)) == (1, 1)
    page = client_of(reader.user).get(thread.get_absolute_url()).content.decode()
    assert page.count(">New<") == 1


def test_very_many_are_counted_as_far_as_a_page_shows_and_no_further(reader: Membership, writer: Membership) -> None:
    thread = said(None, writer, "first", days=2).thread
    rows = [
        Post(thread=thread, author=writer, body=str(n), state="approved", decided_at=clock.now()) for n in range(30)
    ]
    for row in rows:
        row.content_hash = row.approved_hash = f"{rows.index(row):064}"
    Post.objects.bulk_create(rows)
    Thread.objects.filter(pk=thread.pk).update(last_post_at=clock.now())
    assert (new_in(thread, reader), new_in_group(reader)) == (20, 20)
    assert "20 or more new since you were here" in client_of(reader.user).get("/groups/").content.decode()


def test_ones_own_words_and_those_before_one_came_are_not_new(reader: Membership, writer: Membership) -> None:
    thread = said(None, writer, "long ago", days=12).thread
    said(thread, reader, "mine", days=1)
    assert (new_in(thread, reader), new_in_group(reader)) == (0, 0)
    assert new_in(thread, writer) == 1


def test_after_a_month_nothing_is_news(reader: Membership, writer: Membership) -> None:
    joined(reader, days=90)
    thread = said(None, writer, "old", days=31).thread
    assert new_in(thread, reader) == 0
    said(thread, writer, "less old", days=29)
    assert new_in(thread, reader) == 1


@pytest.mark.parametrize("state", ["pending", "held_risk", "rejected", "withdrawn", "draft"])
def test_what_is_not_shown_is_never_counted(reader: Membership, writer: Membership, state: str) -> None:
    thread = said(None, writer, "one", days=2).thread
    post = said(thread, writer, "two", state=state)
    Post.objects.filter(pk=post.pk).update(decided_at=clock.now())
    assert (new_in(thread, reader), new_in_group(reader)) == (1, 1)


def test_hidden_words_are_counted_no_more(reader: Membership, writer: Membership) -> None:
    post = said(None, writer, "one")
    post.move_to(Post.State.HIDDEN, owner_role=Role.CLINICIAN, due_at=clock.now())
    assert new_in_group(reader) == 0


def test_a_paused_group_and_a_shift_that_ended_count_nothing(group: SupportGroup, writer: Membership) -> None:
    said(None, writer, "one")
    reader = joined(make_member(group=group, name="Ash"), days=9)
    lee = Membership.objects.get(pseudonym="Dr Lee")
    assert (new_in_group(reader), new_in_group(lee)) == (1, 1)
    group.duties.all().delete()
    assert (new_in_group(reader), new_in_group(lee)) == (1, 0)
    SupportGroup.objects.update(state="frozen")
    assert new_in_group(reader) == 0


def test_another_group_counts_apart(reader: Membership) -> None:
    stranger = joined(make_member(group=make_open_group(title="Harbour"), name="Ash"), days=9)
    said(None, stranger, "elsewhere")
    assert new_in_group(reader) == 0


def test_reading_again_writes_nothing_and_looking_with_head_neither(reader: Membership, writer: Membership) -> None:
    thread = said(None, writer, "one").thread
    client = client_of(reader.user)
    client.head(thread.get_absolute_url())
    assert not ReadMark.objects.exists()
    client.get(thread.get_absolute_url())
    with CaptureQueriesContext(connection) as asked:
        client.get(thread.get_absolute_url())
    assert not [row["sql"] for row in asked if row["sql"].startswith(("INSERT", "UPDATE"))]


def test_a_later_page_stays_new_until_it_is_opened(reader: Membership, writer: Membership) -> None:
    thread = said(None, writer, "number 0", days=5).thread
    for number in range(1, 25):
        said(thread, writer, f"number {number}", days=4 - number / 10)
    client = client_of(reader.user)
    client.get(thread.get_absolute_url())
    assert new_in(thread, reader) == 5
    client.get(f"{thread.get_absolute_url()}?after={thread.posts.order_by('pk')[19].pk}")
    assert new_in(thread, reader) == 0


def test_somebody_who_is_not_a_member_leaves_no_mark(writer: Membership) -> None:
    thread = said(None, writer, "one").thread
    stranger = make_member(group=make_open_group(title="Harbour"), name="Ash")
    assert client_of(stranger.user).get(thread.get_absolute_url()).status_code == 404
    assert not ReadMark.objects.exists()


def test_the_pages_say_it_in_words_and_ask_no_more_for_more(reader: Membership, writer: Membership) -> None:
    for number in range(30):
        said(None, writer, f"number {number}")
    client = client_of(reader.user)
    for address in ("/groups/", reader.group.get_absolute_url()):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address).content.decode()
        assert "20 or more new since you were here" in page or "1 new since you were here" in page
        told = [row["sql"] for row in asked if not any(mark in row["sql"] for mark in SIGNING_IN)]
        assert len(told) <= 6, "\n".join(told)

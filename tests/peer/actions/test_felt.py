"""“I have felt this too”: one press, one press back, no number, gone with the words it was about."""

from __future__ import annotations

import pytest
from django.test import Client

from peer import clock, gate
from peer.actions import felt, talk
from peer.models import FeltToo, Membership, Post, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_member, make_open_group, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def writer(group: SupportGroup) -> Membership:
    return make_member(group=group, name="Fern")


@pytest.fixture
def post(writer: Membership) -> Post:
    return make_post(author=writer, body="The waiting is the worst.", state="approved")


@pytest.fixture
def others(group: SupportGroup) -> list[User]:
    return [make_member(group=group, name=name).user for name in ("Tide", "Ash", "Comet")]


def client_of(user: User | None) -> Client:
    client = Client()
    assert user
    client.force_login(user)
    return client


def test_one_press_says_it_and_one_takes_it_back(post: Post, others: list[User]) -> None:
    tide = client_of(others[0])
    address, press = post.thread.get_absolute_url(), f"/talk/posts/{post.public_id}/felt-too/"
    assert "I have felt this too" in tide.get(address).content.decode()
    answer = tide.post(f"{press}?after=0")
    assert answer.headers["Location"] == f"{address}?after=0#post-{post.public_id}"
    page = tide.get(address).content.decode()
    assert "You have felt this too." in page
    assert "I have felt this too" not in page
    tide.post(press, {"take_back": "1"})
    assert not FeltToo.objects.exists()
    assert "I have felt this too" in tide.get(address).content.decode()


def test_the_writer_reads_it_from_two_on_and_nobody_reads_a_number(
    post: Post, writer: Membership, others: list[User]
) -> None:
    told = "Others here have felt this too."
    pages = (post.thread.get_absolute_url(), f"/my-posts/{post.public_id}/")
    for count, other in enumerate(others):
        for page in pages:
            assert (told in client_of(writer.user).get(page).content.decode()) is (count >= 2)
        felt.say(post, by=other)
    for page in pages:
        assert told in client_of(writer.user).get(page).content.decode()
    assert told not in client_of(others[0]).get(pages[0]).content.decode()


def test_a_second_press_counts_once(post: Post, others: list[User], writer: Membership) -> None:
    felt.say(post, by=others[0])
    felt.say(post, by=others[0])
    assert FeltToo.objects.count() == 1
    assert "Others here" not in client_of(writer.user).get(post.thread.get_absolute_url()).content.decode()


def test_nobody_says_it_of_their_own_words(post: Post, writer: Membership) -> None:
    with pytest.raises(RuleBroken):
        felt.say(post, by=writer.user)
    assert client_of(writer.user).post(f"/talk/posts/{post.public_id}/felt-too/").status_code == 404


@pytest.mark.parametrize("state", ["pending", "held_risk", "draft", "hidden"])
def test_what_is_not_shown_was_never_there(post: Post, others: list[User], state: str) -> None:
    waits = {"owner_role": "clinician", "due_at": clock.now(), "approved_hash": ""}
    Post.objects.filter(pk=post.pk).update(state=state, **waits)
    assert client_of(others[0]).post(f"/talk/posts/{post.public_id}/felt-too/").status_code == 404
    with pytest.raises(RuleBroken):
        felt.say(post, by=others[0])
    assert not FeltToo.objects.exists()


def test_strangers_and_a_paused_group_find_nothing(post: Post, others: list[User]) -> None:
    stranger = make_member(group=make_open_group(title="Harbour"), name="Ash").user
    address = f"/talk/posts/{post.public_id}/felt-too/"
    assert client_of(stranger).post(address).status_code == 404
    with pytest.raises(gate.NotAllowed):
        felt.say(post, by=stranger)
    SupportGroup.objects.update(state="frozen")
    assert client_of(others[0]).post(address).status_code == 404


def test_it_outlasts_a_look_and_is_gone_with_the_words(post: Post, others: list[User], writer: Membership) -> None:
    for other in others:
        felt.say(post, by=other)
    post.move_to(Post.State.HIDDEN, owner_role=Role.CLINICIAN, due_at=clock.now())
    post.move_to(Post.State.APPROVED, owner_role="", due_at=None)
    assert FeltToo.objects.count() == 3
    talk.send(post, by=writer.user, body="Quite other words")
    assert not FeltToo.objects.exists()


def test_a_removed_post_keeps_none(post: Post, others: list[User]) -> None:
    felt.say(post, by=others[0])
    post.move_to(Post.State.HIDDEN, owner_role=Role.CLINICIAN, due_at=clock.now())
    post.move_to(Post.State.REMOVED, owner_role="", due_at=None)
    assert not FeltToo.objects.exists()

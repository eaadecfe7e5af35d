"""Content notes: by the writer or by whoever checks the post; the words are folded behind, without script."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from moderation.actions import decisions, notes, reports
from moderation.models import ModerationClaim
from peer import clock, content_notes, screening
from peer.actions import talk
from peer.models import Membership, Post, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken, StaleMove
from tests.make import make_member, make_open_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def writer(group: SupportGroup) -> Membership:
    place = make_member(group=group, name="Fern")
    Membership.objects.filter(pk=place.pk).update(posts_approved=9)
    return place


def moderator() -> User:
    return User.objects.get(memberships__pseudonym="Mo")


def client_of(user: User | None) -> Client:
    client = Client()
    assert user
    client.force_login(user)
    return client


def page_of(post: Post, user: User | None) -> str:
    return client_of(user).get(post.thread.get_absolute_url()).content.decode()


def written(group: SupportGroup, writer: Membership, note: str) -> Post:
    """Write by the page, with a note or none."""
    words = {"title": "Lunch", "body": "The canteen is loud.", "content_note": note, "send": "1"}
    assert client_of(writer.user).post(f"{group.get_absolute_url()}write/", words).status_code == 302
    return Post.objects.get()


def test_a_writer_picks_a_note_and_others_open_the_words_themselves(group: SupportGroup, writer: Membership) -> None:
    post = written(group, writer, "eating")
    decisions.approve(post, by=moderator(), content_hash=post.content_hash)
    page = page_of(post, make_member(group=group, name="Tide").user)
    folded = page.index("<summary>This talks about eating.") < page.index("The canteen is loud.")
    assert folded
    assert "<details" in page[: page.index("The canteen is loud.")].rsplit("<article", 1)[1]
    own = page_of(post, writer.user)
    assert "Before others open it they read: talks about eating." in own
    assert "post-fold" not in own


def test_without_a_note_nothing_is_folded(group: SupportGroup, writer: Membership) -> None:
    post = written(group, writer, "")
    decisions.approve(post, by=moderator(), content_hash=post.content_hash)
    assert "post-fold" not in page_of(post, make_member(group=group, name="Tide").user)


def test_whoever_checks_adds_a_note_and_the_writer_hears_it(group: SupportGroup, writer: Membership) -> None:
    post = written(group, writer, "")
    ModerationClaim.objects.create(post=post, by=moderator(), expires_at=clock.now() + dt.timedelta(minutes=9))
    sent = {"content_hash": post.content_hash, "content_note": "eating", "kind_words": "Well said."}
    client_of(moderator()).post(f"/queue/{post.public_id}/approve/", sent)
    post.refresh_from_db()
    assert (post.state, post.content_note) == ("approved", "eating")
    assert post.note_to_author.startswith("Well said.\n\nWe put a note on it that says: talks about eating.")
    assert "We put a note on it" in client_of(writer.user).get(f"/my-posts/{post.public_id}/").content.decode()


def test_a_note_of_the_first_reader_stays_and_is_told_once(group: SupportGroup, writer: Membership) -> None:
    Membership.objects.update(posts_approved=0)
    post = talk.start_thread(group, by=writer.user, title="Lunch", body="The canteen is loud.")
    decisions.approve(post, by=moderator(), content_hash=post.content_hash, content_note="eating")
    lee = User.objects.get(memberships__pseudonym="Dr Lee")
    decisions.approve(post, by=lee, content_hash=post.content_hash, content_note="eating")
    post.refresh_from_db()
    assert (post.state, post.note_to_author.count("We put a note")) == ("approved", 1)


def test_a_note_of_the_first_reader_counts_for_whoever_stays_away_from_that(
    group: SupportGroup, writer: Membership
) -> None:
    Membership.objects.update(posts_approved=0)
    kit, jo = (make_member(group=group, role=Role.PEER_MODERATOR, name=name).user for name in ("Kit", "Jo"))
    kit.avoided_topics.create(topic="eating")
    post = written(group, writer, "")
    assert "The canteen is loud." in client_of(kit).get("/queue/").content.decode()
    decisions.approve(post, by=moderator(), content_hash=post.content_hash, content_note="eating")
    assert "The canteen is loud." not in client_of(kit).get("/queue/").content.decode()
    assert "The canteen is loud." in client_of(jo).get("/queue/").content.decode()
    decisions.approve(post, by=jo, content_hash=post.content_hash)
    reports.report(post, by=make_member(group=group).user, worry="upsetting", is_urgent=False)
    assert "The canteen is loud." not in client_of(kit).get("/queue/").content.decode(), "nor where it was reported"
    assert "The canteen is loud." in client_of(jo).get("/queue/").content.decode()


def test_a_moderator_puts_a_note_on_a_shown_post_and_readers_meet_it_at_once(
    group: SupportGroup, writer: Membership
) -> None:
    post, reader = written(group, writer, ""), make_member(group=group, name="Tide").user
    decisions.approve(post, by=moderator(), content_hash=post.content_hash, kind_words="Well said.")
    reports.report(post, by=reader, worry="upsetting", is_urgent=False)
    address, mo = f"/posts/{post.public_id}/note/", client_of(moderator())
    assert address in mo.get("/queue/").content.decode()
    assert address in mo.get(f"/posts/{post.public_id}/report/").content.decode()
    assert address not in client_of(reader).get(f"/posts/{post.public_id}/report/").content.decode()
    assert mo.post(address, {"note": ""}).status_code == 422
    assert "post-fold" not in page_of(post, reader)
    mo.post(address, {"note": "eating"})
    assert "This talks about eating" in page_of(post, reader)
    own = client_of(writer.user).get(f"/my-posts/{post.public_id}/").content.decode()
    assert "Well said." in own
    assert "We put a note on it that says: talks about eating." in own
    assert mo.post(address, {"note": "eating"}).status_code == 422, "twice is once"
    decisions.hide(post, by=moderator(), reason="reported")
    with pytest.raises(StaleMove):
        notes.put(post, by=moderator(), note="death")


def test_a_reader_takes_no_note_away(group: SupportGroup, writer: Membership) -> None:
    post = written(group, writer, "eating")
    decisions.approve(post, by=moderator(), content_hash=post.content_hash, content_note="")
    post.refresh_from_db()
    assert (post.content_note, post.note_to_author) == ("eating", "")


def test_keeping_a_shown_post_for_later_leaves_its_note_in_place(group: SupportGroup, writer: Membership) -> None:
    post = written(group, writer, "eating")
    decisions.approve(post, by=moderator(), content_hash=post.content_hash)
    post.refresh_from_db()
    talk.save_draft(post, by=writer.user, body="Other words", content_note="")
    assert Post.objects.get().content_note == "eating"


def test_a_note_that_is_none_is_refused_and_every_word_comes_back(group: SupportGroup, writer: Membership) -> None:
    words = {"title": "Lunch", "body": "The canteen is loud.", "content_note": "gossip", "send": "1"}
    answer = client_of(writer.user).post(f"{group.get_absolute_url()}write/", words)
    assert answer.status_code == 422
    assert "The canteen is loud." in answer.content.decode()
    with pytest.raises(RuleBroken):
        talk.start_thread(group, by=writer.user, title="Lunch", body="hi", content_note="gossip")
    assert not Post.objects.exists()


@pytest.mark.parametrize("note", content_notes.table())
def test_what_a_note_says_alarms_nobody(note: str) -> None:
    assert content_notes.words_of(note).startswith("talks about ")
    assert not screening.screen(content_notes.told_to_writer(note)).level

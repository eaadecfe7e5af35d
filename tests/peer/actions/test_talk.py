"""Writing: every word waits for a person, worrying words go to a clinician, nothing is lost on a refusal."""

from __future__ import annotations

import datetime as dt

import pytest

from peer import clock, gate
from peer.actions import talk
from peer.models import Membership, Post, SupportGroup, Thread, User
from peer.states import IllegalMove, RuleBroken
from tests.make import make_group, make_member, make_open_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    """Make a group in which everything is there."""
    return make_open_group()


@pytest.fixture
def asha(group: SupportGroup) -> User:
    """Make a member."""
    user = make_member(group=group, name="Fern").user
    assert user
    return user


def approve(post: Post) -> None:
    """Do what a moderator's decision does to the row."""
    post.move_to(Post.State.APPROVED, approved_hash=post.content_hash, decided_at=clock.now(), due_at=None)


def test_a_post_waits_with_an_owner_and_a_due_time(group: SupportGroup, asha: User) -> None:
    post = talk.start_thread(group, by=asha, title="Hello", body="I am **new** here")
    assert (post.state, post.owner_role, post.level) == ("pending", "peer_moderator", "")
    assert post.due_at
    assert post.html == "<p>I am <strong>new</strong> here</p>\n"
    assert not Post.objects.approved().exists()


def test_red_words_go_to_the_clinician_within_minutes(group: SupportGroup, asha: User) -> None:
    post = talk.start_thread(group, by=asha, title="Hello", body="I want to kill myself")
    assert (post.state, post.owner_role, post.level) == ("held_risk", "clinician", "red")
    assert post.due_at
    assert post.due_at - clock.now() < dt.timedelta(minutes=11)


def test_red_words_in_the_title_count_too(group: SupportGroup, asha: User) -> None:
    post = talk.start_thread(group, by=asha, title="better off dead", body="hello")
    assert post.state == "held_risk"
    assert post.findings[0]["part"] == "title"


def test_a_failing_screening_sends_the_post_to_a_clinician(
    group: SupportGroup, asha: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_text: str) -> None:
        raise TimeoutError

    monkeypatch.setattr("peer.screening._find", broken)
    assert talk.start_thread(group, by=asha, title="Hello", body="hi").state == "held_risk"


def test_contact_details_hold_with_their_place_and_never_refuse(group: SupportGroup, asha: User) -> None:
    post = talk.start_thread(group, by=asha, title="Hi", body="ring me on 07700 900123 ok")
    assert post.state == "pending"
    [found] = post.findings
    assert found["kind"] == "phone"
    assert post.body[found["start"] : found["end"]] == "07700 900123"


def test_first_posts_need_two_keys_and_later_ones_one(group: SupportGroup, asha: User) -> None:
    assert talk.start_thread(group, by=asha, title="One", body="hi").keys_needed == 2
    Membership.objects.filter(user=asha).update(posts_approved=5)
    assert talk.start_thread(group, by=asha, title="Two", body="hi").keys_needed == 1


def test_others_see_only_what_was_approved(group: SupportGroup, asha: User) -> None:
    other = make_member(group=group, name="Tide").user
    assert other
    post = talk.start_thread(group, by=asha, title="Hello", body="hi")
    assert not Thread.objects.visible_to(other).exists()
    assert not Post.objects.visible_to(other).exists()
    assert Post.objects.visible_to(asha).get() == post
    approve(post)
    assert Post.objects.visible_to(other).get() == post
    assert Thread.objects.visible_to(other).get().post_count == 1


def test_the_counters_follow_what_is_shown(group: SupportGroup, asha: User) -> None:
    post = talk.start_thread(group, by=asha, title="Hello", body="hi")
    approve(post)
    group.refresh_from_db()
    assert (group.thread_count, Membership.objects.get(user=asha).posts_approved) == (1, 1)
    post.move_to(Post.State.HIDDEN)
    group.refresh_from_db()
    assert (group.thread_count, Thread.objects.get().post_count) == (0, 0)
    assert Membership.objects.get(user=asha).posts_approved == 0


@pytest.mark.parametrize("gone", ["duty", "moderator", "protocol", "yes", "hours", "frozen"])
def test_without_one_of_its_pieces_nothing_can_be_sent(group: SupportGroup, asha: User, gone: str) -> None:
    rows = SupportGroup.objects.filter(pk=group.pk)
    match gone:
        case "duty":
            group.duties.all().delete()
        case "moderator":
            group.memberships.filter(pseudonym="Mo").update(state="suspended")
        case "protocol":
            group.protocols.update(published_at=None)
        case "yes":
            group.protocols.create(version=2, treated="a", listened="b", accepted="c", published_at=clock.now())
        case "hours":
            rows.update(opens=dt.time(0, 0), closes=dt.time(0, 0, 1))
        case "frozen":
            rows.update(state="frozen")
    group.refresh_from_db()
    with pytest.raises(RuleBroken):
        talk.start_thread(group, by=asha, title="Hello", body="hi")
    assert not Post.objects.exists()
    assert not Thread.objects.exists()


def test_a_draft_can_be_kept_while_writing_is_closed(group: SupportGroup, asha: User) -> None:
    group.duties.all().delete()
    post = talk.draft_thread(group, by=asha, title="Later", body="hi")
    assert post.state == "draft"
    with pytest.raises(RuleBroken):
        talk.send(post, by=asha, title="Later", body="hi")


def test_an_edit_of_a_shown_post_takes_it_out_of_sight_until_it_is_read_again(group: SupportGroup, asha: User) -> None:
    post = talk.start_thread(group, by=asha, title="Hello", body="hi")
    approve(post)
    before = post.content_hash
    talk.send(post, by=asha, title="Other", body="hi again")
    assert post.state == "pending"
    assert post.content_hash != before
    assert post.approved_hash == ""


@pytest.mark.parametrize("act", [talk.save_draft, talk.send])
def test_a_title_that_is_shown_never_changes_to_words_nobody_read(act: object, group: SupportGroup, asha: User) -> None:
    post = talk.start_thread(group, by=asha, title="Hello", body="hi")
    approve(post)
    act(post, by=asha, title="Words nobody read", body="hi again")  # type: ignore[operator]
    assert Thread.objects.get().title == "Hello"
    talk.withdraw(post, by=asha)
    fresh = talk.start_thread(group, by=asha, title="Hello", body="hi")
    talk.take_back(fresh, by=asha)
    act(fresh, by=asha, title="Another title", body="hi")  # type: ignore[operator]
    assert fresh.thread.title == "Another title"


def test_only_the_writer_may_change_send_or_withdraw(group: SupportGroup, asha: User) -> None:
    other = make_member(group=group, name="Tide").user
    post = talk.start_thread(group, by=asha, title="Hello", body="hi")
    for act in (talk.take_back, talk.withdraw):
        with pytest.raises(gate.NotAllowed):
            act(post, by=other)
    with pytest.raises(gate.NotAllowed):
        talk.send(post, by=other, body="x")


def test_a_waiting_post_is_taken_back_before_it_is_changed(group: SupportGroup, asha: User) -> None:
    post = talk.start_thread(group, by=asha, title="Hello", body="hi")
    with pytest.raises(RuleBroken):
        talk.send(post, by=asha, body="other")
    talk.take_back(post, by=asha)
    assert talk.send(post, by=asha, title="Hello", body="other").state == "pending"
    talk.withdraw(post, by=asha)
    with pytest.raises(IllegalMove):
        talk.withdraw(post, by=asha)


@pytest.mark.parametrize("body", ["", "   \n ", "x" * 4_001])
def test_empty_and_oversize_words_are_refused_with_a_sentence(group: SupportGroup, asha: User, body: str) -> None:
    with pytest.raises(RuleBroken):
        talk.start_thread(group, by=asha, title="Hello", body=body)
    assert not Post.objects.exists()


def test_an_outsider_writes_nothing(group: SupportGroup) -> None:
    outsider = make_member(group=make_group(title="Other")).user
    with pytest.raises(gate.NotAllowed):
        talk.start_thread(group, by=outsider, title="Hello", body="hi")


def test_a_clinician_off_duty_and_a_paused_group_read_nothing(group: SupportGroup, asha: User) -> None:
    approve(talk.start_thread(group, by=asha, title="Hello", body="hi"))
    lee = User.objects.get(memberships__pseudonym="Dr Lee")
    assert Thread.objects.visible_to(lee).exists()
    SupportGroup.objects.update(state="frozen")
    assert Thread.objects.visible_to(lee).exists()
    assert not Thread.objects.visible_to(asha).exists()
    SupportGroup.objects.update(state="open")
    group.duties.all().delete()
    assert not Thread.objects.visible_to(lee).exists()
    assert Thread.objects.visible_to(asha).exists()

"""What people decide about posts (safety 2a)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection

from moderation import sweeps
from moderation.actions import claims, decisions, freezes
from moderation.models import Escalation, EscalationTimer, ModerationClaim, ModerationDecision, QueuedPost, RiskPost
from peer import clock, gate
from peer.actions import groups, memberships
from peer.models import AuditEvent, Post, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken, StaleMove
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user

pytestmark = pytest.mark.django_db
GROWN = dt.date(1999, 3, 1)


def moderator(group: SupportGroup, *, born_on: dt.date = GROWN) -> User:
    person = make_person(given_name="Mo", born_on=born_on)
    return make_member(group=group, user=make_user(name="Mo", person=person), role=Role.PEER_MODERATOR).user


def on_call(group: SupportGroup) -> User:
    lee = make_member(
        group=group, user=make_user(name="Dr Lee", person=make_person(born_on=GROWN)), role=Role.CLINICIAN
    )
    make_duty(group=group, user=lee.user)
    return lee.user


def test_p1_an_approved_post_shows_with_the_hash_that_was_read() -> None:
    post = make_post()
    mo = moderator(post.thread.group)
    decision = decisions.approve(post, by=mo, content_hash=post.content_hash)
    post.refresh_from_db()
    assert (post.state, post.approved_hash, post.due_at) == ("approved", post.content_hash, None)
    assert decision.kind == "approve"
    assert AuditEvent.objects.get().moves[0]["to"] == "approved"


def test_p3_a_version_that_was_changed_meanwhile_cannot_be_approved() -> None:
    post = make_post()
    mo = moderator(post.thread.group)
    Post.objects.filter(pk=post.pk).update(body="Other words", content_hash="f" * 64)
    with pytest.raises(StaleMove):
        decisions.approve(post, by=mo, content_hash=post.content_hash)
    post.refresh_from_db()
    assert post.state == "pending"


def test_p4_nobody_decides_about_their_own_post() -> None:
    group = make_group()
    author = make_member(group=group, role=Role.PEER_MODERATOR)
    post = make_post(author=author)
    for act in (decisions.approve, decisions.ask_another, decisions.might_know):
        with pytest.raises(RuleBroken):
            act(post, by=author.user, content_hash=post.content_hash)
    assert post not in QueuedPost.objects.visible_to(author.user)


def test_p4_a_moderator_of_another_group_has_no_right() -> None:
    post = make_post()
    with pytest.raises(gate.NotAllowed):
        decisions.approve(post, by=moderator(make_group(title="Other")), content_hash=post.content_hash)


def test_p6_a_moderator_sends_up_and_only_a_clinician_on_duty_sends_down() -> None:
    post = make_post()
    group = post.thread.group
    mo, lee = moderator(group), on_call(group)
    decisions.move_up(post, by=mo, content_hash=post.content_hash)
    post.refresh_from_db()
    assert post.state == "held_risk"
    assert Escalation.objects.get().about == post.author
    with pytest.raises(gate.NotAllowed):
        decisions.move_down(post, by=mo, content_hash=post.content_hash)
    decisions.move_down(post, by=lee, content_hash=post.content_hash)
    post.refresh_from_db()
    assert (post.state, post.adults_only) == ("pending", True)


def test_p8_the_second_of_two_decisions_finds_it_decided_and_the_author_hears_once() -> None:
    post = make_post()
    group = post.thread.group
    decisions.decline(post, by=moderator(group), content_hash=post.content_hash, kind_words="Sorry.", rule="treated")
    with pytest.raises(StaleMove):
        decisions.approve(post, by=moderator(group), content_hash=post.content_hash)
    assert ModerationDecision.objects.count() == 1


def test_p9_an_approval_needs_each_marked_part_to_be_looked_at() -> None:
    post = make_post(findings=[{"kind": "phone", "start": 0, "end": 4}, {"kind": "school", "start": 5, "end": 7}])
    mo = moderator(post.thread.group)
    with pytest.raises(RuleBroken):
        decisions.approve(post, by=mo, content_hash=post.content_hash, cleared=[0])
    decision = decisions.approve(post, by=mo, content_hash=post.content_hash, cleared=[0, 1])
    assert [finding["kind"] for finding in decision.cleared] == ["phone", "school"]


def test_p10_nothing_is_approved_in_a_paused_group() -> None:
    post = make_post()
    group = post.thread.group
    mo = moderator(group)
    freezes.freeze(group, by=mo, reason="a hard day")
    with pytest.raises(RuleBroken):
        decisions.approve(post, by=mo, content_hash=post.content_hash)
    assert not QueuedPost.objects.visible_to(mo).exists()


def test_p11_a_declined_author_gets_kind_words_the_rule_and_a_way_to_appeal() -> None:
    post = make_post()
    mo = moderator(post.thread.group)
    decisions.decline(post, by=mo, content_hash=post.content_hash, kind_words="You are welcome here.", rule="private")
    post.refresh_from_db()
    assert "You are welcome here." in post.note_to_author
    assert "names, numbers and places" in post.note_to_author
    assert "020 7946 0000" in post.note_to_author


def test_p11_a_return_without_words_is_refused_and_changes_nothing() -> None:
    post = make_post()
    with pytest.raises(RuleBroken):
        decisions.send_back(post, by=moderator(post.thread.group), content_hash=post.content_hash, kind_words="  ")
    post.refresh_from_db()
    assert post.state == "pending"


def test_p11_the_database_refuses_a_decline_without_a_rule() -> None:
    post = make_post()
    with pytest.raises(IntegrityError):
        ModerationDecision.objects.create(
            post=post, by=post.author.user, kind="reject", content_hash="x", kind_words="Because.", rule=""
        )


def test_a_first_post_needs_two_different_people() -> None:
    post = make_post(keys=2)
    group = post.thread.group
    mo, _ben = moderator(group), moderator(group)
    assert decisions.approve(post, by=mo, content_hash=post.content_hash).kind == "first_key"
    post.refresh_from_db()
    assert post.state == "pending"
    assert not QueuedPost.objects.visible_to(mo).exists(), "the first reader is not asked again"
    with pytest.raises(StaleMove):
        decisions.approve(post, by=mo, content_hash=post.content_hash)


def test_a_first_post_shows_with_the_second_key() -> None:
    post = make_post(keys=2)
    group = post.thread.group
    decisions.approve(post, by=moderator(group), content_hash=post.content_hash)
    assert decisions.approve(post, by=moderator(group), content_hash=post.content_hash).kind == "approve"
    post.refresh_from_db()
    assert post.state == "approved"


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        ("Welcome, Comet.", "", "Welcome, Comet."),
        ("", "So glad.", "So glad."),
        ("Welcome, Comet.", "So glad.", "Welcome, Comet.\n\nSo glad."),
        ("Welcome.", " Welcome. ", "Welcome."),
        ("", "", ""),
    ],
)
def test_p11_the_author_reads_the_kind_words_of_both_who_said_yes(first: str, second: str, read: str) -> None:
    post = make_post(keys=2)
    group = post.thread.group
    for words in (first, second):
        decisions.approve(post, by=moderator(group), content_hash=post.content_hash, kind_words=words)
    post.refresh_from_db()
    assert post.note_to_author == read


def test_kind_words_for_older_words_do_not_come_with_newer_ones() -> None:
    post = make_post(keys=2)
    group = post.thread.group
    decisions.approve(post, by=moderator(group), content_hash=post.content_hash, kind_words="About the old words.")
    Post.objects.filter(pk=post.pk).update(content_hash="e" * 64, keys_needed=1)
    decisions.approve(post, by=moderator(group), content_hash="e" * 64)
    post.refresh_from_db()
    assert post.note_to_author == ""


def test_a_key_for_older_words_does_not_count_for_newer_ones() -> None:
    post = make_post(keys=2)
    group = post.thread.group
    mo = moderator(group)
    decisions.approve(post, by=mo, content_hash=post.content_hash)
    Post.objects.filter(pk=post.pk).update(content_hash="e" * 64)
    assert decisions.approve(post, by=moderator(group), content_hash="e" * 64).kind == "first_key"
    assert QueuedPost.objects.visible_to(moderator(group)).exists()


def test_not_sure_leaves_it_for_a_second_person_and_then_for_the_clinician() -> None:
    post = make_post()
    group = post.thread.group
    mo, ben = moderator(group), moderator(group)
    decisions.ask_another(post, by=mo, content_hash=post.content_hash)
    assert not QueuedPost.objects.visible_to(mo).exists()
    assert QueuedPost.objects.visible_to(ben).get().owner_role == "peer_moderator"
    decisions.ask_another(post, by=ben, content_hash=post.content_hash)
    post.refresh_from_db()
    assert post.owner_role == "clinician"


def test_i_might_know_them_hands_it_on_without_a_reason() -> None:
    post = make_post()
    group = post.thread.group
    mo = moderator(group)
    decisions.might_know(post, by=mo, content_hash=post.content_hash)
    assert not QueuedPost.objects.visible_to(mo).exists()
    assert QueuedPost.objects.visible_to(moderator(group)).exists()


def test_w1_a_moderator_under_18_never_meets_what_a_clinician_read_as_risk() -> None:
    post = make_post()
    group = post.thread.group
    young = moderator(group, born_on=dt.date(2010, 1, 1))
    Post.objects.filter(pk=post.pk).update(adults_only=True)
    assert not QueuedPost.objects.visible_to(young).exists()
    assert QueuedPost.objects.visible_to(moderator(group)).exists()
    with pytest.raises(RuleBroken):
        decisions.approve(post, by=young, content_hash=post.content_hash)


def test_w1_an_unknown_age_counts_as_under_18() -> None:
    post = make_post()
    Post.objects.filter(pk=post.pk).update(adults_only=True)
    ageless = make_member(
        group=post.thread.group, user=make_user(person=make_person(born_on=None)), role=Role.PEER_MODERATOR
    ).user
    assert not QueuedPost.objects.visible_to(ageless).exists()


def test_the_risk_lane_is_for_the_clinician_on_duty_alone() -> None:
    post = make_post(state=Post.State.HELD_RISK)
    group = post.thread.group
    mo, lee = moderator(group), on_call(group)
    assert not RiskPost.objects.visible_to(mo).exists()
    assert not QueuedPost.objects.visible_to(mo).exists()
    assert RiskPost.objects.visible_to(lee).get().pk == post.pk
    lee.duties.update(until_at=clock.now())
    assert not RiskPost.objects.visible_to(lee).exists(), "one second after the shift the right is gone"


def test_p13_a_post_that_waits_too_long_climbs_to_the_clinician_and_then_to_the_manager() -> None:
    post = make_post()
    group = post.thread.group
    lee, sam = on_call(group), make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    noon = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    Post.objects.filter(pk=post.pk).update(due_at=noon)
    for moment, role in ((noon, "clinician"), (noon + dt.timedelta(hours=1), "service_manager")):
        with clock.at(moment):
            assert sweeps.climb() == 1
            assert sweeps.climb() == 0
        post.refresh_from_db()
        assert (post.state, post.owner_role) == ("pending", role)
        assert post.due_at == moment + dt.timedelta(hours=1)
    with clock.at(noon + dt.timedelta(days=3)):
        assert sweeps.climb() == 0, "there is nobody above the manager, and it still waits"
    assert QueuedPost.objects.visible_to(lee).exists()
    assert EscalationTimer.objects.visible_to(sam).late_posts(sam) == 1


def test_a_claim_keeps_others_away_until_it_ends() -> None:
    post = make_post()
    group = post.thread.group
    mo, ben = moderator(group), moderator(group)
    claims.claim(QueuedPost.objects.get(pk=post.pk), by=mo)
    with pytest.raises(RuleBroken):
        claims.claim(QueuedPost.objects.get(pk=post.pk), by=ben)
    with pytest.raises(RuleBroken):
        decisions.approve(post, by=ben, content_hash=post.content_hash)
    ModerationClaim.objects.update(expires_at=clock.now() - dt.timedelta(seconds=1))
    claims.claim(QueuedPost.objects.get(pk=post.pk), by=ben)
    decisions.approve(post, by=ben, content_hash=post.content_hash)


def test_w3_a_break_puts_everything_down_at_once() -> None:
    post = make_post()
    mo = moderator(post.thread.group)
    claims.claim(QueuedPost.objects.get(pk=post.pk), by=mo)
    assert claims.take_break(mo, by=mo) == 1
    assert not ModerationClaim.objects.live().exists()


@pytest.mark.parametrize("how", ["paused", "removed", "role ended"])
def test_m7_what_a_moderator_was_reading_is_put_down_the_moment_they_are_out(how: str) -> None:
    post, elsewhere = make_post(), make_post()
    mo = moderator(post.thread.group)
    member = mo.memberships.get()
    make_member(group=elsewhere.thread.group, user=mo, role=Role.PEER_MODERATOR)
    for one in (post, elsewhere):
        claims.claim(QueuedPost.objects.get(pk=one.pk), by=mo)
    lee = make_member(group=post.thread.group, role=Role.CLINICIAN).user
    sam = make_user(roles=(Role.SERVICE_MANAGER,))
    match how:
        case "paused":
            memberships.pause(member, by=lee, until_on=clock.today() + dt.timedelta(days=3), reason="Rest a while.")
        case "removed":
            asked = memberships.ask_end(member, by=lee, kind="remove", reason="You told a school.", note="Note.")
            assert ModerationClaim.objects.live().filter(by=mo).count() == 2, "nothing happens before a second person"
            memberships.agree(asked, by=sam)
        case "role ended":
            groups.end_role(post.thread.group, by=sam, role=member.roles.get())
    assert [claim.post_id for claim in ModerationClaim.objects.live().filter(by=mo)] == [elsewhere.pk]
    ben = moderator(post.thread.group)
    claims.claim(QueuedPost.objects.get(pk=post.pk), by=ben)


def test_a_hidden_post_comes_back_only_through_a_clinician_on_duty() -> None:
    post = make_post(state=Post.State.APPROVED)
    group = post.thread.group
    mo, lee = moderator(group), on_call(group)
    decisions.hide(post, by=mo, reason="unkind")
    with pytest.raises(gate.NotAllowed):
        decisions.restore(post, by=mo, content_hash=post.content_hash)
    decisions.restore(post, by=lee, content_hash=post.content_hash)
    post.refresh_from_db()
    assert post.state == "approved"


def rush(post: Post, deciders: list[User]) -> tuple[int, int]:
    """Let everybody decide at the same moment; count who won and who was told that it is decided."""
    start = threading.Barrier(len(deciders))
    won: list[int] = []
    told: list[int] = []

    def decide(by: User, number: int) -> None:
        try:
            start.wait()
            if number % 2:
                decisions.approve(post, by=by, content_hash=post.content_hash)
            else:
                decisions.send_back(post, by=by, content_hash=post.content_hash, kind_words="One thing?")
            won.append(number)
        except StaleMove:
            told.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(by, number)) for number, by in enumerate(deciders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won), len(told)


@pytest.mark.django_db(transaction=True)
def test_p8_of_twenty_rivals_one_wins_and_nineteen_are_told() -> None:
    post = make_post()
    assert rush(post, [moderator(post.thread.group) for _ in range(20)]) == (1, 19)
    assert ModerationDecision.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_p8_of_twenty_rivals_on_postgresql_one_wins_and_nineteen_are_told() -> None:
    post = make_post()
    assert rush(post, [moderator(post.thread.group) for _ in range(20)]) == (1, 19)
    assert ModerationDecision.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_first_readers_at_the_same_moment_are_two_keys() -> None:
    post = make_post(keys=2)
    readers = [moderator(post.thread.group) for _ in range(2)]
    threads = [
        threading.Thread(
            target=lambda by=by: (decisions.approve(post, by=by, content_hash=post.content_hash), connection.close())
        )
        for by in readers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    post.refresh_from_db()
    assert post.state == "approved"
    assert set(ModerationDecision.objects.values_list("kind", flat=True)) == {"first_key", "approve"}

"""Before the first real post, the first ten decisions, topics to stay away from, and how much is enough (U14, W2, W4)."""

from __future__ import annotations

import datetime as dt

import pytest

from moderation import checking
from moderation.actions import checking as acts
from moderation.actions import claims, decisions
from moderation.models import CheckingTurn, ModerationClaim, ModerationDecision, QueuedPost
from peer import clock, posting
from peer.actions import talk
from peer.models import PeerModerator, Person, Post, SupervisorTask, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_group, make_member, make_open_group, make_person, make_post, make_ready, make_user

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def moderator(group: SupportGroup, *, age: int = 19, confirmed: int = 10, name: str = "Mo") -> User:
    person = make_person(given_name=name, born_on=clock.today() - dt.timedelta(days=365 * age + 30))
    user = make_member(group=group, user=make_user(name=name, person=person), role=Role.PEER_MODERATOR).user
    assert user
    make_ready(user=user, confirmed=confirmed)
    return user


def lee(*, role: Role = Role.CLINICIAN) -> User:
    return make_user(name="Dr Lee", person=make_person(kind=Person.Kind.STAFF), roles=(role,))


MISSING = {
    "under 16": lambda user: Person.objects.filter(user=user).update(born_on=clock.today() - dt.timedelta(days=5700)),
    "of unknown age": lambda user: Person.objects.filter(user=user).update(born_on=None),
    "not trained": lambda user: PeerModerator.objects.filter(user=user).update(trained_on=None),
    "trained tomorrow": lambda user: PeerModerator.objects.filter(user=user).update(
        trained_on=clock.today() + dt.timedelta(days=1)
    ),
    "without a supervisor": lambda user: PeerModerator.objects.filter(user=user).update(supervisor=None),
    "supervisor gone": lambda user: User.objects.filter(looks_after__user=user).update(is_active=False),
    "not practised": lambda user: PeerModerator.objects.filter(user=user).update(practised_at=None),
    "nothing written down": lambda user: PeerModerator.objects.filter(user=user).delete(),
}


@pytest.mark.parametrize("missing", MISSING)
def test_u14_nobody_reads_or_decides_a_real_post_before_all_is_done(missing: str) -> None:
    group = make_open_group()
    User.objects.filter(memberships__group=group, memberships__pseudonym="Mo").get().checking.delete()
    mo, post = moderator(group, name="Zara"), make_post(group=group)
    assert posting.of(posting.standing(group, mo)).is_open
    claims.claim(post, by=mo)
    claims.take_break(mo, by=mo)
    MISSING[missing](mo)
    mo = User.objects.get(pk=mo.pk)
    assert not QueuedPost.objects.visible_to(mo).exists()
    for act in (
        lambda: claims.claim(post, by=mo),
        lambda: decisions.approve(post, by=mo, content_hash=post.content_hash),
        lambda: decisions.send_back(post, by=mo, content_hash=post.content_hash, kind_words="One thing?"),
    ):
        with pytest.raises(RuleBroken, match="first real post"):
            act()
    assert checking.before_first(mo)
    now = posting.of(posting.standing(group, mo))
    assert posting.Missing.MODERATOR in now.missing, "the group has no peer to check posts (promise 1)"


def test_twenty_invented_posts_each_have_a_fitting_answer_and_words() -> None:
    every = checking.practice()
    assert len(every) == 20
    names = {"approve", "return", "decline", "worried", "not-sure", "might-know"}
    for post in every.values():
        assert post.right
        assert set(post.right) <= names
        assert post.why
    assert {kind for post in every.values() for kind in post.right} == names, "each decision is practised"


def test_practice_is_done_when_each_post_has_a_fitting_answer_and_touches_no_real_post() -> None:
    mo = moderator(make_group())
    PeerModerator.objects.filter(user=mo).update(practised_at=None)
    posts = list(checking.practice().values())
    for post in posts[:-1]:
        acts.practise(mo, by=mo, key=post.key, kind=post.right[0])
    wrong = next(kind for kind in ("approve", "worried") if kind not in posts[-1].right)
    assert not acts.practise(mo, by=mo, key=posts[-1].key, kind=wrong).fits
    assert checking.left_to_practise(mo) == [posts[-1]]
    assert PeerModerator.objects.get(user=mo).practised_at is None
    acts.practise(mo, by=mo, key=posts[-1].key, kind=posts[-1].right[0])
    assert PeerModerator.objects.get(user=mo).practised_at is not None
    assert not Post.objects.exists()
    assert not ModerationDecision.objects.exists()


def test_u14_a_beginner_s_yes_shows_nothing_before_a_second_person_says_yes() -> None:
    post = make_post()
    group = post.thread.group
    new, newer, zara = moderator(group, confirmed=9), moderator(group, confirmed=0), moderator(group, name="Zara")
    assert decisions.approve(post, by=new, content_hash=post.content_hash).kind == "first_key"
    assert decisions.approve(post, by=newer, content_hash=post.content_hash).kind == "first_key", (
        "two beginners are none"
    )
    post.refresh_from_db()
    assert post.state == "pending"
    assert decisions.approve(post, by=zara, content_hash=post.content_hash).kind == "approve"
    post.refresh_from_db()
    assert post.state == "approved"
    assert [PeerModerator.objects.get(user=one).confirmed for one in (new, newer, zara)] == [10, 1, 10]
    after = make_post(group=group)
    assert decisions.approve(after, by=new, content_hash=after.content_hash).kind == "approve", "ten are enough"


def test_a_beginner_may_be_the_second_key_of_a_first_post() -> None:
    post = make_post(keys=2)
    group = post.thread.group
    zara, new = moderator(group, name="Zara"), moderator(group, confirmed=3)
    decisions.approve(post, by=zara, content_hash=post.content_hash)
    assert decisions.approve(post, by=new, content_hash=post.content_hash).kind == "approve"
    assert PeerModerator.objects.get(user=new).confirmed == 4


@pytest.mark.parametrize("agrees", [True, False])
def test_u14_a_beginner_s_no_reaches_nobody_before_a_second_person_agrees(agrees: bool) -> None:
    post = make_post()
    group = post.thread.group
    new, zara = moderator(group, confirmed=0), moderator(group, name="Zara")
    made = decisions.send_back(post, by=new, content_hash=post.content_hash, kind_words="Without the school?")
    post.refresh_from_db()
    assert (made.kind, post.state, post.note_to_author) == ("would_return", "pending", "")
    assert post.due_at is not None
    if agrees:
        decisions.send_back(post, by=zara, content_hash=post.content_hash, kind_words="Without the school?")
    else:
        decisions.approve(post, by=zara, content_hash=post.content_hash)
    post.refresh_from_db()
    assert post.state == ("returned" if agrees else "approved")
    assert PeerModerator.objects.get(user=new).confirmed == int(agrees)


def test_w4_a_worrying_post_goes_up_at_once_and_a_talk_is_due_within_a_day() -> None:
    post = make_post()
    new = moderator(post.thread.group, confirmed=0)
    decisions.move_up(post, by=new, content_hash=post.content_hash)
    post.refresh_from_db()
    assert post.state == "held_risk"
    task = SupervisorTask.objects.get()
    assert (task.moderator, task.owner, task.why) == (new, new.checking.supervisor, "check_in")
    assert task.due_at is not None
    assert task.due_at - task.asked_at == dt.timedelta(hours=24)


def test_b9_a_topic_one_stays_away_from_is_not_offered() -> None:
    group = make_open_group()
    author = make_member(group=group)
    mo, zara = moderator(group), moderator(group, name="Zara")
    hard = talk.start_thread(group, by=author.user, title="My nan", body="The funeral was on Monday.")
    easy = talk.start_thread(group, by=author.user, title="My cat", body="She sleeps on my feet.")
    acts.stay_away(mo, by=mo, topics=["death"])
    assert set(QueuedPost.objects.visible_to(mo)) == {QueuedPost.objects.get(pk=easy.pk)}
    assert QueuedPost.objects.visible_to(zara).count() == 2
    acts.stay_away(mo, by=mo, topics=[])
    assert QueuedPost.objects.visible_to(mo).filter(pk=hard.pk).exists()


def test_a_changed_post_speaks_of_what_it_says_now() -> None:
    group = make_open_group()
    author = make_member(group=group)
    post = talk.start_thread(group, by=author.user, title="Hello", body="The funeral was on Monday.")
    assert list(post.content_notes.values_list("topic", flat=True)) == ["death"]
    talk.take_back(post, by=author.user)
    talk.send(post, by=author.user, body="I was drunk again.")
    assert set(post.content_notes.values_list("topic", flat=True)) == {"home", "drink"}


def read(user: User, group: SupportGroup, *, posts: int, minutes: float, at: dt.datetime) -> None:
    for post in [make_post(group=group) for _ in range(posts)]:
        ends = at + dt.timedelta(minutes=minutes / posts)
        ModerationClaim.objects.create(post=post, by=user, claimed_at=at, expires_at=ends, released_at=ends)


@pytest.mark.parametrize(
    ("posts", "minutes", "enough"),
    [(39, 20, ""), (40, 20, "enough for today"), (12, 59.9, ""), (12, 60, "enough for today")],
)
def test_w2_a_day_has_forty_posts_or_an_hour(posts: int, minutes: float, enough: str) -> None:
    group = make_group()
    mo, post = moderator(group), make_post(group=group)
    read(mo, group, posts=posts, minutes=minutes, at=NOON)
    with clock.at(NOON + dt.timedelta(hours=3)):
        said = checking.why_rest(mo, turn=None, at=clock.now())
        assert (enough in said) if enough else not said
        if enough:
            with pytest.raises(RuleBroken, match=enough):
                claims.claim(post, by=mo)
    with clock.at(NOON + dt.timedelta(days=1)):
        assert not checking.why_rest(mo, turn=None, at=clock.now())


def test_w2_after_a_full_turn_comes_a_rest_and_a_turn_without_reading_is_over() -> None:
    group = make_group()
    mo = moderator(group)
    with clock.at(NOON):
        claims.claim(make_post(group=group), by=mo)
    read(mo, group, posts=14, minutes=10, at=NOON + dt.timedelta(minutes=1))
    post = make_post(group=group)
    with clock.at(NOON + dt.timedelta(minutes=12)), pytest.raises(RuleBroken, match="rest"):
        claims.claim(post, by=mo)
    with clock.at(NOON + dt.timedelta(minutes=12)):
        claims.end_turn(mo, by=mo)
    with clock.at(NOON + dt.timedelta(minutes=26)), pytest.raises(RuleBroken, match="rest"):
        claims.claim(post, by=mo)
    with clock.at(NOON + dt.timedelta(minutes=28)):
        claims.claim(post, by=mo)
    with clock.at(NOON + dt.timedelta(hours=2)):
        claims.claim(make_post(group=group), by=mo)
    assert CheckingTurn.objects.count() == 3
    assert CheckingTurn.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(("age", "hour", "rests"), [(17, 21, True), (17, 20, False), (17, 6, True), (18, 23, False)])
def test_h21_those_under_18_rest_from_nine_to_seven(age: int, hour: int, rests: bool) -> None:
    mo = moderator(make_group(), age=age)
    moment = dt.datetime(2026, 11, 24, hour, 30, tzinfo=clock.LONDON)
    with clock.at(moment):
        assert bool(checking.why_rest(mo, turn=None, at=moment)) == rests


def test_after_a_turn_who_asks_for_a_talk_has_one_due_within_a_day_and_answers_once() -> None:
    group = make_group()
    mo = moderator(group)
    claims.claim(make_post(group=group), by=mo)
    turn = claims.end_turn(mo, by=mo)
    assert not ModerationClaim.objects.live().exists()
    acts.say_how_it_was(turn, by=mo, felt="heavy", stays=True, wants_talk=True)
    task = SupervisorTask.objects.get()
    assert (task.why, task.owner) == ("talk", mo.checking.supervisor)
    with pytest.raises(RuleBroken):
        acts.say_how_it_was(turn, by=mo, felt="fine", stays=False, wants_talk=True)
    acts.talked(task, by=lee())
    task.refresh_from_db()
    assert (task.state, task.due_at) == ("done", None)


def test_a_supervisor_is_of_staff_and_takes_over_the_talks_that_are_owed() -> None:
    post = make_post()
    mo, new = moderator(post.thread.group), lee()
    decisions.move_up(post, by=mo, content_hash=post.content_hash)
    young = make_user(person=make_person(), roles=(Role.CLINICIAN,))
    editor = make_user(person=make_person(kind=Person.Kind.STAFF), roles=(Role.EDITOR,))
    sam = lee(role=Role.SERVICE_MANAGER)
    for wrong in (young, editor, mo):
        with pytest.raises(RuleBroken):
            acts.write_down(mo, by=sam, trained_on=clock.today(), supervisor=wrong)
    with pytest.raises(RuleBroken, match="once it has been"):
        acts.write_down(mo, by=sam, trained_on=clock.today() + dt.timedelta(days=1), supervisor=new)
    acts.write_down(mo, by=sam, trained_on=clock.today(), supervisor=new)
    task = SupervisorTask.objects.get()
    assert (task.owner, task.owner_role) == (new, "clinician")

"""Six weeks in which one still reads and writes, told twice, then the honest page (U12)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms import importing
from notifications.actions import calls
from notifications.models import CallTask, Notification
from peer import clock, gate
from peer.actions import groups, invitations, memberships, moving_on, waiting
from peer.models import Membership, MovingOn, Person, Post, SupportGroup, User
from peer.roles import Perm, Role
from peer.states import IllegalMove, RuleBroken
from peer.sweeps.places import move_on
from tests.cms.test_importing import ASHA, HEAD, load
from tests.make import make_duty, make_member, make_open_group, make_person, make_phone, make_post, make_user, make_wait

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR, Role.CLINICIAN))


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    person = make_person()
    make_phone(person=person)
    return make_member(group=group, user=make_user(person=person), name="Fern")


def browser(user: User | None) -> Client:
    assert user
    client = Client()
    client.force_login(user)
    return client


def told() -> int:
    return Notification.objects.filter(purpose="look_in").count()


def later(days: float):
    return clock.at(NOON + dt.timedelta(days=days))


def test_u12_started_by_import_still_reads_for_six_weeks_told_twice_then_the_honest_page(group, kim) -> None:
    """U12, as the first month asks: the file says that help has started."""
    load(HEAD + ASHA)
    person = Person.objects.get(given_name="Asha")
    asha = make_member(group=group, user=make_user(person=person), name="Fern")
    waiting.release_cohort(gate.SERVICE, by=kim, size=1)
    load(HEAD + ASHA.replace("North,,", "North,Started,"))
    importing.take_change(person.referrals.get().changes.get(), by=kim)
    moving = MovingOn.objects.get()
    assert (moving.cause, moving.ends_at - NOON, told()) == ("started", dt.timedelta(days=42), 1)
    member = browser(asha.user)
    assert (
        "You read and write here until Wednesday 30 December" in member.get(group.get_absolute_url()).content.decode()
    )

    for days in (10, 34.9):
        with later(days):
            assert move_on() == 0
    with later(35):
        assert move_on() == 1
        assert move_on() == 0
        assert told() == 2
        assert "less than a week" in member.get(group.get_absolute_url()).content.decode()
        assert gate.can(asha.user, Perm.WRITE_POST, group)
    with later(42):
        assert move_on() == 1
        page = member.get(group.get_absolute_url()).content.decode()
        assert "You left Lantern on 30 December" in page
        asha.refresh_from_db()
        assert (asha.state, gate.can(asha.user, Perm.READ_GROUP, group)) == ("left", False)
        assert told() == 2


def test_weighty_news_is_never_told_by_a_group_s_page_before_a_person_has_rung(group, kim, asha) -> None:
    """U2 before U12: not accepted, and the group stays for six weeks once they know."""
    entry = make_wait(person=asha.person, state="released")
    waiting.decide(entry, by=kim, outcome="not_accepted", reason="We cannot help with this.")
    assert not MovingOn.objects.exists()
    task = CallTask.objects.get(about="weighty_news")
    calls.spoke(task, by=kim)
    moving = MovingOn.objects.get()
    assert (moving.cause, moving.ends_at - clock.now()) == ("not_accepted", dt.timedelta(days=42))
    assert gate.can(asha.user, Perm.WRITE_POST, group)


def test_another_request_that_waits_keeps_the_place(kim, asha) -> None:
    make_wait(person=asha.person)
    waiting.start(make_wait(person=asha.person), by=kim)
    assert not MovingOn.objects.exists()


def test_a_moderator_who_waited_too_goes_on_moderating(group, kim) -> None:
    mo = Membership.objects.get(pseudonym="Mo")
    waiting.start(make_wait(person=mo.person), by=kim)
    assert not MovingOn.objects.exists()


def test_goodbye_goes_through_the_same_reading_as_every_post(group, asha) -> None:
    moving = moving_on.begin_own(asha, by=asha.user)
    moving_on.say_goodbye(moving, by=asha.user, body="Thank you all.")
    post = Post.objects.get()
    assert (post.state, post.thread.title) == ("pending", "Goodbye from Fern")
    with pytest.raises(RuleBroken, match="already"):
        moving_on.say_goodbye(moving, by=asha.user, body="Again.")


@pytest.mark.parametrize(("words", "state"), [("stay", "approved"), ("take", "withdrawn")])
def test_one_s_words_stay_or_go_as_one_chose(asha, words: str, state: str) -> None:
    post = make_post(author=asha, state="approved")
    moving = moving_on.begin_own(asha, by=asha.user)
    moving_on.choose_words(moving, by=asha.user, words=words)
    with later(42):
        move_on()
        move_on()
    post.refresh_from_db()
    assert post.state == state


def test_more_time_is_told_again_before_the_new_end(asha, kim) -> None:
    moving = moving_on.begin(asha, by=kim)
    with later(36):
        move_on()
        moving.refresh_from_db()
        moving_on.more_time(moving, by=kim, weeks=4)
        assert moving.state == "begun"
    with later(42):
        assert move_on() == 0
    with later(63):
        assert move_on() == 1
        assert told() == 3


def test_one_s_own_idea_is_called_off_by_oneself_and_not_the_clock_s(asha, kim) -> None:
    moving_on.stay(moving_on.begin_own(asha, by=asha.user), by=asha.user)
    moving = moving_on.begin(asha, by=kim)
    with pytest.raises(RuleBroken, match="Ring us"):
        moving_on.stay(moving, by=asha.user)
    with pytest.raises(gate.NotAllowed):
        moving_on.call_off(moving, by=asha.user, reason="I want to stay")
    moving_on.call_off(moving, by=kim, reason="They asked for more time.")
    with later(60):
        assert move_on() == 0


def test_moving_on_begins_once_and_only_inside(asha, kim) -> None:
    moving_on.begin(asha, by=kim)
    with pytest.raises(RuleBroken):
        moving_on.begin(asha, by=kim)
    groups.leave(asha, by=asha.user)
    assert MovingOn.objects.get().state == "called_off"
    with pytest.raises(RuleBroken):
        moving_on.begin(asha, by=kim)
    with pytest.raises(IllegalMove):
        moving_on.call_off(MovingOn.objects.get(), by=kim, reason="x")


def test_the_weeks_run_on_through_a_pause_and_end_it(asha, kim) -> None:
    lee = User.objects.get(memberships__pseudonym="Dr Lee")
    moving_on.begin(asha, by=kim)
    with later(20):
        make_duty(group=asha.group, user=lee)
        memberships.pause(asha, by=lee, until_on=clock.today() + dt.timedelta(days=40), reason="Quiet days.")
    with later(42):
        move_on()
        move_on()
    asha.refresh_from_db()
    assert (asha.state, asha.decisions.get().state) == ("left", "over")


def test_those_left_waiting_read_a_word_about_it_and_no_name(group, asha, kim) -> None:
    moving_on.begin(asha, by=kim)
    other = make_member(group=group, name="Comet")
    with later(42):
        move_on()
        move_on()
        page = browser(other.user).get(group.get_absolute_url()).content.decode()
        assert "Somebody here has moved on" in page
        assert "Fern" not in page
    with later(57):
        assert "Somebody here has moved on" not in browser(other.user).get(group.get_absolute_url()).content.decode()


def test_the_page_of_moving_on_begins_says_goodbye_and_keeps_words(group, asha) -> None:
    member, address = browser(asha.user), f"{group.get_absolute_url()}moving-on/"
    assert "Begin to move on" in member.get(address).content.decode()
    assert member.post(address).status_code == 302
    page = member.get(address).content.decode()
    assert "Say goodbye, if you like" in page
    assert "learn to check posts" in page
    empty = member.post(address, {"body": ""})
    assert (empty.status_code, Post.objects.count()) == (422, 0)
    assert member.post(address, {"body": "Bye all."}).status_code == 302
    assert "You have said goodbye" in member.get(address).content.decode()
    assert member.post(f"{address}words/", {"words": "nonsense"}).status_code == 422
    assert member.post(f"{address}words/", {"words": "take"}).status_code == 302
    assert MovingOn.objects.get().words == "take"
    assert browser(make_user()).get(address).status_code == 404
    assert member.post(f"{address}stay/").status_code == 302
    assert MovingOn.objects.get().state == "called_off"


def test_the_desk_of_goodbyes(group, asha, kim) -> None:
    desk = browser(kim)
    assert desk.post(f"/staff/goodbyes/begin/{asha.public_id}/", {"next_group": ""}).status_code == 302
    assert asha.person.full_name() in desk.get("/staff/goodbyes/").content.decode()
    moving = MovingOn.objects.get()
    address = f"/staff/goodbyes/{moving.public_id}"
    assert desk.get(f"{address}/more-time/").status_code == 200
    assert desk.post(f"{address}/more-time/", {"weeks": "99"}).status_code == 422
    assert desk.post(f"{address}/more-time/", {"weeks": "2"}).status_code == 302
    assert desk.post(f"{address}/call-off/", {"reason": "They stay."}).status_code == 302
    assert desk.get(f"{address}/nonsense/").status_code == 404
    assert browser(asha.user).get("/staff/goodbyes/").status_code == 404


def test_somebody_not_accepted_may_get_a_group_for_six_weeks_and_no_later(group, kim) -> None:
    """U12: people not accepted keep or get a group."""
    person = make_person(given_name="Noor")
    phone = make_phone(person=person)
    entry = make_wait(person=person, state="released")
    waiting.decide(entry, by=kim, outcome="signposted", reason="The sleep team can help.")
    with later(43), pytest.raises(RuleBroken, match="no request that waits"):
        invitations.offer(person, by=kim, group=group)
    with later(5):
        assert invitations.offer(person, by=kim, group=group).state == "offered"
        user = make_user(person=person)
        coming = Membership.objects.create(group=group, person=person, user=user, state="confirmed")
        groups.choose_name(coming, by=user, name="Comet", colour=1)
        groups.start(coming, by=user, protocol=group.protocol())
        moving = MovingOn.objects.get()
        assert (moving.cause, (moving.ends_at - clock.now()).days) == ("not_accepted", 42)
    assert phone.is_proved


def test_a_quiet_group_page_asks_nothing_more_of_the_database_and_the_desk_no_more_with_more_people(
    group, asha
) -> None:
    member = browser(asha.user)
    member.get(group.get_absolute_url())
    with CaptureQueriesContext(connection) as page:
        member.get(group.get_absolute_url())
    assert not [row for row in page if "peer_movingon" in row["sql"] and "peer_supportgroup" not in row["sql"]]
    assert len(page) <= 8
    lee = User.objects.get(memberships__pseudonym="Dr Lee")
    lee.service_roles.create(role=Role.CLINICIAN)
    desk = browser(lee)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.get("/staff/places/")
        counts.append(len(queries))
        for _more in range(6):
            make_member(group=group)
    assert counts[0] == counts[1] <= 25

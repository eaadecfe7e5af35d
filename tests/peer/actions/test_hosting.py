"""Hosting: the room with two who read, the front of the queue, an upset goodbye, how listened to people felt (U11, U15)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from moderation.models import Escalation, EscalationStep
from peer import clock, gate, listened, rooms
from peer.actions import hosting, sessions, talk
from peer.models import (
    Attendance,
    Duty,
    GroupSession,
    ListenedTo,
    Post,
    SessionCheckIn,
    SessionTick,
    SupervisorTask,
    SupportGroup,
    User,
)
from peer.states import RuleBroken
from peer.sweeps.sessions import look_after_sessions
from tests.make import make_duty, make_group, make_member, make_open_group, make_post, named, user

pytestmark = pytest.mark.django_db
TUESDAY = dt.date(2026, 11, 17)  # tests begin on Monday 16 November 2026, noon
SEVEN = dt.time(19)


def at(hour: int, minute: int = 0, *, day: dt.date = TUESDAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=clock.LONDON)


@pytest.fixture
def group() -> SupportGroup:
    group = make_open_group()
    make_duty(group=group, user=user(group, "Dr Lee"), hours=72)
    return group


@pytest.fixture
def session(group: SupportGroup) -> GroupSession:
    people = [named(group, name) for name in ("Ben", "Mo", "Dr Lee")]
    return sessions.plan(
        group,
        by=user(group, "Ben"),
        day=TUESDAY,
        at=SEVEN,
        minutes=60,
        way="text",
        repeats="once",
        capacity=None,
        hosts=people,
    )


@pytest.fixture
def fern(group: SupportGroup) -> User:
    return make_member(group=group, name="Fern").user


def here(session: GroupSession, *names: str) -> GroupSession:
    with clock.at(at(18, 50)):
        for name in names:
            hosting.be_here(session, by=user(session.group, name))
    return GroupSession.objects.get(pk=session.pk)


def page(user: User, address: str, **sent: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.post(address, sent, follow=True) if sent else client.get(address, follow=True)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


# ── The room ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_room_from_the_first_press_to_a_shown_post(group: SupportGroup, session: GroupSession, fern: User) -> None:
    tide = make_member(group=group, name="Tide").user
    waiting = make_post(author=named(group, "Tide"), body="An older one that waits")
    address = session.get_absolute_url()
    html = page(fern, f"{address}come/", slot=str(session.slots.get().pk))
    assert "You said that you come." in html
    assert "leads the group" in html
    assert "checks posts" in html
    session = here(session, "Ben", "Mo", "Dr Lee")
    with clock.at(at(19, 1)):
        assert "The room is open" in page(fern, address)
        assert "Write back" in page(fern, f"{address}come-in/", go="1")
        assert Attendance.objects.get().outcome == "there"
        post = talk.reply(session.thread, by=fern, body="Hello everybody, first time here.")
        assert post.due_at == at(19, 3)
        queue = page(user(group, "Mo"), "/queue/")
        assert queue.index("Hello everybody") < queue.index("An older one")
        assert queue.count("In the room now") == 1
    with clock.at(at(19, 2, day=TUESDAY)):
        for name in ("Mo", "Dr Lee"):  # one of somebody's first posts needs two readers, and two are there
            client = Client()
            client.force_login(user(group, name))
            client.post(f"/queue/{post.public_id}/claim/")
            answer = client.post(
                f"/queue/{post.public_id}/approve/", {"content_hash": post.content_hash, "content_note": ""}
            )
            assert answer.status_code == 302, answer.content.decode()[:3000]
        assert Post.objects.get(pk=post.pk).state == "approved"
        assert "Hello everybody" in page(tide, session.thread.get_absolute_url())
    assert Post.objects.get(pk=post.pk).decided_at - post.submitted_at <= dt.timedelta(minutes=2)
    assert waiting.state == "pending"


@pytest.mark.parametrize(
    ("names", "hour", "missing"),
    [
        (("Ben", "Mo", "Dr Lee"), 18, "early"),
        (("Ben", "Mo", "Dr Lee"), 19, None),
        (("Ben", "Mo"), 19, "readers"),
        (("Ben", "Dr Lee"), 19, "readers"),  # a clinician never hosts alone
        (("Ben", "Mo", "Dr Lee"), 20, "over"),
    ],
)
def test_the_room_opens_at_its_time_with_two_who_read(
    session: GroupSession, fern: User, names: tuple[str, ...], hour: int, missing: str | None
) -> None:
    session = here(session, *names)
    with clock.at(at(hour)):
        group = SupportGroup.objects.with_standing(fern).get(pk=session.group_id)
        from peer import posting

        assert rooms.of(session, posting.of(group)).missing == missing


@pytest.mark.parametrize("without", ["clinician", "protocol", "moderator", "paused"])
def test_without_what_keeps_people_safe_there_is_no_room(session: GroupSession, fern: User, without: str) -> None:
    session, group = here(session, "Ben", "Mo", "Dr Lee"), session.group
    with clock.at(at(19, 1)):
        hosting.come_in(session, by=fern)
        if without == "clinician":
            Duty.objects.update(until_at=at(19))
        elif without == "protocol":
            group.protocols.all().delete()
        elif without == "moderator":
            named(group, "Mo").roles.update(until_at=at(19))
        else:
            group.move_to("frozen")
        for act in (
            lambda: hosting.come_in(session, by=fern),
            lambda: talk.reply(session.thread, by=fern, body="Is anybody there?"),
        ):
            with pytest.raises(RuleBroken):
                act()
        assert not Post.objects.exists()


def test_a_reader_who_has_to_go_shuts_the_room_and_words_can_be_kept(session: GroupSession, fern: User) -> None:
    session = here(session, "Ben", "Mo", "Dr Lee")
    with clock.at(at(19, 1)):
        hosting.come_in(session, by=fern)
        hosting.go(session, by=user(session.group, "Mo"))
        with pytest.raises(RuleBroken, match="room is shut"):
            talk.reply(session.thread, by=fern, body="Hello")
        assert talk.draft_reply(session.thread, by=fern, body="Hello").state == "draft"
        assert "opens in a moment" in page(fern, session.get_absolute_url())


def test_nobody_writes_who_has_not_come_in_by_the_door(session: GroupSession, fern: User) -> None:
    session = here(session, "Mo", "Dr Lee")
    with clock.at(at(19, 1)), pytest.raises(RuleBroken, match="Come in by the page"):
        talk.reply(session.thread, by=fern, body="Hello")


def test_a_full_room_lets_nobody_more_in(session: GroupSession, fern: User) -> None:
    session.slots.update(capacity=1)
    session = here(session, "Mo", "Dr Lee")
    with clock.at(at(19, 1)):
        hosting.come_in(session, by=fern)
        tide = make_member(group=session.group, name="Tide").user
        with pytest.raises(RuleBroken, match="All places are taken"):
            hosting.come_in(session, by=tide)


def test_a_post_of_a_room_comes_before_a_page_full_of_others(session: GroupSession, fern: User) -> None:
    session = here(session, "Mo", "Dr Lee")
    for number in range(25):
        make_post(author=named(session.group, "Fern"), body=f"Outside-{number}.")
    with clock.at(at(19, 1)):
        hosting.come_in(session, by=fern)
        talk.reply(session.thread, by=fern, body="Inside the room")
        html = page(user(session.group, "Mo"), "/queue/")
        assert html.index("Inside the room") < html.index("Outside-0.")
        assert html.count("Outside-") == 20
        assert "?after=" in html  # and the others are a page away


# ── Who sees what ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_outside_the_group_there_is_no_session_and_only_hosts_have_a_run_sheet(
    session: GroupSession, fern: User
) -> None:
    outsider = make_member(group=make_group(title="Beside")).user
    client = Client()
    for one, address, status in (
        (outsider, session.get_absolute_url(), 404),
        (outsider, f"{session.get_absolute_url()}host/", 404),
        (fern, f"{session.get_absolute_url()}host/", 404),
        (fern, f"{session.get_absolute_url()}move/", 404),
        (fern, "/staff/check-ins/", 404),
        (user(session.group, "Mo"), f"{session.get_absolute_url()}host/", 200),
        (user(session.group, "Ben"), f"{session.get_absolute_url()}move/", 200),
    ):
        client.force_login(one)
        assert client.get(address).status_code == status, (one, address)
    with pytest.raises(gate.NotAllowed):
        hosting.tick(session, by=fern, step="opening")


def test_who_comes_is_a_list_for_hosts_alone(session: GroupSession, fern: User) -> None:
    sessions.come(session, by=fern, slot=session.slots.get())
    tide = make_member(group=session.group, name="Tide").user
    assert "Fern" not in page(tide, session.get_absolute_url())
    with clock.at(at(18, 50)):
        assert "Fern" in page(user(session.group, "Ben"), f"{session.get_absolute_url()}host/")


def test_the_closed_page_at_ten_at_night_names_the_next_session(group: SupportGroup, fern: User) -> None:
    SupportGroup.objects.filter(pk=group.pk).update(opens=dt.time(8), closes=dt.time(21))
    group.refresh_from_db()
    sessions.plan(
        group, by=user(group, "Ben"), day=TUESDAY, at=SEVEN, minutes=60, way="text", repeats="weekly", capacity=None,
        hosts=[named(group, name) for name in ("Ben", "Mo", "Dr Lee")],
    )  # fmt: skip
    with clock.at(at(22, 10)):
        html = page(fern, group.get_absolute_url())
        assert "Writing is closed right now" in html
        assert "Tuesday 24 November at 7pm" in html
        assert "Tuesday 24 November at 7pm" in page(fern, "/home/")


def test_the_run_sheet_begins_with_equal_value_and_keeps_each_tick(session: GroupSession) -> None:
    ben = user(session.group, "Ben")
    with clock.at(at(18, 50)):
        html = page(ben, f"{session.get_absolute_url()}host/")
        assert "counts as much here as what anybody else knows" in html
        assert html.index("counts as much here") < html.index("Who hosts")
        page(ben, f"{session.get_absolute_url()}host/opening/", go="1")
    tick = SessionTick.objects.get()
    assert (tick.step, tick.by, tick.at) == ("opening", ben, at(18, 50))
    with pytest.raises(RuleBroken, match="ticked this already"):
        hosting.tick(session, by=ben, step="opening")
    with pytest.raises(RuleBroken, match="no such step"):
        hosting.tick(session, by=ben, step="invented")
    with pytest.raises(RuleBroken, match="opens"):
        hosting.be_here(session, by=ben)  # the day before


# ── When it gets hard ───────────────────────────────────────────────────────────────────────────────────────────────
def test_clinician_please_rings_at_once_and_shows_nothing_in_the_room(session: GroupSession, fern: User) -> None:
    session = here(session, "Mo", "Dr Lee")
    with clock.at(at(19, 5)):
        html = page(fern, f"{session.get_absolute_url()}clinician/", go="1")
        assert "A clinician is being rung now" in html
        worry = Escalation.objects.get()
        assert (worry.level, worry.about) == ("red", named(session.group, "Fern"))
        assert worry.steps.filter(state=EscalationStep.State.FIRED).exists()
        assert "rung now" not in page(user(session.group, "Ben"), session.get_absolute_url())
        seen = page(user(session.group, "Dr Lee"), f"/escalations/{worry.public_id}/")
        assert "pressed “Clinician, please” in a session" in seen
    with clock.at(at(12, day=TUESDAY)), pytest.raises(RuleBroken, match="while the session is on"):
        hosting.ask_for_clinician(session, by=fern)


@pytest.mark.parametrize(("now", "due"), [(at(19, 40), at(20, 40)), (at(17), at(20))])
def test_who_left_upset_is_looked_in_on_the_same_day(
    session: GroupSession, fern: User, now: dt.datetime, due: dt.datetime
) -> None:
    sessions.come(session, by=fern, slot=session.slots.get())
    lee = user(session.group, "Dr Lee")
    with clock.at(now):
        task = hosting.left_upset(session, by=user(session.group, "Ben"), who=named(session.group, "Fern"))
        assert (task.owner, task.owner_role, task.due_at) == (lee, "clinician", due)
        assert "Fern" in page(lee, "/staff/check-ins/")
        assert not SessionCheckIn.objects.visible_to(user(session.group, "Ben")).exists()
        assert not SessionCheckIn.objects.visible_to(fern).exists()
        with pytest.raises(RuleBroken, match="already"):
            hosting.left_upset(session, by=user(session.group, "Mo"), who=named(session.group, "Fern"))
        address = f"/staff/check-ins/{task.public_id}/"
        client = Client()
        client.force_login(lee)
        assert client.post(address, {"note": " "}).status_code == 422
        page(lee, address, note="Spoke for ten minutes. Fine now.")
    task.refresh_from_db()
    assert (task.state, task.due_at, task.done_by) == ("done", None, lee)


# ── How it was ──────────────────────────────────────────────────────────────────────────────────────────────────────
def held(session: GroupSession, people: list[User]) -> GroupSession:
    session = here(session, "Ben", "Mo", "Dr Lee")
    with clock.at(at(19, 5)):
        for one in people:
            hosting.come_in(session, by=one)
    with clock.at(at(20, 1)):
        look_after_sessions()
    return GroupSession.objects.get(pk=session.pk)


def test_a_host_says_how_it_was_and_a_wish_to_talk_is_owed(session: GroupSession, fern: User) -> None:
    ben = user(session.group, "Ben")
    session = held(session, [fern])
    with clock.at(at(20, 10)):
        assert "How was the session?" in page(ben, "/home/")
        page(ben, f"{session.get_absolute_url()}host/how-it-was/", felt="heavy", wants_talk="yes")
        session.refresh_from_db()
        assert (session.state, session.due_at) == ("closed", None)
        assert SupervisorTask.objects.get().moderator == ben
        with pytest.raises(RuleBroken, match="You told us"):
            hosting.debrief(session, by=ben, felt="fine", wants_talk=False)


def test_one_press_says_how_listened_to_one_felt_and_five_are_shown_together(
    group: SupportGroup, session: GroupSession
) -> None:
    people = [make_member(group=group).user for _number in range(7)]
    session = held(session, people)
    with clock.at(at(20, 30)):
        assert "How listened to did you feel?" in page(people[0], session.get_absolute_url())
        html = page(people[0], f"{session.get_absolute_url()}listened/", said="10")
        assert "Nobody sees yours alone" not in html
        for one, said in zip(people[1:4], (9, 7, 8), strict=True):
            hosting.say_listened(session, by=one, said=said)
        with pytest.raises(RuleBroken, match="You told us"):
            hosting.say_listened(session, by=people[0], said=1)
        assert "Press a number" in page(people[4], f"{session.get_absolute_url()}listened/", said="11")
    with clock.at(at(21, day=TUESDAY + dt.timedelta(days=3))):
        assert listened.figures(group) == []  # four have answered
        with pytest.raises(RuleBroken, match="three days"):
            hosting.say_listened(session, by=people[4], said=6)
    with clock.at(at(20, 40)):
        hosting.say_listened(session, by=people[4], said=6)
        assert listened.figures(group) == []  # somebody may still answer, and would show by the difference
    with clock.at(at(21, day=TUESDAY + dt.timedelta(days=3))):
        (figure,) = listened.figures(group)
        assert (figure.mean, figure.spread, len(figure.answers), figure.unanswered) == (8.0, 1.4, 5, 2)
        html = page(people[6], f"/groups/{group.public_id}/sessions/")
        assert "<td>8.0</td><td>1.4</td><td>5</td><td>2</td>" in html


def test_whoever_was_not_there_is_not_asked(session: GroupSession, fern: User) -> None:
    tide = make_member(group=session.group, name="Tide").user
    session = held(session, [fern])
    with clock.at(at(20, 30)):
        assert "How listened to" not in page(tide, session.get_absolute_url())
        with pytest.raises(RuleBroken, match="those who were there"):
            hosting.say_listened(session, by=tide, said=3)
    assert not ListenedTo.objects.exists()


@pytest.mark.parametrize(
    ("answers", "sizes"),
    [
        ([], []),
        ([4], []),
        ([5], [5]),
        ([3, 1, 2], [6]),
        ([2, 2, 2, 5, 4], [6, 5]),
        ([5, 0, 0, 5], [5, 5]),
    ],
)
def test_answers_roll_over_sessions_until_five_are_there(answers: list[int], sizes: list[int]) -> None:
    rows = [(at(19, day=TUESDAY + dt.timedelta(weeks=n)), [8] * count, count + 1) for n, count in enumerate(answers)]
    figures = listened.roll(rows)
    assert [len(figure.answers) for figure in figures] == sizes
    assert all(figure.unanswered >= 1 for figure in figures)


def test_who_drops_in_is_counted_and_never_listed(group: SupportGroup, fern: User) -> None:
    ben = user(group, "Ben")
    session = sessions.plan(
        group, by=ben, day=TUESDAY, at=SEVEN, minutes=60, way="drop_in", repeats="once", capacity=None,
        hosts=[named(group, name) for name in ("Ben", "Mo")],
    )  # fmt: skip
    assert "Just drop in" in page(fern, session.get_absolute_url())
    slot, address = session.slots.get(), f"{session.get_absolute_url()}host/"
    with clock.at(at(19, 30)):
        assert "How many dropped in?" in page(ben, address)
        page(ben, f"{address}heads/", slot=str(slot.pk), heads="9")
        client = Client()
        client.force_login(ben)
        assert client.post(f"{address}heads/", {"slot": slot.pk, "heads": "-1"}).status_code == 422
    slot.refresh_from_db()
    assert slot.headcount == 9
    assert not Attendance.objects.exists()


def test_a_series_is_ended_from_the_page_of_one_of_its_sessions(group: SupportGroup, fern: User) -> None:
    ben = user(group, "Ben")
    session = sessions.plan(
        group, by=ben, day=TUESDAY, at=SEVEN, minutes=60, way="text", repeats="weekly", capacity=None,
        hosts=[named(group, name) for name in ("Ben", "Mo", "Dr Lee")],
    )  # fmt: skip
    assert "End this series" not in page(fern, session.get_absolute_url())
    assert "Nothing more is added" in page(ben, f"{session.get_absolute_url()}end-series/", go="1")
    session.series.refresh_from_db()
    assert session.series.ended_on == clock.today()

"""A moderator asks the clinician on call about a post, and reads the answer in the queue (S35, W4)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from moderation import sweeps, talks
from moderation.actions import claims
from moderation.models import Escalation, ModeratorQuestion, QueuedPost
from notifications.models import Delivery
from peer import clock
from peer.models import Membership, Post, SupervisorTask, User
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_phone, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> Membership:
    return make_member(group=make_group(), name="Fern")


def browser(user: User | None) -> Client:
    assert user
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mo(asha: Membership) -> User:
    person = make_person(given_name="Momo", born_on=dt.date(clock.today().year - 17, 1, 1))
    return make_member(group=asha.group, user=make_user(name="Momo", person=person), role=Role.PEER_MODERATOR).user


@pytest.fixture
def lee(asha: Membership) -> User:
    lee = make_member(group=asha.group, user=make_user(name="Dr Lee"), role=Role.CLINICIAN).user
    make_duty(group=asha.group, user=lee)
    return lee


@pytest.fixture
def post(asha: Membership) -> Post:
    return make_post(author=asha)


def asks(mo: User, post: Post, words: str = "Is it fine to name the place?") -> str:
    claims.claim(QueuedPost.objects.get(pk=post.pk), by=mo)
    return browser(mo).post(f"/queue/{post.public_id}/ask/", {"words": words}, follow=True).content.decode()


def test_s35_a_question_is_owned_due_answered_and_read_in_the_queue(mo: User, lee: User, post: Post) -> None:
    assert "Asked. The answer comes" in asks(mo, post)
    asked = ModeratorQuestion.objects.get()
    assert asked.owner_role == "clinician"
    assert asked.due_at is not None
    assert asked.due_at <= clock.now() + dt.timedelta(minutes=45)
    assert "An answer is due by" in browser(mo).get("/queue/").content.decode()

    doctor = browser(lee)
    assert "Momo asks about a post" in doctor.get("/risk/").content.decode()
    page = doctor.get(f"/risk/questions/{asked.public_id}/").content.decode()
    assert "Is it fine to name the place?" in page
    empty = doctor.post(f"/risk/questions/{asked.public_id}/", {"words": " "})
    assert empty.status_code == 422
    doctor.post(f"/risk/questions/{asked.public_id}/", {"words": "Better not. Return it."})

    assert "Better not. Return it." in browser(mo).get("/queue/").content.decode()
    assert browser(mo).post(f"/queue/questions/{asked.public_id}/read/").status_code == 302
    assert "Better not. Return it." not in browser(mo).get("/queue/").content.decode()
    assert doctor.get(f"/risk/questions/{asked.public_id}/").status_code == 404


def test_only_the_clinician_on_call_of_the_group_reads_it(mo: User, lee: User, post: Post) -> None:
    asks(mo, post)
    asked = ModeratorQuestion.objects.get()
    other = make_member(group=make_group(title="Harbour"), role=Role.CLINICIAN)
    make_duty(group=other.group, user=other.user)
    lee.duties.all().delete()
    for user in (other.user, lee, mo):
        assert browser(user).get(f"/risk/questions/{asked.public_id}/").status_code == 404


def test_one_asks_once_and_only_about_what_one_has_in_hand(mo: User, lee: User, post: Post) -> None:
    asks(mo, post)
    again = browser(mo).post(f"/queue/{post.public_id}/ask/", {"words": "And this?"})
    assert again.status_code == 422
    assert "You asked about this one already" in again.content.decode()
    assert "And this?" in again.content.decode()
    claims.put_down(by=mo, group=post.thread.group)
    late = browser(mo).post(f"/queue/{post.public_id}/ask/", {"words": "And this?"})
    assert late.status_code == 422
    assert "your time with it is over" in late.content.decode()
    assert "And this?" in late.content.decode(), "what was typed is lost"
    assert ModeratorQuestion.objects.count() == 1


def test_u3_worrying_words_in_a_question_wake_a_clinician(mo: User, lee: User, post: Post) -> None:
    asks(mo, post, "I want to kill myself when I read these")
    worry = Escalation.objects.get()
    assert (worry.person, worry.level) == (mo.person, "red")


def test_p13_a_question_that_nobody_answers_climbs_to_the_manager_and_a_clinician_can_still_answer(
    mo: User, lee: User, post: Post
) -> None:
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    noon = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
    asks(mo, post)
    ModeratorQuestion.objects.update(due_at=noon)
    Post.objects.update(due_at=noon + dt.timedelta(days=1))
    with clock.at(noon - dt.timedelta(seconds=1)):
        assert sweeps.climb() == 0
    with clock.at(noon):
        assert sweeps.climb() == 1
        assert sweeps.climb() == 0, "there is nobody above the manager, and it still waits"
    asked = ModeratorQuestion.objects.get()
    assert (asked.state, asked.owner_role, asked.due_at) == ("open", "service_manager", noon + dt.timedelta(hours=1))
    board = browser(sam).get("/escalations/").content.decode()
    assert "One question of somebody who checks posts has waited too long" in board
    assert "name the place" not in board, "a manager reads no words of it"
    browser(lee).post(f"/risk/questions/{asked.public_id}/", {"words": "Better not."})
    assert "has waited too long" not in browser(sam).get("/escalations/").content.decode()


def test_w4_the_supervisor_is_told_that_a_talk_is_owed_and_no_word_about_whom(mo: User) -> None:
    supervisor = mo.checking.supervisor
    make_phone(person=supervisor.person)
    talks.owe(mo, why=SupervisorTask.Why.TALK)
    text = Delivery.objects.get(notification__purpose="talk_owed", channel="sms")
    assert text.notification.recipient == supervisor.person
    assert "Momo" not in (text.body or "")

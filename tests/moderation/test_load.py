"""What being on call takes, and what under-18s never read again (U5, W1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from moderation import load, sweeps
from moderation.actions import decisions, escalations
from moderation.load import Load
from moderation.models import Escalation, EscalationStep, OnCallShift, QueuedPost, RiskPost
from peer import clock
from peer.events import emit
from peer.models import Membership, Post, User
from peer.news import PostHeldForRisk
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> Membership:
    return make_member(group=make_group(), name="Fern")


def staff(asha: Membership, name: str, role: Role, *, born: int = 1980) -> User:
    person = make_person(given_name=name, born_on=dt.date(born, 1, 1))
    user = make_member(group=asha.group, user=make_user(name=name, person=person), role=role, name=name).user
    assert user
    return user


@pytest.fixture
def lee(asha: Membership) -> User:
    return staff(asha, "Lee", Role.CLINICIAN)


def test_u5_amber_overdue_climbs(asha: Membership, lee: User) -> None:
    make_duty(group=asha.group, user=lee)
    may = staff(asha, "May", Role.CLINICIAN)
    emit(PostHeldForRisk(make_post(author=asha, state=Post.State.HELD_RISK), "amber"))
    worry = Escalation.objects.get()
    assert not EscalationStep.objects.filter(state="fired").exists()
    with clock.at(worry.opened_at + dt.timedelta(minutes=44)):
        sweeps.run_due_steps()
        assert not EscalationStep.objects.filter(state="fired").exists(), "amber rings nobody in its time"
    with clock.at(worry.opened_at + dt.timedelta(minutes=46)):
        sweeps.run_due_steps()
        assert set(EscalationStep.objects.filter(state="fired").values_list("user", flat=True)) == {lee.pk}
    with clock.at(worry.opened_at + dt.timedelta(minutes=52)):
        sweeps.run_due_steps()
        assert EscalationStep.objects.filter(state="fired", user=may).exists()
    worry.refresh_from_db()
    assert worry.state == "paging"


def test_u5_what_a_clinician_clears_never_returns_to_an_under_18s_queue(asha: Membership, lee: User) -> None:
    make_duty(group=asha.group, user=lee)
    young = staff(asha, "Mo", Role.PEER_MODERATOR, born=clock.today().year - 17)
    grown = staff(asha, "Zara", Role.PEER_MODERATOR, born=1990)
    words = "Words that a clinician has read and found harmless"
    post = make_post(author=asha, state=Post.State.HELD_RISK, body=words)
    decisions.move_down(RiskPost.objects.get(pk=post.pk), by=lee, content_hash=post.content_hash)
    assert QueuedPost.objects.visible_to(grown).filter(pk=post.pk).exists()
    assert not QueuedPost.objects.visible_to(young).filter(pk=post.pk).exists()
    client = Client()
    client.force_login(young)
    assert words[:20] not in client.get("/queue/").content.decode()
    for address in (f"/queue/{post.public_id}/", f"/risk/{post.public_id}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/queue/{post.public_id}/claim/").status_code == 404


def test_a_few_are_said_as_they_are_and_many_as_a_share() -> None:
    few = Load(shifts=2, hours=16, pages=3, judged=3, not_needed=2)
    assert (few.per_shift(), few.false_share()) == ("3 in 2 shifts", "2 of 3, too few to say more")
    many = Load(shifts=20, hours=160, pages=30, judged=40, not_needed=6)
    assert (many.per_shift(), many.false_share()) == ("1.5", "15% (6 of 40)")
    none = Load(shifts=0, hours=0, pages=0, judged=0, not_needed=0)
    assert (none.per_shift(), none.false_share()) == ("no shift yet", "none judged yet")
    assert none.few_shifts, "set as words"
    assert none.few_judged


def test_the_board_counts_pages_hours_and_what_was_not_needed(asha: Membership, lee: User) -> None:
    now = clock.now()
    begun, ends = now - dt.timedelta(hours=2), now + dt.timedelta(hours=6)
    OnCallShift.objects.create(group=asha.group, user=lee, from_at=begun, until_at=ends, state="on", started_at=begun)
    make_duty(group=asha.group, user=lee)
    emit(PostHeldForRisk(make_post(author=asha, state=Post.State.HELD_RISK), "red"))
    worry = Escalation.objects.get()
    escalations.acknowledge(worry, by=lee, how="sign_in")
    escalations.resolve(worry, by=lee, outcome="not_needed", told="Nobody", words="A song.", was_needed=True)
    found = load.over(lee, load.WEEK)
    assert (found.shifts, found.pages, found.judged, found.not_needed) == (1, 1, 1, 1)
    assert found.hours == pytest.approx(2, abs=0.1)
    (one,) = load.latest(lee)
    assert (one.pages, round(one.hours)) == (1, 2)
    client = Client()
    client.force_login(lee)
    page = client.get("/escalations/").content.decode()
    assert "1 of 1, too few to say more" in page
    assert "The last 90 days" in page


def test_the_latest_shifts_cost_two_queries(asha: Membership, lee: User, django_assert_max_num_queries) -> None:
    now = clock.now()
    for days in range(1, 8):
        begun = now - dt.timedelta(days=days)
        OnCallShift.objects.create(
            group=asha.group, user=lee, from_at=begun, until_at=begun + dt.timedelta(hours=8), started_at=begun
        )
    with django_assert_max_num_queries(3):
        assert len(load.latest(lee)) == 7


def test_passing_on_rings_the_next_person_and_keeps_the_owner_until_they_say_yes(asha: Membership, lee: User) -> None:
    make_duty(group=asha.group, user=lee)
    may = staff(asha, "May", Role.CLINICIAN)
    emit(PostHeldForRisk(make_post(author=asha, state=Post.State.HELD_RISK), "red"))
    worry = Escalation.objects.get()
    escalations.acknowledge(worry, by=lee, how="key")
    escalations.pass_on(worry, by=lee)
    worry.refresh_from_db()
    assert (worry.state, worry.owner) == ("paging", lee)
    assert EscalationStep.objects.filter(user=may, state="fired").exists()
    escalations.acknowledge(worry, by=may, how="key")
    worry.refresh_from_db()
    assert worry.owner == may

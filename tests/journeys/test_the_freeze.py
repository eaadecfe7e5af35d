"""The freeze: one press stops a group, and it comes back step by step, by two people, and everybody hears (P10, H13)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from moderation.models import GroupPause
from notifications import outbox
from notifications.models import Delivery, Duty, Notification
from peer import clock
from peer.actions import talk
from peer.models import Membership, Post, SupportGroup, User
from peer.roles import Role
from tests.make import make_duty, make_member, make_open_group, make_phone, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    place = make_member(group=group, name="Asha")
    make_phone(person=place.person)
    return place


def named(group: SupportGroup, name: str) -> User:
    return User.objects.get(memberships__pseudonym=name, memberships__group=group)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(group: SupportGroup, what: str, by: User) -> int:
    return signed_in(by).post(f"/pause/{group.public_id}/{what}/", {"reason": "We talked about it."}).status_code


def page(by: User, group: SupportGroup) -> str:
    return " ".join(signed_in(by).get(group.get_absolute_url()).content.decode().split())


def told(version: str) -> set[int]:
    pause = GroupPause.objects.latest("pk")
    rows = Notification.objects.filter(event_key=f"grouppause:{pause.pk}:{version}")
    return set(rows.values_list("recipient", flat=True))


def test_the_freeze_from_the_press_to_the_last_word(group: SupportGroup, asha: Membership) -> None:
    mo, lee = named(group, "Mo"), named(group, "Dr Lee")
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    post = talk.start_thread(group, by=asha.user, title="Hello", body="I drew a cat today.")

    assert press(group, "pause", mo) == 302  # given: a moderator, on a phone
    pause = GroupPause.objects.get(group=group)
    assert (pause.state, pause.owner_role) == ("paused", Role.CLINICIAN)
    assert pause.due_at - clock.now() <= dt.timedelta(hours=24)  # nothing rests without an owner and a time
    assert "This group is paused for now" in page(asha.user, group)
    sent = signed_in(asha.user).post(
        f"/groups/{group.public_id}/write/", {"title": "Now", "body": "Is it me?", "send": "1"}
    )
    assert sent.status_code in {404, 422} or not Post.objects.filter(state="pending", body="Is it me?").exists()
    assert signed_in(mo).get(f"/queue/{post.public_id}/").status_code == 404  # nobody reads for showing
    assert not Notification.objects.exists()  # the press itself tells nobody

    assert press(group, "reopen", lee) == 422  # not in one step
    assert press(group, "read", mo) == 404  # and not by a moderator
    assert press(group, "read", sam) == 302
    assert "You can read again now" in page(asha.user, group)
    people = set(group.memberships.filter(state="active").values_list("person", flat=True))
    assert told("reading") == people  # everybody hears that there is news
    assert talk_is_closed(group, asha)
    assert press(group, "reopen", sam) == 422  # not the same person twice
    assert press(group, "reopen", make_user(roles=(Role.SERVICE_MANAGER,))) == 422  # and not without a clinician
    assert press(group, "reopen", lee) == 302
    assert told("over") == people
    assert "You can read again now" not in page(asha.user, group)
    pause.refresh_from_db()
    assert (pause.state, pause.read_by, pause.open_by, pause.due_at) == ("over", sam, lee, None)
    assert talk.start_thread(group, by=asha.user, title="Back", body="I am glad to be back.").state == "pending"
    for row in Delivery.objects.filter(notification__purpose="look_in"):
        assert group.title not in (row.body or "")
        assert "pause" not in (row.body or "").lower()  # harmless in a stranger's hand


def talk_is_closed(group: SupportGroup, place: Membership) -> bool:
    from peer.states import RuleBroken

    try:
        talk.start_thread(group, by=place.user, title="Now", body="Can I?")
    except RuleBroken:
        return True
    return False


def test_a_group_that_reads_again_is_paused_again_and_begins_at_the_first_step(group: SupportGroup) -> None:
    mo, lee = named(group, "Mo"), named(group, "Dr Lee")
    press(group, "pause", mo)
    press(group, "read", lee)
    assert press(group, "pause", mo) == 302
    assert [row.state for row in GroupPause.objects.order_by("pk")] == ["over", "paused"]
    group.refresh_from_db()
    assert group.state == "frozen"
    assert press(group, "reopen", make_member(group=group, role=Role.CLINICIAN, name="Dr May").user) == 422


def test_it_opens_to_nobody_while_nobody_is_on_call(group: SupportGroup) -> None:
    lee = named(group, "Dr Lee")
    press(group, "pause", lee)
    press(group, "read", lee)
    group.duties.all().delete()
    may = make_member(group=group, role=Role.CLINICIAN, name="Dr May").user
    assert press(group, "reopen", may) == 422
    make_duty(group=group, user=may)
    assert press(group, "reopen", may) == 302


def test_p10_a_message_about_a_place_that_is_claimed_already_waits_for_the_pause_to_end(
    group: SupportGroup, asha: Membership
) -> None:
    from peer.events import emit
    from peer.news import MembershipConfirmed

    new = make_member(group=group, name="Fern")
    make_phone(person=new.person)
    emit(MembershipConfirmed(new))
    token = outbox.claim(duties=(Duty.CODE,), most=9)
    assert token
    press(group, "pause", named(group, "Dr Lee"))
    assert outbox.begin(token) == []  # asked right before the socket
    row = Delivery.objects.get(notification__recipient=new.person)
    assert row.state == "pending"
    SupportGroup.objects.filter(pk=group.pk).update(state="open")
    with clock.at(row.not_before_at + dt.timedelta(seconds=1)):
        assert len(outbox.begin(outbox.claim(duties=(Duty.CODE,), most=9))) == 1

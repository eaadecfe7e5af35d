"""M7: a page that was open when a role or a place ended: the next press does nothing, and the page was never there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from peer import clock, grants
from peer.actions import groups
from peer.models import HelloCall, Membership, MembershipRole, Post, ServiceRole, SupportGroup, User
from peer.roles import Role
from tests.journeys.test_story_b_moderation import of_age, reads, signed_in, writes
from tests.make import make_group, make_member, make_open_group, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    return make_member(group=group, user=make_user(person=make_person(given_name="Asha")), name="Fern")


def change_role(user: User) -> None:
    """End what somebody was in the group, and let them be a member like the others."""
    held = Membership.objects.get(user=user)
    MembershipRole.objects.filter(membership=held).update(until_at=clock.now())
    MembershipRole.objects.create(membership=held, role=Role.YOUNG_PERSON, from_at=clock.now())
    grants.sync(held)


def end_role(user: User) -> None:
    held = Membership.objects.get(user=user)
    MembershipRole.objects.filter(membership=held).update(until_at=clock.now())
    grants.sync(held)


def leave(user: User) -> None:
    groups.leave(Membership.objects.get(user=user), by=user)


def close_account(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("change", [change_role, end_role, close_account])
def test_a_moderator_with_a_post_open_can_neither_decide_nor_read_it_any_more(
    group: SupportGroup, asha: Membership, change: Callable[[User], None]
) -> None:
    momo = of_age(group, "Momo", 17, Role.PEER_MODERATOR)
    client = signed_in(momo)
    post = writes(asha, "My cat is called Toffee.")
    assert "Toffee" in reads(client, post)
    change(momo)
    post.refresh_from_db()
    here = {"content_hash": post.content_hash}
    pressed = client.post(f"/queue/{post.public_id}/approve/", here)
    post.refresh_from_db()
    assert post.state == "pending"
    assert pressed.status_code in {302, 404, 409}  # who had it in hand hears that it is not theirs now
    assert "Toffee" not in pressed.content.decode()
    for address in (f"/queue/{post.public_id}/", "/queue/"):
        assert "Toffee" not in client.get(address, follow=True).content.decode()


@pytest.mark.parametrize("change", [end_role, leave, close_account])
def test_a_member_with_the_box_open_posts_nothing_after_the_place_has_ended(
    group: SupportGroup, asha: Membership, change: Callable[[User], None]
) -> None:
    assert asha.user
    client = signed_in(asha.user)
    box = f"{group.get_absolute_url()}write/"
    assert client.get(box).status_code == 200
    change(asha.user)
    pressed = client.post(box, {"title": "Hello", "body": "Is anybody there?", "send": "1"})
    assert pressed.status_code in {302, 404}
    assert "Is anybody there?" not in client.get(group.get_absolute_url(), follow=True).content.decode()
    assert not Post.objects.exists()


def test_a_clinician_with_a_hello_call_open_confirms_nobody_after_the_role_has_ended() -> None:
    lee = make_user(name="Dr Lee", roles=(Role.CLINICIAN,))
    client = signed_in(lee)
    waiting = Membership.objects.create(group=make_group(), person=make_person(born_on=dt.date(2011, 5, 1)))
    call = HelloCall.objects.create(membership=waiting, owner_role=Role.CLINICIAN, due_at=clock.now())
    assert client.get(call.get_absolute_url()).status_code == 200
    ServiceRole.objects.filter(user=lee).update(until_at=clock.now())
    form = {"outcome": "not_now", "safe_ways": "Text first."}
    pressed, never = client.post(call.get_absolute_url(), form), client.post("/staff/hello/Zq7-notThere_0x/", form)
    assert (pressed.status_code, never.status_code) == (404, 404)
    call.refresh_from_db()
    assert call.state == "due"


def test_somebody_whose_role_has_changed_goes_on_as_what_they_are_now(group: SupportGroup, asha: Membership) -> None:
    momo = of_age(group, "Momo", 17, Role.PEER_MODERATOR)
    client = signed_in(momo)
    assert client.get("/queue/").status_code == 200
    change_role(momo)
    assert client.get(group.get_absolute_url()).status_code == 200
    assert client.get("/queue/").status_code == 404
    assert set(grants.all_roles(momo)) == {Role.YOUNG_PERSON}

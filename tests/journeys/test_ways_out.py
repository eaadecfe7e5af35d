"""The ways out of a group by the pages alone: help starts (U12), somebody is asked to leave (M5), somebody dies (U6)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Delivery
from peer import clock
from peer.models import AftermathTask, Membership, MembershipDecision, Post, SupportGroup, User
from peer.roles import Role
from peer.sweeps.places import look_after_places
from tests.make import make_member, make_open_group, make_person, make_phone, make_user, make_wait

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
def asha(group: SupportGroup) -> Membership:
    person = make_person(given_name="Asha")
    make_wait(person=person)
    make_phone(person=person)
    return make_member(group=group, user=make_user(person=person), name="Fern")


def signed_in(user: User | None) -> Client:
    assert user
    client = Client()
    client.force_login(user)
    return client


def clinician(name: str) -> Client:
    user = User.objects.get(memberships__pseudonym=name)
    user.service_roles.create(role=Role.CLINICIAN)
    return signed_in(user)


def read(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_u12_help_starts_a_goodbye_is_read_and_six_weeks_later_the_page_is_honest(group, asha) -> None:
    """U12: told, a goodbye that the others read, one's own words to keep, then "You left"; the others read a word of it."""
    kim, member = signed_in(make_user(roles=(Role.CO_ORDINATOR,))), signed_in(asha.user)
    other = signed_in(make_member(group=group, name="Comet").user)
    entry = asha.person.referrals.get().entry
    assert kim.post(f"/staff/waiting/places/{entry.public_id}/start/").status_code == 302
    assert "there is something new for you" in str(Delivery.objects.filter(channel="sms").last().body)
    home = group.get_absolute_url()
    assert "Your help has started" in read(member, home)
    assert member.post(f"{home}moving-on/", {"body": "You made waiting lighter."}).status_code == 302
    post = Post.objects.get()
    assert "lighter" not in read(other, home)
    post.move_to(Post.State.APPROVED, approved_hash=post.content_hash, decided_at=clock.now(), due_at=None)
    assert "Goodbye from Fern" in read(other, home)

    for days in (35, 42):
        with clock.at(NOON + dt.timedelta(days=days, minutes=1)):
            look_after_places()
    with clock.at(NOON + dt.timedelta(days=43)):
        page = read(member, home)
        assert "You left Lantern on 30 December" in page
        assert "Read and keep what you wrote" in page
        assert "You made waiting lighter." in read(member, f"{home}my-words/")
        assert "Goodbye from Fern" in read(other, home)
        assert "Somebody here has moved on" in read(other, home)
        assert member.get(post.thread.get_absolute_url()).status_code == 404


def test_m5_out_of_every_group_and_back_after_a_second_look(group, asha) -> None:
    """M5: two people decide, the page says why, a third looks again, and every right is back with the next request."""
    lee, sam = clinician("Dr Lee"), signed_in(make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)))
    member, home = signed_in(asha.user), group.get_absolute_url()
    asked = {"kind": "ban", "reason": "You told a school.", "note": "Twice."}
    assert lee.post(f"/staff/places/{asha.public_id}/end/", asked).status_code == 302
    assert member.get(f"{home}write/").status_code == 200
    decision = MembershipDecision.objects.get()
    assert sam.post(f"/staff/places/decisions/{decision.public_id}/agree/").status_code == 302
    assert "You told a school." in read(member, home)
    assert member.post(f"{home}write/", {"title": "Hi", "body": "Still here", "send": "1"}).status_code in {403, 404}
    assert member.post(f"{home}appeal/", {"words": "Somebody used my phone."}).status_code == 302
    nia = signed_in(make_user(name="Nia", roles=(Role.SAFEGUARDING_LEAD,)))
    answer = {"outcome": "overturn", "answer": "We believe you."}
    assert nia.post(f"/staff/appeals/{decision.appeal.public_id}/", answer).status_code == 302
    assert "We believe you." in read(member, home)
    assert member.get(f"{home}write/").status_code == 200


def test_u6_somebody_dies_and_nobody_in_the_group_is_left_alone_with_it(group, asha) -> None:
    """U6: written down once, the group rests, each person has somebody, it is told, and only then opens again."""
    lee, other = clinician("Dr Lee"), signed_in(make_member(group=group, name="Comet").user)
    told = {"died_on": "2026-11-17", "known_how": "Her mother rang.", "sure": "yes"}
    assert lee.post(f"/staff/people/{asha.person.public_id}/died/", told).status_code == 302
    assert "paused for now" in read(other, group.get_absolute_url())
    page = read(lee, "/staff/after-a-death/")
    assert "Tell Lantern" in page
    assert "Look in on Comet" in page

    read_again = reverse("freezes-change", args=[group.public_id, "read"])
    assert lee.post(read_again, {"reason": "Ready."}).status_code == 422
    tell = AftermathTask.objects.get(kind="tell_group")
    assert lee.post(tell.get_absolute_url(), {"note": "Rang each of them."}).status_code == 302
    assert lee.post(read_again, {"reason": "Ready."}).status_code == 302
    group.refresh_from_db()
    assert group.state == "reading"
    assert AftermathTask.objects.open().filter(kind="check_in").exists()

"""A group's page: what it says about a pause is what happens (safety P1, P10)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moderation.actions import decisions
from peer import clock
from peer.actions import talk
from peer.models import JoinRequest, Membership, Post, SupportGroup, User
from tests.make import make_member, make_open_group, make_person, make_user

pytestmark = pytest.mark.django_db
SIGNING_IN = ('"django_session"', '"peer_user"."id" =', "SAVEPOINT")  # left out of the budget (decision 34)


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    return make_member(group=group, user=make_user(person=make_person(given_name="Asha")), name="Fern")


@pytest.fixture
def shown(group: SupportGroup) -> Post:
    """Have somebody else write what is shown, then pause the group."""
    author = make_member(group=group, name="Comet")
    author.posts_approved = 9
    author.save()
    post = talk.start_thread(group, by=author.user, title="Gnomes", body="All the gnomes have hats.")
    decisions.approve(post, by=clinician(), content_hash=post.content_hash)
    SupportGroup.objects.update(state="frozen")
    return post


def clinician() -> User:
    return User.objects.get(memberships__pseudonym="Dr Lee")


def page(user: User | None, address: str) -> str:
    assert user
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_a_paused_group_promises_no_reading_and_no_hour(asha: Membership, shown: Post) -> None:
    html = page(asha.user, asha.group.get_absolute_url())
    assert "nobody in it can read or write" in html
    assert "You can read" not in html
    assert "You can write again" not in html
    assert "Gnomes" not in html


def test_whoever_is_in_a_group_is_asked_for_nothing_else_and_sees_what_else_there_is(asha: Membership) -> None:
    with CaptureQueriesContext(connection) as settled:
        page(asha.user, "/groups/")
    for number, state in enumerate(("left", "confirmed")):
        other = make_member(group=make_open_group(title=f"Lantern {number}"), user=asha.user, name="Fern")
        Membership.objects.filter(pk=other.pk).update(state=state)
    JoinRequest.objects.create(
        person=asha.person, group=make_open_group(title="Harbour"), owner_role="co_ordinator", due_at=clock.now()
    )
    to_find = make_open_group(title="Otters")
    SupportGroup.objects.filter(pk=to_find.pk).update(listed=True, eligibility="asked", age_from=11, age_to=25)
    with CaptureQueriesContext(connection) as more:
        html = page(asha.user, "/groups/")
    assert "You left Lantern 0" in html
    assert "Lantern 1" in html
    assert "You asked to join" in html
    assert "Groups you could join" in html
    assert "Otters" in html
    assert len(more) == len(settled) + 3


def test_words_can_be_kept_for_later_in_a_paused_group(asha: Membership, shown: Post) -> None:
    address = asha.group.get_absolute_url()
    assert "Write for later" in page(asha.user, address)
    client = Client()
    client.force_login(asha.user)
    client.post(f"{address}write/", {"title": "Later", "body": "I kept this.", "keep": "1"})
    assert Post.objects.get(author=asha).state == "draft"


def test_the_list_of_groups_says_paused_and_nothing_of_opening(asha: Membership, shown: Post) -> None:
    html = page(asha.user, "/groups/")
    assert "Paused for now" in html
    assert "Open for reading" not in html
    assert "Writing opens" not in html


def test_the_clinician_on_call_still_reads_a_paused_group(shown: Post) -> None:
    assert "Gnomes" in page(clinician(), shown.support_group.get_absolute_url())


def test_a_post_that_waits_in_a_paused_group_promises_no_hour(asha: Membership) -> None:
    post = talk.start_thread(asha.group, by=asha.user, title="Hello", body="hi")
    SupportGroup.objects.update(state="frozen")
    html = page(asha.user, f"/my-posts/{post.public_id}/")
    assert "somebody reads it when the group is back" in html
    assert "at the latest" not in html


def test_a_group_that_is_only_closed_can_be_read(asha: Membership, shown: Post) -> None:
    SupportGroup.objects.update(state="open")
    asha.group.duties.all().delete()
    html = page(asha.user, asha.group.get_absolute_url())
    assert "You can read, and you can keep words for later" in html
    assert "Gnomes" in html


def test_my_groups_and_one_group_ask_six_questions_at_most_whatever_there_is_to_join(group: SupportGroup) -> None:
    for number in range(3):
        make_open_group(title=f"Beacon {number}")
    SupportGroup.objects.update(listed=True, eligibility="asked")
    client = Client()
    client.force_login(make_member(group=group, name="Tide").user)
    for address in ("/groups/", group.get_absolute_url()):
        with CaptureQueriesContext(connection) as said:
            html = client.get(address).content.decode()
        own = [row["sql"] for row in said if not any(mark in row["sql"] for mark in SIGNING_IN)]
        assert len(own) <= 6, [sql[:90] for sql in own]
        assert ("Beacon 2" in html) is (address == "/groups/")

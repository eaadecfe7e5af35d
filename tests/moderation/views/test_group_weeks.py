"""The page of whoever administers a group: hours, cover and its gaps, numbers, and no word that anybody wrote (S115)."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.urls import reverse

from peer.models import Membership, Post, SupportGroup, Thread
from peer.roles import Role
from tests.make import make_group, make_member, make_open_group, make_person, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(client: Client) -> SupportGroup:
    """Make a group with an approved post, and sign in whoever administers it."""
    group = make_open_group()
    make_post(author=make_member(group=group, name="Fern"), body="The owl came back.", state=Post.State.APPROVED)
    gwen = make_user(name="Gwen", person=make_person(kind="staff", given_name="Gwen"))
    make_member(group=group, user=gwen, role=Role.GROUP_ADMINISTRATOR, name="Gwen")
    client.force_login(gwen)
    return group


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_home_leads_to_the_hours_the_people_and_the_gaps(client: Client, group: SupportGroup) -> None:
    address = reverse("groups-week", args=[group.public_id])
    assert f'href="{address}"' in page(client, reverse("home"))
    words = page(client, address)
    assert "Writing is open from 12am to 11:59pm." in words
    assert "nobody is on call." in words  # a duty without a rota behind it is a gap of the rota
    assert all(name in words for name in ("Mo", "Ben", "Dr Lee"))


def test_a_count_under_five_is_not_shown_and_five_is(client: Client, group: SupportGroup) -> None:
    address = reverse("groups-week", args=[group.public_id])
    assert '<p class="stat-figure">under 5</p><p class="stat-text">people are in it</p>' in page(client, address)
    for number in range(4):
        make_member(group=group, name=f"Moss {number}")
    assert '<p class="stat-figure">5</p><p class="stat-text">people are in it</p>' in page(client, address)


def test_neither_names_nor_words_of_those_who_come_are_there_for_them(client: Client, group: SupportGroup) -> None:
    post = Post.objects.get()
    gwen = Membership.objects.get(pseudonym="Gwen").user
    for address in (reverse("home"), reverse("groups-week", args=[group.public_id])):
        words = page(client, address)
        assert [told for told in ("Fern", "The owl came back.") if told in words] == []
    assert not Post.objects.visible_to(gwen).exists()
    assert not Thread.objects.visible_to(gwen).exists()
    closed = [group.get_absolute_url(), reverse("talk-new", args=[group.public_id]), post.thread.get_absolute_url()]
    assert {client.get(address).status_code for address in closed} == {404}


def test_another_group_was_never_there(client: Client, group: SupportGroup) -> None:
    other = client.get(reverse("groups-week", args=[make_group(title="Other").public_id]))
    nothing = client.get(reverse("groups-week", args=["Zq7-notThere_0x"]))
    assert (other.status_code, other.content) == (404, nothing.content)

"""The header shows each person the pages that they may open, for one query."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cms import nav
from peer.models import Membership, ServiceRole, User
from peer.roles import Role
from tests.make import make_group, make_person, make_user

pytestmark = pytest.mark.django_db


def titles(user: User) -> set[str]:
    return {str(entry["title"]) for entry in nav.entries_for(nav.roles_of(user))}


def test_without_a_role_there_is_only_what_is_one_s_own() -> None:
    assert titles(User.objects.create_user("omar")) == {"Home", "Messages to you", "Signing in", "Your data"}


def test_on_the_way_into_a_group_its_way_on_is_in_sight() -> None:
    joining = make_person()
    omar = make_user(person=joining)
    Membership.objects.create(group=make_group(), person=joining, user=omar)
    assert titles(omar) == {"Home", "Your groups", "Messages to you", "Signing in", "Your data"}


@pytest.mark.parametrize("entry", nav.ENTRIES, ids=lambda entry: entry.route)
def test_every_entry_leads_to_a_page(entry: nav.Entry) -> None:
    assert reverse(entry.route)


def test_a_role_brings_its_pages_and_no_others(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    kim = User.objects.create_user("kim")
    ServiceRole.objects.create(user=kim, role=Role.CO_ORDINATOR)
    with django_assert_num_queries(1):
        shown = titles(kim)
    assert "Feedback" in shown or "Waiting list" in shown
    assert "Worrying posts" not in shown


def test_many_pages_stand_under_more(client: Client, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    kim = User.objects.create_user("kim")
    for role in Role:
        ServiceRole.objects.create(user=kim, role=role)
    client.force_login(kim)
    html = client.get("/style/").content.decode()
    assert html.count("<summary>More</summary>") == 1


def test_people_who_are_not_signed_in_get_no_session(client: Client, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    assert client.get("/style/").cookies == {}

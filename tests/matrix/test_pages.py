"""Who may open a page of staff: without a role for it, in the service or in any group, it was never there (404)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cms import nav
from peer.models import User
from peer.roles import Perm, Role, rules
from tests.make import make_group, make_member, make_user

pytestmark = pytest.mark.django_db

NOT_IN_THE_HEADER = {
    "queue-rest": Perm.READ_QUEUE,
    "freezes-list": Perm.FREEZE_GROUP,
    "imports-index": Perm.IMPORT_WAITING_LIST,
    "imports-changes": Perm.IMPORT_WAITING_LIST,
}
OF_ONE_S_OWN = {"groups-index"}  # open to everybody: the way into a group begins there
PAGES = {
    entry.route: entry.perm for entry in nav.ENTRIES if entry.perm and entry.route not in OF_ONE_S_OWN
} | NOT_IN_THE_HEADER
WATCHING = {"queue-list", "queue-rest", "risk-list", "escalations-list", "freezes-list", "shifts-mine"}
IN_SERVICE = {Role.CO_ORDINATOR, Role.SERVICE_MANAGER, Role.EDITOR, Role.YOUNG_EDITOR}


def somebody(role: Role | None) -> User:
    """Make an account with one role: in a group, or in the whole service."""
    if role is None or role in IN_SERVICE:
        return make_user(roles=(role,) if role else ())
    user = make_member(group=make_group(), role=role).user
    assert user is not None
    return user


@pytest.mark.parametrize("route", PAGES)
@pytest.mark.parametrize("role", [None, Role.YOUNG_PERSON, Role.PARENT_CARER])
def test_pages_of_staff_are_a_404_to_members_parents_and_outsiders(
    client: Client, role: Role | None, route: str
) -> None:
    client.force_login(somebody(role))
    assert client.get(reverse(route)).status_code == 404


@pytest.mark.parametrize("route", sorted(WATCHING))
@pytest.mark.parametrize("role", Role)
def test_pages_of_those_who_watch_open_by_the_table(client: Client, role: Role, route: str) -> None:
    client.force_login(somebody(role))
    may = role in rules()[PAGES[route]].may
    assert client.get(reverse(route)).status_code == (200 if may else 404)


def test_somebody_who_reads_no_posts_has_none_to_put_down(client: Client) -> None:
    client.force_login(somebody(Role.YOUNG_PERSON))
    assert client.post(reverse("queue-break")).status_code == 404


def test_a_safeguarding_lead_sees_the_clocks(client: Client) -> None:
    client.force_login(make_user(roles=(Role.SAFEGUARDING_LEAD,)))
    assert client.get(reverse("escalations-list")).status_code == 200

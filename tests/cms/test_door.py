"""The editing rooms: nothing is there for anybody without the right; editors come in with the rights of today."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cms import editors
from cms.models import HomePage
from cms.site import load_site
from peer import clock
from peer.models import User
from peer.roles import Role
from tests.make import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(site_tree: None) -> HomePage:
    return load_site()


def rooms() -> list[str]:
    """Every address below /admin/ of Wagtail that needs no argument."""
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for pattern in patterns:
            path = prefix + str(pattern.pattern).replace("^", "").replace("$", "")
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, path)
            elif path.startswith("admin/") and not set(path) & set("<(\\["):
                found.append("/" + path)

    walk(get_resolver().url_patterns, "")
    return sorted(set(found))


def test_every_room_is_a_404_to_a_visitor(client: Client) -> None:
    assert len(rooms()) > 40
    open_doors = {room: status for room in rooms() if (status := client.get(room).status_code) != 404}
    assert open_doors == {}


@pytest.mark.parametrize("role", [None, Role.YOUNG_PERSON, Role.CLINICIAN, Role.CO_ORDINATOR])
def test_the_rooms_are_a_404_to_people_who_do_not_edit(client: Client, role: Role | None) -> None:
    client.force_login(make_user(roles=(role,) if role else ()))
    for room in ("/admin/", "/admin/pages/", "/admin/api/main/pages/", "/admin/reports/site-history/"):
        assert client.get(room).status_code == 404


def test_an_editor_comes_in_under_a_looser_policy_and_public_pages_stay_strict(home: HomePage, client: Client) -> None:
    client.force_login(make_user(roles=(Role.EDITOR,)))
    inside = client.get("/admin/")
    assert inside.status_code == 200
    assert "'unsafe-inline'" in inside["Content-Security-Policy"]
    outside = client.get("/")
    assert "'unsafe-inline'" not in outside["Content-Security-Policy"]
    assert "wagtail-userbar" not in outside.content.decode()


def test_an_ended_role_ends_the_rights_at_the_next_page(home: HomePage, client: Client) -> None:
    eve = make_user(roles=(Role.EDITOR,))
    client.force_login(eve)
    assert client.get("/admin/").status_code == 200
    assert eve.groups.filter(name=editors.EDITORS).exists()
    eve.service_roles.update(until_at=clock.now())
    assert client.get("/admin/").status_code == 404
    assert not eve.groups.exists()


def test_a_young_editor_drafts_and_does_not_publish(home: HomePage, client: Client) -> None:
    young, grown = make_user(roles=(Role.YOUNG_EDITOR,)), make_user(roles=(Role.EDITOR,))
    for user in (young, grown):
        assert editors.sync(user)
    young, grown = User.objects.get(pk=young.pk), User.objects.get(pk=grown.pk)
    page = home.get_children().get(slug="about")
    assert page.permissions_for_user(young).can_edit()
    assert not page.permissions_for_user(young).can_publish()
    assert page.permissions_for_user(grown).can_publish()


def test_an_editor_sees_the_reading_age_and_the_house_words_beside_the_text(home: HomePage, client: Client) -> None:
    client.force_login(make_user(roles=(Role.EDITOR,)))
    page = home.get_children().get(slug="about").specific
    page.plain_summary = "Patients are seen by the Tier 3 team."
    page.save_revision()
    form = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert f"Reading age {page.reading().age}" in form
    assert "“Patients”: say person, young person" in form
    assert "“Tier 3”: say what kind of help it is" in form


def test_pages_whose_review_is_due_stand_on_the_first_screen(home: HomePage, client: Client) -> None:
    client.force_login(make_user(roles=(Role.EDITOR,)))
    page = home.get_children().get(slug="about").specific
    page.review_on = clock.today().replace(year=2020)
    page.save_revision().publish()
    screen = client.get("/admin/").content.decode()
    assert "Please check these pages again" in screen
    assert "About Northfields" in screen

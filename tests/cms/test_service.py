"""The service's own details: a manager changes them, every page shows it, and no colour that cannot be read gets in."""

from __future__ import annotations

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cms import colours, service
from cms.models import ServiceDetails
from cms.site import load_site
from peer.models import AuditEvent, User
from peer.roles import Role
from tests.cms.test_contrast import TEXT, contrast, themes
from tests.make import make_user

PAGE = "/staff/service/"
GREEN = {"name": "Harbour House", "phone": "01632 960123", "hours": "Weekdays, 10am to 4pm", "colour": "#0b5d3b"}
HEX = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.fixture
def sam(client: Client, site_tree: None) -> User:
    load_site()
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    client.force_login(sam)
    return sam


@pytest.mark.django_db
def test_what_a_manager_changes_is_on_every_page_and_written_down(client: Client, sam: User) -> None:
    assert client.post(PAGE, GREEN | {"form_nonce": "a"}).status_code == 302
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.by_id) == ("cms.actions.site.change", sam.pk)
    client.logout()
    page = client.get("/about/").content.decode()
    assert "– Harbour House</title>" in page
    assert 'href="tel:01632960123"' in page
    assert "Weekdays, 10am to 4pm" in page
    assert service.sheet_address() in page
    assert service.sheet_address() in get_template("500.html").render()


@pytest.mark.django_db
def test_the_colours_are_kept_for_a_year_at_an_address_that_changes_with_them(client: Client, sam: User) -> None:
    client.post(PAGE, GREEN)
    first = service.sheet_address()
    answer = client.get(first)
    assert answer["Content-Type"].startswith("text/css")
    assert "immutable" in answer["Cache-Control"]
    assert "--accent: #0b5d3b" in answer.content.decode()
    client.post(PAGE, GREEN | {"colour": "7A1F5C"})
    assert service.sheet_address() != first
    old = client.get(first)
    assert "no-cache" in old["Cache-Control"]
    assert "--accent: #7a1f5c" in old.content.decode()
    client.post(PAGE, GREEN | {"colour": ""})
    assert "colours/" not in client.get("/about/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "given_", "says"),
    [
        ("colour", "#ffcc00", "can’t be read well on our light pages"),
        ("colour", "red", "six letters or numbers"),
        ("colour", "#57297f; } body { display: none", "six letters or numbers"),
        ("colour_in_the_dark", "#57297f", "can’t be read well on our dark pages"),
        ("phone", "javascript:alert(1)", "numbers and gaps alone"),
        ("name", "Northfields Hospital", "Hospital"),
        ("hours", "x" * 81, "That’s too long"),
    ],
)
def test_what_is_refused_says_why_keeps_what_was_typed_and_changes_nothing(
    client: Client, sam: User, field: str, given_: str, says: str
) -> None:
    before = ServiceDetails.objects.values().get()
    answer = client.post(PAGE, GREEN | {field: given_})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert f'value="{given_}"' in page
    assert 'value="Weekdays, 10am to 4pm"' in page or field == "hours"
    assert ServiceDetails.objects.values().get() == before


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if role != Role.SERVICE_MANAGER])
def test_for_everybody_else_the_page_is_not_there(client: Client, role: Role) -> None:
    client.force_login(make_user(roles=(role,)))
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, GREEN).status_code == 404


@given(HEX)
@example("#57297f")
@example("#000000")
@example("#777777")
@settings(max_examples=200, deadline=None)
def test_every_shade_made_from_a_colour_that_is_let_in_can_be_read(colour: str) -> None:
    light, dark = colours.LIGHT, colours.DARK
    assert colours.is_readable(colours.for_the_dark(colour), dark)
    if not colours.is_readable(colour, light):
        return
    for name, theme, chosen in (("light", light, colour), ("dark", dark, colours.for_the_dark(colour))):
        tokens = themes()[name] | colours.shades(chosen, theme)
        wrong = [pair for pair in TEXT if contrast(tokens[pair[0]], tokens[pair[1]]) < 4.5]
        assert wrong == [], (name, colour)


def test_the_colours_that_chosen_ones_are_held_against_are_those_of_the_theme() -> None:
    for name, theme in (("light", colours.LIGHT), ("dark", colours.DARK)):
        tokens = themes()[name]
        assert (theme.paper, theme.on_accent) == (tokens["paper"], tokens["on-accent"])
        assert set(theme.backs) == {tokens["paper"], tokens["surface"], tokens["sunk"]}


@pytest.mark.django_db
def test_another_process_shows_the_change_within_seconds(client: Client, sam: User, settings: object) -> None:
    settings.DETAILS_KEPT_SECONDS = 0  # type: ignore[attr-defined]
    service.keep(service.kept.details)
    ServiceDetails.objects.update(name="Elsewhere")  # as another process would: no signal here
    assert "– Elsewhere</title>" in client.get(reverse("feedback-give")).content.decode()

"""The style page is for staff and the demo, and shows every component there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from peer.models import User

COMPONENTS = sorted(Path(settings.BASE_DIR, "templates/components").glob("*.html"))


@pytest.fixture
def html(client: Client, settings: object) -> str:
    settings.DEMO = True  # type: ignore[attr-defined]
    return client.get("/style/").content.decode()


@pytest.mark.django_db
def test_outsiders_get_the_page_that_never_was(client: Client) -> None:
    assert client.get("/style/").status_code == 404


@pytest.mark.django_db
def test_staff_see_it_outside_the_demo(client: Client) -> None:
    client.force_login(User.objects.create_user("kim", is_staff=True))
    assert client.get("/style/").status_code == 200


@pytest.mark.django_db
def test_every_form_field_is_labelled_and_says_what_to_change(html: str) -> None:
    assert html.count("To change:") == 7
    assert 'for="wrong_name"' in html
    assert 'aria-describedby="wrong_name_helptext wrong_name_error"' in html


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_every_component_names_its_parameters_in_its_first_line(component: Path) -> None:
    first = component.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(f"{{# {component.stem}: ")
    assert first.endswith("#}")


def test_no_template_carries_style_or_script_of_its_own() -> None:
    for template in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert "<style" not in text, template
        assert 'style="' not in text, template
        assert "|safe" not in text, template
        assert "<script>" not in text, template

"""How somebody likes to read: kept in their browser alone, and no page is another one because of it."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from cms.site import load_site

pytestmark = pytest.mark.django_db
PAGE = "/reading/"


def test_a_choice_is_kept_and_shown_again(client: Client) -> None:
    assert client.post(PAGE, {"size": "large", "space": "wide", "colours": "dark"}).status_code == 302
    assert client.cookies["reading"].value == "large.wide.dark"
    html = BeautifulSoup(client.get(PAGE).content, "html.parser")
    assert [one["value"] for one in html.select("input[checked]")] == ["large", "wide", "dark"]


def test_all_as_usual_leaves_no_cookie(client: Client) -> None:
    client.post(PAGE, {"size": "large"})
    client.post(PAGE, {"size": "", "space": "", "colours": ""})
    assert client.cookies["reading"].value == ""


@pytest.mark.parametrize("kept", ["<script>", "huge.dark.", "." * 5000, "wide.wide"])
def test_a_cookie_that_is_not_ours_is_as_usual(client: Client, kept: str) -> None:
    client.cookies["reading"] = kept
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().replace("<script src", "")


def test_what_is_not_on_the_list_is_refused_and_changes_nothing(client: Client) -> None:
    client.post(PAGE, {"size": "large"})
    assert client.post(PAGE, {"size": "<b>", "space": "wide"}).status_code == 422
    assert client.cookies["reading"].value == "large"


def test_a_page_is_the_same_with_the_cookie_and_without(client: Client, site_tree: None) -> None:
    load_site()
    without = client.get("/about/").content
    client.cookies["reading"] = "larger.wide.dark"
    answer = client.get("/about/")
    assert answer.content == without
    assert not answer.cookies

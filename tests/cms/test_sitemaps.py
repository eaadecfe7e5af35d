"""What search engines and feed readers find is public, a page that moved leads on, and nobody's own page is named."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction, Site

from cms.models import HomePage, NewsPage, SectionPage
from peer.actions import feedback
from peer.gate import SERVICE
from tests.cms.directory import make_service

pytestmark = pytest.mark.django_db
GIVEN = {"plain_summary": "A page.", "review_on": dt.date(2099, 1, 1)}


@pytest.fixture
def home(site_tree: None) -> HomePage:
    start = HomePage(title="Start", slug="start", lead="Waiting is hard.", **GIVEN)
    Page.get_first_root_node().add_child(instance=start)
    Site.objects.update(root_page=start, hostname="testserver", port=80)
    Site.clear_site_root_paths_cache()
    return HomePage.objects.get(pk=start.pk)


def make_page(parent: Page, slug: str, **facts: object) -> NewsPage:
    page = NewsPage(title=slug, slug=slug, **(GIVEN | facts))
    parent.add_child(instance=page)
    return page


def addresses(client: Client) -> list[str]:
    return re.findall(r"<loc>http://[^/]+(/[^<]*)</loc>", client.get("/sitemap.xml").content.decode())


def test_the_sitemap_names_live_public_pages_and_services_and_nothing_else(home: HomePage, client: Client) -> None:
    make_page(home, "seen")
    make_page(home, "draft", live=False)
    closed = make_page(home, "closed")
    PageViewRestriction.objects.create(page=closed, restriction_type="login")
    shown = make_service(name="Kite")
    make_service(name="Draft", live=False)
    make_service(name="Ended", status="defunct")
    feedback.give(SERVICE, by=feedback.VISITOR, said=feedback.Said(works="The texts."), nonce="n", sender="s")
    assert set(addresses(client)) == {"/", "/seen/", shown.get_absolute_url()}


def test_the_feed_names_live_public_news_alone(home: HomePage, client: Client) -> None:
    make_page(home, "seen")
    make_page(home, "draft", live=False)
    PageViewRestriction.objects.create(page=make_page(home, "closed"), restriction_type="login")
    said = client.get("/news.xml").content.decode()
    assert re.findall(r"<id>[^<]*/([\w-]+)/</id>", said) == ["seen"]


@pytest.mark.parametrize("own", ["/feedback/", "/directory/told/", "/account/", "/search/"])
def test_robots_leave_alone_what_is_somebodys(client: Client, own: str) -> None:
    assert f"Disallow: {own}\n" in client.get("/robots.txt").content.decode()


def test_a_page_that_moved_leads_on_with_everything_below_it(home: HomePage, client: Client) -> None:
    shelf = SectionPage(title="Shelf", slug="shelf", **GIVEN)
    home.add_child(instance=shelf)
    page = make_page(home, "old")
    make_page(page, "below")
    page.move(shelf, "last-child")
    for old, new in (("/old/", "/shelf/old/"), ("/old/below/", "/shelf/old/below/")):
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, new)
        assert client.get(new).status_code == 200


def renamed(page: NewsPage, capture: Any) -> None:
    """Give a page another address, as publishing does."""
    page.slug = "new"
    with capture(execute=True):
        page.save_revision().publish()


def test_a_page_with_another_address_leads_on(
    home: HomePage, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    renamed(make_page(home, "old"), django_capture_on_commit_callbacks)
    assert client.get("/old/")["Location"] == "/new/"


def test_what_a_closed_page_says_is_behind_no_redirect(
    home: HomePage, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    page = make_page(home, "old", plain_summary="Only for us.")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    renamed(page, django_capture_on_commit_callbacks)
    answer = client.get("/old/", follow=True)
    assert answer.redirect_chain[0] == ("/new/", 301)
    assert b"Only for us." not in answer.content


def test_nothing_of_it_needs_an_account_or_sets_a_cookie(home: HomePage, client: Client) -> None:
    for name in ("sitemap", "news-feed", "robots", "search"):
        answer = client.get(reverse(name))
        assert (answer.status_code, dict(answer.cookies)) == (200, {}), name

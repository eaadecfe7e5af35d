"""The example site: whole, plain, the same after a second run, and nothing on it calls another host."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from wagtail.models import Page, Site

from cms.models import HomePage, ServiceDetails
from cms.models.base import PlainLanguagePage
from cms.site import load_site
from peer.readability import AIM

pytestmark = pytest.mark.django_db

LEAVING = re.compile(r'(?:href|src|action)="(https?:)?//([^/"]+)')
QUICK_EXIT = "www.bbc.co.uk"


@pytest.fixture
def home(site_tree: None) -> HomePage:
    return load_site()


def pages(home: HomePage) -> list[PlainLanguagePage]:
    return [page.specific for page in Page.objects.descendant_of(home, inclusive=True)]


def test_every_page_can_be_read_at_eleven_and_uses_our_words(home: HomePage) -> None:
    readings = {page.title: page.reading() for page in pages(home)}
    assert {title: reading.age for title, reading in readings.items() if not reading.is_plain} == {}
    assert {title: reading.hints for title, reading in readings.items() if reading.hints} == {}
    assert sum(reading.age is not None and reading.age <= AIM for reading in readings.values()) >= 14


def test_every_page_opens_signed_out_sets_no_cookie_and_leads_to_no_other_host(home: HomePage, client: Client) -> None:
    for page in pages(home):
        answer = client.get(page.url)
        assert answer.status_code == 200, page.url
        hosts = {host for _scheme, host in LEAVING.findall(answer.content.decode())}
        assert hosts <= {QUICK_EXIT, urlsplit(settings.PUBLIC_BASE_URL).netloc}, page.url
        assert not answer.cookies, page.url


def test_a_second_run_changes_nothing_and_keeps_what_an_editor_wrote(home: HomePage) -> None:
    page = Page.objects.get(slug="about").specific
    page.title = "About us"
    page.save_revision().publish()
    before = set(Page.objects.values_list("pk", "title", "url_path"))
    load_site()
    assert set(Page.objects.values_list("pk", "title", "url_path")) == before
    assert Site.objects.count() == ServiceDetails.objects.count() == 1


def test_every_link_inside_the_site_leads_somewhere(home: HomePage, client: Client) -> None:
    links = set()
    for page in pages(home):
        links |= set(re.findall(r'href="(/[^"#?]*)', client.get(page.url).content.decode()))
    links = {link for link in links if not link.startswith(("/static/", "/account/"))}
    lost = {link: client.get(link).status_code for link in links}
    assert {link: status for link, status in lost.items() if status != 200} == {}


def test_robots_and_the_sitemap_are_open_and_name_no_reference(home: HomePage, client: Client) -> None:
    assert "Disallow: /feedback/" in client.get("/robots.txt").content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()
    assert f"{settings.PUBLIC_BASE_URL}/what-happens/waiting-for-an-assessment/" in sitemap
    assert "/feedback/" not in sitemap

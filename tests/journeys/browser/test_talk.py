"""Talk on a small phone without script: what is new, words folded behind a note, one press, and looking for words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from peer.models import Membership, Post, SupportGroup
from tests.journeys.browser.conftest import look_for_faults
from tests.make import make_member, make_open_group, make_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def group(site_tree: None) -> SupportGroup:
    return make_open_group()


@pytest.fixture
def reader(group: SupportGroup) -> Membership:
    return make_member(group=group, name="Tide")


@pytest.fixture
def small(browser: Browser, live_server: Any, reader: Membership) -> Iterator[Page]:
    """Open a small phone without script, signed in."""
    assert reader.user
    client = Client()
    client.force_login(reader.user)
    key = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    phone = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    phone.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    yield phone.new_page()
    phone.close()


def is_narrow(page: Page) -> bool:
    box = page.locator("main").bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 320


def test_reading_feeling_and_looking_need_no_script_and_320_pixels(
    small: Page, live_server: Any, group: SupportGroup, reader: Membership
) -> None:
    writer = make_member(group=group, name="Comet")
    post = make_post(author=writer, body="The canteen is so loud at lunch.", state="approved")
    Post.objects.filter(pk=post.pk).update(content_note="eating")
    small.goto(f"{live_server.url}/groups/")
    expect(small.get_by_text("1 new since you were here")).to_be_visible()
    assert is_narrow(small)
    small.get_by_role("link", name="Lantern").click()
    expect(small.get_by_text("1 new since you were here")).to_be_visible()
    assert is_narrow(small)
    small.get_by_role("link", name="Waiting").click()
    expect(small.get_by_text("New", exact=True)).to_be_visible()
    words = small.get_by_text("The canteen is so loud at lunch.")
    expect(words).to_be_hidden()
    small.get_by_text("This talks about eating.").click()
    expect(words).to_be_visible()
    assert is_narrow(small)
    small.get_by_role("button", name="I have felt this too").click()
    expect(small.get_by_text("You have felt this too.")).to_be_visible()
    small.get_by_role("button", name="Take it back").click()
    expect(small.get_by_role("button", name="I have felt this too")).to_be_visible()
    small.goto(f"{live_server.url}/groups/")
    expect(small.get_by_text("new since you were here")).to_have_count(0)
    small.get_by_role("link", name="Look for something in your groups").click()
    small.get_by_label("Which words?").fill("canteen")
    small.get_by_role("button", name="Look").click()
    assert "canteen" not in small.url
    assert is_narrow(small)
    expect(small.get_by_text("This talks about eating.")).to_be_visible()
    small.get_by_role("link", name="Waiting").click()
    expect(small.get_by_role("heading", name="Waiting")).to_be_visible()


def test_the_pages_of_talk_have_no_faults(
    page: Page, live_server: Any, group: SupportGroup, reader: Membership, context: Any
) -> None:
    assert reader.user
    client = Client()
    client.force_login(reader.user)
    key = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    post = make_post(author=make_member(group=group, name="Comet"), state="approved")
    Post.objects.filter(pk=post.pk).update(content_note="eating")
    group.duties.all().delete()
    for address in (group.get_absolute_url(), post.thread.get_absolute_url(), "/groups/find/", "/messages/wishes/"):
        page.goto(f"{live_server.url}{address}")
        assert look_for_faults(page) == [], address

"""A young moderator on a small phone reads what the service wants to say, looks at the picture, and says yes (S12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from cms.models import SocialPost
from peer import readability
from tests.cms.social import make_mo, make_sam, sent
from tests.journeys.browser.conftest import look_for_faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(browser: Browser, live_server: Any, site_tree: None, settings: Any, tmp_path: Any) -> Iterator[Page]:
    """Open a small phone, signed in as the moderator, with one post of the manager's waiting."""
    settings.MEDIA_ROOT = tmp_path
    sent(make_sam())
    client = Client()
    client.force_login(make_mo())
    key = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    small = browser.new_context(viewport={"width": 320, "height": 640}, reduced_motion="reduce")
    small.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    yield small.new_page()
    small.close()


def look(page: Page, wrong: list[str]) -> None:
    """Look for faults, for anything too wide, and for words that are hard to read."""
    wrong += look_for_faults(page)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    age = readability.read(page.locator("main").inner_text())
    wrong += [f"{wide} too wide at {page.url}"] * (wide > 0)
    wrong += [f"reading age {age.age} at {page.url}"] * (not age.is_plain)


def test_s12_between_two_lessons_on_a_phone(phone: Page, live_server: Any) -> None:
    wrong: list[str] = []
    phone.goto(f"{live_server.url}/social/")
    look(phone, wrong)
    phone.get_by_role("link", name="Waiting is hard").click()
    look(phone, wrong)
    expect(phone.get_by_role("img", name="A card that says")).to_have_js_property("naturalWidth", 1200)
    phone.get_by_role("button", name="I’ll read this one").click()
    look(phone, wrong)
    phone.get_by_role("button", name="Yes, say it").click()
    expect(phone.get_by_text("It may go out now, with your yes.")).to_be_visible()
    assert SocialPost.objects.get().released_by.display_name == "Mo"
    phone.context.clear_cookies()
    phone.goto(f"{live_server.url}/out-loud/")
    look(phone, wrong)
    expect(phone.get_by_role("img", name="A card that says")).to_be_visible()
    phone.get_by_role("main").get_by_role("link").first.click()
    look(phone, wrong)
    assert wrong == []

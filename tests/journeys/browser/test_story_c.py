"""Story C in a real browser: by keyboard alone, without scripts, at 320 pixels, light and dark, asking no other host."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from wagtail.models import Page as WagtailPage

from cms.site import load_site
from peer import clock
from peer.actions import feedback
from peer.actions.feedback import VISITOR, Said
from peer.gate import SERVICE
from peer.models import Commitment, FeedbackItem
from peer.roles import Role
from tests.journeys.browser.conftest import Watch
from tests.journeys.browser.keyboard import press_enter, tab_to
from tests.make import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REFERENCE = re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$")


@pytest.fixture
def site(live_server: Any, site_tree: None) -> str:
    """Serve the example site with a little of what people said: done, late, and waiting."""
    load_site()
    sam, kim = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)), make_user(roles=(Role.CO_ORDINATOR,))
    for number, words in enumerate(("The letters are long.", "A group in the evening.", "Nobody rings back.")):
        said = Said(does_not=words, about="news", age_band="14_17", may_share=True)
        item = feedback.give(SERVICE, by=VISITOR, said=said, nonce="", sender="here")
        feedback.ask_to_publish(item, by=sam, said=words)
        feedback.publish(item, by=kim, seen=item.said_hash())
        if number < 2:
            feedback.reply(item, by=sam, body="You are right.", signed="The list team")
            feedback.promise(item, by=sam, what="One page", owner_role="The list team", due_on=clock.today())
    Commitment.objects.update(due_on=clock.today() - dt.timedelta(days=4))
    return str(live_server.url)


def test_by_keyboard_alone_somebody_is_heard_and_finds_the_answer(page: Page, site: str, watch: Watch) -> None:
    page.goto(site)
    tab_to(page, "Tell us what you think")
    press_enter(page)
    tab_to(page, "What doesn’t?")
    page.keyboard.type("The chairs are hard")
    tab_to(page, "What is this about?")
    page.keyboard.press("ArrowDown")
    tab_to(page, "You may put my words")
    page.keyboard.press("Space")
    tab_to(page, "Send it")
    press_enter(page)
    reference = page.locator(".reference").inner_text()
    assert REFERENCE.match(reference)
    page.goto(f"{site}/feedback/")
    tab_to(page, "See our answer")
    press_enter(page)
    tab_to(page, "Your reference")
    page.keyboard.type(reference.lower().replace("-", " "))
    press_enter(page)
    expect(page.get_by_text("The chairs are hard")).to_be_visible()
    assert FeedbackItem.objects.get(does_not="The chairs are hard").may_share
    assert (watch.outside, watch.complaints) == ([], [])


def test_without_scripts_the_form_keeps_what_was_typed_and_then_sends_it(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/feedback/")
    page.get_by_label("What is this about?").select_option("waiting")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("alert")).to_contain_text("at least one of the three boxes")
    expect(page.get_by_label("What is this about?")).to_have_value("waiting")
    page.get_by_label("What works?").fill("The calls")
    page.get_by_role("button", name="Send it").click()
    expect(page.locator(".reference")).to_have_text(REFERENCE)
    assert {cookie["name"] for cookie in context.cookies()} <= {django_settings.CSRF_COOKIE_NAME}
    context.close()


def test_the_crisis_strip_and_the_lines_come_before_all_else(page: Page, site: str) -> None:
    page.goto(f"{site}/help-now/")
    for _ in range(2):
        page.keyboard.press("Tab")
    assert "Need help now?" in page.evaluate("document.activeElement.innerText")
    expect(page.locator("main .crisis-lines a").first).to_have_attribute("href", "tel:999")


def test_an_editor_sees_the_reading_age_and_the_rooms_ask_no_other_host(page: Page, site: str, watch: Watch) -> None:
    client = Client()
    client.force_login(make_user(name="Eve", roles=(Role.EDITOR,)))
    key = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": site}])
    about = WagtailPage.objects.get(slug="about")
    page.goto(f"{site}/admin/pages/{about.pk}/edit/")
    expect(page.get_by_text(f"Reading age {about.specific.reading().age}")).to_be_visible()
    page.goto(f"{site}/admin/")
    assert watch.outside == []
    assert [line for line in watch.complaints if "Content Security Policy" in line] == []

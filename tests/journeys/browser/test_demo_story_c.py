"""Story C against the running demo: the public face, and a stranger's words that come back as said, heard and done."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.browser.conftest import Watch
from tests.journeys.browser.demo import Demo
from tests.journeys.browser.walk import Walk

pytestmark = pytest.mark.browser

PAGES = ("/", "/what-happens/", "/our-groups/", "/you-said/", "/help-now/", "/feedback/", "/demo/")
SAID = "The chairs in the waiting room wobble."
HEARD = "You are right. We have sat on them."


def test_the_public_pages_stand_for_everybody(demo: Demo, page: Page, watch: Watch) -> None:
    walk = Walk(page, demo)
    for address in PAGES:
        walk.open(address)
    walk.open("/what-happens/")
    walk.page.locator("main a").first.press("Enter")
    walk.page.wait_for_load_state()
    walk.look()
    assert walk.wrong == {}
    assert watch.outside == []
    assert watch.complaints == []


def test_a_strangers_words_are_answered_and_shown(demo: Demo, page: Page, watch: Watch) -> None:
    walk = Walk(page, demo)
    walk.open("/")
    walk.press("Tell us what you think")
    walk.type("What doesn’t?", SAID)
    walk.tick("You may put my words")
    walk.press("Send it")
    status = page.url

    walk.be("sam", "/staff/feedback/")
    item = page.locator("main article, main .card").filter(has_text=SAID).locator("a").first.get_attribute("href")
    walk.open(str(item))
    open_up(walk, "Reply")
    walk.type("Your reply", HEARD)
    walk.type("Signed", "The waiting room team")
    walk.press("Send the reply")
    open_up(walk, "Publish")
    walk.press("Ask a second person")
    walk.sees("Somebody else has to agree before it shows")
    walk.be("dr_lee", str(item))
    walk.press("I agree: show these words")

    page.context.clear_cookies()
    walk.open("/you-said/")
    walk.sees(SAID)
    walk.open(status)
    walk.sees(HEARD)
    assert walk.wrong == {}
    assert watch.outside == []
    assert watch.complaints == []


def open_up(walk: Walk, summary: str) -> None:
    """Open one part of a page by keyboard."""
    walk.tab_to(summary)
    walk.page.keyboard.press("Enter")


def test_the_same_steps_without_scripts(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    walk = Walk(page, demo, looks=False)
    for address in PAGES:
        walk.open(address)
    walk.open("/feedback/")
    page.get_by_label("What works?").fill("The calls")
    page.get_by_role("button", name="Send it").click()
    walk.sees("Thank you. We have it.")
    walk.be("sam", "/staff/feedback/")
    page.locator("main .card").filter(has_text="The calls").locator("a").first.click()
    page.locator("summary", has_text="Reply").click()
    page.locator("details[open] textarea").fill("Thank you. We will tell them.")
    page.get_by_label("Signed").fill("The call team")
    page.get_by_role("button", name="Send the reply").click()
    walk.sees("Thank you. We will tell them.")
    context.close()

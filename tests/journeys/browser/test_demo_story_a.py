"""Story A against the running demo: a decision reaches a parent by text, by landline, or by a person."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from cms.example.cast import PLAYERS
from tests.journeys.browser.conftest import Watch
from tests.journeys.browser.demo import Demo
from tests.journeys.browser.walk import Phone, Walk

pytestmark = pytest.mark.browser

REASON = "You told us that mornings are hard. Our team can help with that."
MARMALADE = "627625233"  # on the keypad of a phone


def decide(walk: Walk, person: str, *, outcome: str, reason: str = REASON) -> None:
    """Find somebody on the list, and write down a decision with a plain reason, as Kim."""
    walk.be("kim", "/staff/waiting/")
    walk.type("Name or reference", person)
    walk.press("Find")
    walk.press(person)
    walk.press("Write down a decision")
    walk.choose("Accepted", outcome)
    walk.type("Why, in plain words", reason)
    walk.press("Save and tell the family", looks=False)


def test_good_news_comes_by_text_and_says_nothing_to_a_stranger(
    demo: Demo, page: Page, context: BrowserContext, watch: Watch
) -> None:
    walk, pat = Walk(page, demo), Phone(context.new_page(), demo, PLAYERS["pat"].number)
    decide(walk, "Asha Rahman", outcome="Accepted")
    walk.sees(REASON)
    walk.look()
    told = pat.text("Bluebell")
    assert "there is news" in told
    assert not {"Asha", "accepted", "mornings", "Worry"} & set(told.replace(":", " ").split())
    pat.open()
    assert told[:40] in pat.page.locator("#lock").inner_text()

    walk.be("pat")
    walk.sees("Asha is on the list for help")
    walk.sees(REASON)
    walk.sees_nothing_of("Lantern")
    walk.be("asha")
    walk.sees("We said yes. You will get help.")
    walk.sees(REASON)
    assert walk.wrong == {}
    assert watch.outside == []
    assert watch.complaints == []


def test_good_news_on_a_landline_is_told_after_the_word_alone(
    demo: Demo, page: Page, context: BrowserContext, watch: Watch
) -> None:
    walk, lena = Walk(page, demo), Phone(context.new_page(), demo, PLAYERS["lena"].number)
    lena.open()
    decide(walk, "Noor Hadley", outcome="Accepted")
    lena.answer()
    lena.hears("Press 1 if that is you")
    lena.key("1")
    lena.hears("type the word you agreed")
    assert not any("Noor" in said or "said yes" in said for said in lena.heard("said"))
    lena.key(f"{MARMALADE}#")
    lena.hears("They have said yes")
    lena.hears("Press 2 if you want us to ring you")
    lena.key("2")
    lena.hears("We will ring you")
    walk.be("kim", "/staff/calls/")
    walk.sees("Lena Hadley")
    walk.be("noor")
    walk.sees("We said yes. You will get help.")
    assert walk.wrong == {}
    assert watch.outside == []
    assert watch.complaints == []


def test_weighty_news_is_a_call_by_a_person(demo: Demo, page: Page, context: BrowserContext, watch: Watch) -> None:
    walk, tess = Walk(page, demo), Phone(context.new_page(), demo, PLAYERS["tess"].number)
    reason = "Another team knows more about food and worry than we do."
    decide(walk, "Tess Okoro", outcome="Not accepted", reason=reason)
    told = tess.text("would like to ring you")
    assert not {"not", "accepted", "team"} & set(told.lower().split())
    walk.be("kim", "/staff/calls/")
    walk.press("Tess Okoro")
    walk.be("tess")
    walk.sees("We want to ring you")
    walk.sees_nothing_of(reason)
    assert walk.wrong == {}
    assert watch.outside == []
    assert watch.complaints == []


def test_the_same_steps_without_scripts(demo: Demo, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    walk = Walk(page, demo, looks=False)
    omar = Phone(context.new_page(), demo, PLAYERS["omar"].number)
    walk.be("kim", "/staff/waiting/?q=Omar")
    page.get_by_role("link", name="Omar Vance").click()
    page.get_by_role("link", name="Write down a decision").click()
    page.get_by_label("Accepted: on the list").check()
    page.get_by_label("Why, in plain words").fill(REASON)
    page.get_by_role("button", name="Save and tell the family").click()
    walk.sees(REASON)
    assert "there is news" in omar.text("there is news")
    omar.open()
    assert "there is news" in omar.page.locator("#thread").inner_text()
    walk.be("omar")
    walk.sees("We said yes. You will get help.")
    context.close()

"""The look, in a real browser: readable by everyone, light and dark, on a narrow phone, asking nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.template.loader import get_template
from playwright.sync_api import Page, expect

from tests.cms.test_crisis import ERRORS
from tests.journeys.browser.conftest import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HARMLESS = "https://www.bbc.co.uk/weather"


@pytest.fixture
def site(live_server: object, settings: object, site_tree: None, page: Page) -> str:
    """Serve the site as the demo does, with the harmless page answered here."""
    settings.DEMO = True  # type: ignore[attr-defined]
    page.route(f"{HARMLESS}*", lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"))
    return live_server.url  # type: ignore[attr-defined, no-any-return]


def show_error(page: Page, site: str, name: str) -> None:
    """Open an error page as a browser gets it."""
    html = get_template(f"{name}.html").render()
    page.route("**/broken/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{site}/broken/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_style_page_has_no_fault_and_asks_no_other_host(
    page: Page, site: str, watch: Watch, faults: Callable[[], list[str]], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}/style/", wait_until="networkidle")
    assert faults() == []
    page.locator(".crisis > summary").first.click()
    assert faults() == []
    assert watch.outside == []
    assert watch.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ERRORS)
def test_error_pages_have_no_fault(
    page: Page, site: str, watch: Watch, faults: Callable[[], list[str]], name: str, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    show_error(page, site, name)
    assert faults() == []
    assert watch.outside == []
    assert watch.complaints == []


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_scrolls_sideways(page: Page, site: str, sideways: Callable[[], int], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(f"{site}/style/")
    assert sideways() == 0
    show_error(page, site, "404")
    assert sideways() == 0


def test_text_of_twice_the_size_still_fits(page: Page, site: str, sideways: Callable[[], int]) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    page.goto(f"{site}/style/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways() == 0


def test_help_and_the_way_out_are_three_tabs_away(page: Page, site: str) -> None:
    page.goto(f"{site}/nothing-here/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Call 0800 1111").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Leave quickly")).to_be_focused()


def test_shift_three_times_leaves_and_takes_the_place_of_the_page(page: Page, site: str) -> None:
    page.goto(f"{site}/healthz")
    page.goto(f"{site}/nothing-here/")
    for _press in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(f"{HARMLESS}*")
    page.go_back()
    assert page.url == f"{site}/healthz"


def test_typing_capitals_never_leaves(page: Page, site: str) -> None:
    page.goto(f"{site}/style/")
    field = page.locator("#empty_name")
    field.click()
    page.keyboard.type("ABC DEF GHI")
    for letter in "XYZ":
        page.keyboard.press(f"Shift+{letter}")
    assert page.url == f"{site}/style/"


def test_every_way_out_works_without_script(browser: object, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.route(f"{HARMLESS}*", lambda route: route.fulfill(body="<title>Weather</title>", content_type="text/html"))
    page.goto(f"{site}/nothing-here/")
    page.locator(".crisis > summary").click()
    expect(page.get_by_role("link", name="Text SHOUT to 85258").first).to_be_visible()
    page.locator(".crisis > summary").click()
    page.get_by_role("link", name="Leave quickly").click()
    page.wait_for_url(f"{HARMLESS}*")
    context.close()


MOVING = """() => [...document.querySelectorAll('*')].filter(
  (e) => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"""
SMALL = """() => [...document.querySelectorAll('a, button, summary, select, input')].filter((e) => {
  const inSentence = e.matches('p a, li a, dd a, blockquote a, .prose a') && getComputedStyle(e).display === 'inline';
  const box = (e.matches('[type=checkbox], [type=radio]') ? e.closest('.tick, fieldset > div > div') || e : e)
    .getBoundingClientRect();
  const covering = e.closest('.card-link');
  return !inSentence && !covering && box.width && box.top >= 0 && !e.disabled && Math.min(box.width, box.height) < 43.5;
}).map((e) => e.outerHTML.slice(0, 120))"""


def test_every_target_is_large_enough_for_a_thumb(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site}/style/")
    assert page.evaluate(SMALL) == []


def test_without_motion_nothing_moves(page: Page, site: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site}/style/")
    moving = (
        "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0).length"
    )
    assert page.evaluate(moving) == 0


def test_print_leaves_the_frame_out(page: Page, site: str) -> None:
    page.goto(f"{site}/style/")
    page.emulate_media(media="print")
    expect(page.locator(".help-strip")).to_be_hidden()
    expect(page.locator(".site-nav")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_page_is_light_enough_for_a_slow_phone(page: Page, site: str) -> None:
    import gzip

    weights = {"script": 0, "all": 0}

    def weigh(response: object) -> None:
        size = len(gzip.compress(response.body()))  # type: ignore[attr-defined]
        weights["all"] += size
        weights["script"] += size if response.url.endswith(".js") else 0  # type: ignore[attr-defined]

    page.on("response", weigh)
    page.goto(f"{site}/style/", wait_until="networkidle")
    assert 0 < weights["script"] <= 35_000
    assert weights["all"] <= 150_000

"""Every public page in each of its states: read by everyone, on a narrow phone, in the dark, large, on paper, without script."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.template.loader import get_template
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from wagtail.documents import get_document_model
from wagtail.models import Page as WagtailPage

from cms.models import DirectoryService, LibraryItemPage, Photo
from cms.site import load_site
from peer import clock
from peer.actions import feedback
from peer.actions.feedback import VISITOR, Said
from peer.gate import SERVICE
from peer.models import Commitment, FeedbackItem
from peer.roles import Role
from tests.cms.directory import make_service
from tests.cms.test_crisis import ERRORS
from tests.journeys.browser.conftest import Watch, look_for_faults
from tests.make import make_open_group, make_user
from tests.notifications.sounds import mp3

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMPTY = ["/you-said/", "/directory/", "/openness/", "/news/", "/feedback/find/"]
DOORS = ["/feedback/", "/feedback/complain/", "/tell-us/", "/tell-us/someone/", "/tell-us/me/", "/tell-us/answer/"]
OTHERS = [
    "/openness/",
    "/reading/",
    "/account/login/",
    "/surgeries/",
    "/you-said/?show=waiting&about=news",
    "/you-said/?show=not",
]
SEARCHES = ["/directory/", "/directory/?words=zebra", "/directory/?words=kitchn", "/directory/?age=old"]
SENT_EMPTY = ["/feedback/", "/feedback/complain/", "/tell-us/someone/", "/tell-us/answer/", "/account/login/"]
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
FRAME = ".help-strip, .site-nav, .site-footer, .skip-link, .filter, button, .back-link, .breadcrumbs"
LANDMARKS = """() => ['banner', 'main', 'contentinfo'].filter((role) => document.querySelectorAll(
  {banner: 'body > header', main: 'main', contentinfo: 'body > footer'}[role]).length !== 1)"""
FIRST_STOPS = ["skip-link", "summary", "quick-exit"]
STOPS = """() => [...document.querySelectorAll('a[href], button, summary, input, select, textarea')]
  .filter((e) => e.matches('.skip-link') || e.checkVisibility()).slice(0, 3).map((e) => e.className || e.localName)"""


class Look:
    """One browser that looks at page after page, in every way that a page is read."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.wrong: list[str] = []
        self.seen = 0

    def at(self, *paths: str) -> None:
        """Open pages and look at each."""
        for path in paths:
            self.page.goto(f"{self.site}{path}")
            self.here(path)

    def sent_empty(self, path: str) -> None:
        """Send a form with nothing in it, and look at what it says."""
        self.page.goto(f"{self.site}{path}")
        self.page.locator("main form [type=submit]").first.click()
        expect(self.page.locator("main :is(.errors, .error-summary)").first).to_be_visible()
        self.here(f"{path}, sent empty")

    def error(self, name: str) -> None:
        """Look at an error page as a browser gets it."""
        html = get_template(f"{name}.html").render()
        self.page.route("**/broken/", lambda route: route.fulfill(body=html, content_type="text/html"))
        self.page.goto(f"{self.site}/broken/")
        self.here(name, is_whole=False)
        self.page.unroute("**/broken/")

    def here(self, name: str, *, is_whole: bool = True) -> None:
        """Read the page in light on a narrow phone, in the dark, at twice the size, by key, and on paper."""
        self.seen += 1
        page = self.page
        page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
        page.set_viewport_size({"width": 320, "height": 800})
        found = look_for_faults(page) + self._too_wide("on a narrow phone")
        if page.evaluate(STOPS) != FIRST_STOPS:
            found.append(f"begins with {page.evaluate(STOPS)}")
        found += [f"{one} is missing" for one in page.evaluate(LANDMARKS) if is_whole]
        page.emulate_media(color_scheme="dark")
        found += [f"in the dark: {one}" for one in look_for_faults(page)]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 640, "height": 800})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += self._too_wide("at twice the size")
        page.emulate_media(media="print")
        shown = page.evaluate(f"[...document.querySelectorAll('{FRAME}')].filter((e) => e.checkVisibility()).length")
        found += [f"{shown} parts of the frame on paper"] if shown else []
        page.emulate_media(media="screen")
        self.wrong += [f"{name}: {one}" for one in found]

    def _too_wide(self, how: str) -> list[str]:
        pixels = self.page.evaluate(SIDEWAYS)
        return [f"{pixels} pixels sideways {how}"] if pixels > 0 else []


def _picture() -> ContentFile[bytes]:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (90, 60, 130)).save(out, "JPEG")
    return ContentFile(out.getvalue(), "photo.jpg")


def fill_pages() -> None:
    """Give one page a photo and its other formats, and let the day of another pass."""
    item = LibraryItemPage.objects.get(slug="telling-someone")
    item.photo = Photo.objects.create(title="A bench", description="A bench by a pond", file=_picture())
    files = [ContentFile(b"Easy words.", "easy.txt"), ContentFile(mp3(), "aloud.mp3")]
    item.easy_read, item.audio = [get_document_model().objects.create(title=one.name or "", file=one) for one in files]
    item.save()
    LibraryItemPage.objects.filter(slug="when-you-cannot-sleep").update(review_on=clock.today() - dt.timedelta(days=3))


def fill_feedback() -> list[str]:
    """Let people say things that are waiting, answered, done, not done and late; give their pages."""
    sam, kim = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)), make_user(roles=(Role.CO_ORDINATOR,))
    paths = []
    for number, words in enumerate(("The letters are long.", "A group in the evening.", "Nobody rings back.")):
        said = Said(does_not=words, about="news", age_band="14_17", may_share=True)
        item = feedback.give(SERVICE, by=VISITOR, said=said, nonce="", sender="here")
        feedback.ask_to_publish(item, by=sam, said=words)
        feedback.publish(item, by=kim, seen=item.said_hash())
        if number:
            feedback.reply(item, by=sam, body="You are right.", signed="The list team")
            feedback.promise(item, by=sam, what="One page", owner_role="The list team", due_on=clock.today())
        paths += [f"/feedback/{item.reference}/", f"/feedback/said/{item.public_id}/"]
    Commitment.objects.update(due_on=clock.today() - dt.timedelta(days=4))
    hard = feedback.give(SERVICE, by=VISITOR, said=Said(does_not="I want to die."), nonce="", sender="there")
    return [*paths, f"/feedback/{hard.reference}/"]


def fill_directory() -> list[str]:
    """Bring in services that are open, old, and closed for now; give their pages."""
    closed = DirectoryService.Status.CLOSED_FOR_NOW.value
    services = [
        make_service(phone="020 7946 0111", website="https://example.org", address="3 Mill Lane", postcode="NF1 2AB"),
        make_service(name="Old Mill", again=-5),
        make_service(name="Night Line", status=closed, notice="Back in January."),
    ]
    return [reverse("directory-detail", args=[one.key]) for one in services]


@pytest.fixture
def site(live_server: Any, site_tree: None, settings: Any, tmp_path: Any) -> str:
    """Serve the example site before anybody said anything, with a folder of its own for files."""
    settings.MEDIA_ROOT = tmp_path
    load_site()
    return str(live_server.url)


def test_every_public_page_can_be_read_in_every_state_and_way(page: Page, site: str, watch: Watch) -> None:
    look = Look(page, site)
    page.emulate_media(reduced_motion="reduce")
    look.at(*EMPTY)
    make_open_group(title="Lantern")
    load_site()
    fill_pages()
    said, services = fill_feedback(), fill_directory()
    look.at(*[str(found.url) for found in WagtailPage.objects.filter(depth__gt=1)])
    look.at(*said, *services, f"{services[0]}mistake/", *DOORS, *OTHERS, *SEARCHES)
    for path in [*SENT_EMPTY, f"{services[0]}mistake/"]:
        look.sent_empty(path)
    look.at("/feedback/find/?reference=nothing")
    for name in ERRORS:
        look.error(name)
    assert look.wrong == []
    assert look.seen > 65
    assert (watch.outside, [line for line in watch.complaints if "status of 4" not in line]) == ([], [])


def test_every_public_page_stands_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = context.new_page()
    for path in [*(str(found.url) for found in WagtailPage.objects.filter(depth__gt=1)), *DOORS, "/directory/"]:
        page.goto(f"{site}{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator(".script-only:visible")).to_have_count(0)
        page.locator(".crisis > summary").click()
        expect(page.locator("a[href='tel:999']").first).to_be_visible()
    context.close()


def test_on_paper_addresses_can_be_read(page: Page, site: str) -> None:
    path = fill_directory()[0]
    page.goto(f"{site}/privacy/")
    page.emulate_media(media="print")
    expect(page.locator(".printed-from")).to_have_text(f"This page: {site}/privacy/")
    page.goto(f"{site}{path}")
    said = page.locator(".reach a[href^=https]").evaluate("e => getComputedStyle(e, '::after').content")
    assert "https://example.org" in page.locator("main").inner_text() or "https://example.org" in said


def test_a_page_says_which_other_ways_there_are_to_read_it(page: Page, site: str) -> None:
    fill_pages()
    page.goto(f"{site}/library/telling-someone/")
    expect(page.get_by_role("link", name="Easy read")).to_be_visible()
    expect(page.get_by_role("link", name="Listen to it")).to_be_visible()
    expect(page.get_by_role("img", name="A bench by a pond")).to_be_visible()
    assert FeedbackItem.objects.count() == 0


def test_somebody_reads_larger_with_more_room_and_in_the_dark_on_every_page(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{site}/about/")
    usual = page.evaluate("getComputedStyle(document.querySelector('main p')).fontSize")
    page.goto(f"{site}/reading/")
    for label in ("Much larger", "More room", "Dark"):
        page.get_by_label(label).check()
    page.get_by_role("button", name="Use this").click()
    for path in ("/about/", "/what-happens/waiting-for-an-assessment/", "/feedback/"):
        page.goto(f"{site}{path}")
        said = page.evaluate(
            "(({fontSize, letterSpacing}) => [fontSize, letterSpacing])(getComputedStyle(document.querySelector('main .lede')))"
        )
        assert float(said[0][:-2]) > 1.3 * float(usual[:-2])
        assert float(said[1][:-2]) > 1
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 17, 31)"
        assert page.evaluate(SIDEWAYS) <= 0
        assert look_for_faults(page) == []

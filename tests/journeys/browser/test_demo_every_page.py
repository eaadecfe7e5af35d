"""Every page that somebody of the cast can reach by links: whole for everyone who meets it, and plain where the young read."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from cms.example.cast import PLAYERS
from peer import readability
from tests.journeys.browser.conftest import Watch, look_for_faults
from tests.journeys.browser.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.once]

NOBODY = "nobody"
# One of each kind, the young first: a page is drawn for the first of them that reaches it, and asked for by all.
WALKERS = (
    "asha", "tess", "ravi", "lily", "omar", "mo", NOBODY, "pat", "ben", "dr_lee", "kim", "sam", "nell",
)  # fmt: skip
ELSEWHERE = ("/admin/", "/static/", "/documents/", "/demo/", "/account/logout/")
UNSEEN = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((e) => {
  if (!e.checkVisibility() || e.disabled) return false;
  e.focus({focusVisible: true});
  const ringed = getComputedStyle(e.matches('.card-title a') && e.closest('.card-link') || e);
  return document.activeElement !== e || e.tabIndex > 0 || ringed.outlineStyle === 'none' || ringed.outlineWidth === '0px';
}).map((e) => e.outerHTML.slice(0, 120))"""  # out of the order of keys, or without its ring when the focus is there


def route_of(path: str) -> str:
    """Name the route behind an address; of the public pages each is its own."""
    try:
        found = resolve(path.split("?", maxsplit=1)[0])
    except Resolver404:
        return path
    return path if found.url_name in {None, "wagtail_serve"} else str(found.url_name)


def wrong_with(html: BeautifulSoup) -> list[str]:
    """Say what a page lacks that every page has."""
    wrong = []
    if len(html.find_all("h1")) != 1:
        wrong.append(f"{len(html.find_all('h1'))} first headings")
    if not html.select_one(".help-strip details.crisis summary"):
        wrong.append("no help")
    if not html.select_one(".help-strip a[href][data-quick-exit]"):
        wrong.append("no way out")
    links = [one for one in html.select("a[href]") if one.get("href", "").strip()]
    if links[0]["href"] != "#main":
        wrong.append("the first link does not skip to the main part")
    if html.select("[style]"):
        wrong.append("styles in the page")
    return wrong


class Walker:
    """One of the cast at a browser, following every link of the site."""

    def __init__(self, page: Page, demo: Demo, watch: Watch, handle: str) -> None:
        self.page, self.demo, self.watch, self.handle = page, demo, watch, handle
        self.is_young = handle in PLAYERS and PLAYERS[handle].is_young
        self.opened: set[str] = set()
        self.titles: dict[str, set[str]] = defaultdict(set)
        self.wrong: list[str] = []

    def walk(self, drawn: set[str]) -> None:
        """Open one page of each route, and draw those that nobody drew before."""
        ways = ["/", "/account/login/"]
        if self.handle != NOBODY:
            self.demo.be(self.page, self.handle)
            ways = [urlsplit(self.page.url).path, "/home/"]
        while ways:
            path = ways.pop(0)
            route = route_of(path)
            if route in self.opened or path.startswith(ELSEWHERE):
                continue
            if route.startswith("/") and self.handle != NOBODY:  # a public page is the same for all
                continue
            self.opened.add(route)
            ways += self.open(path, route, drawn)
        self.wrong += [f"{routes} all say {title}" for title, routes in self.titles.items() if len(routes) > 1]

    def open(self, path: str, route: str, drawn: set[str]) -> list[str]:
        """Ask for a page, look at it once, and give the ways on."""
        answer = self.page.request.get(f"{self.demo.address}{path}")
        here = urlsplit(answer.url)
        if answer.status != 200 or here.hostname != urlsplit(self.demo.address).hostname:
            self.note(path, f"answers {answer.status} at {answer.url}")
            return []
        if "html" not in answer.headers["content-type"]:
            return []
        html = BeautifulSoup(answer.text(), "html.parser")
        title = html.title.get_text().rpartition(" – ")[0].strip() if html.title else ""
        if not route_of(here.path).startswith("/"):  # a public page may be called as what it is about
            self.titles[title].add(route_of(here.path))
        for wrong in wrong_with(html) + ([] if title and title != "While you wait" else [f"title {title!r}"]):
            self.note(path, wrong)
        if route not in drawn:
            drawn.add(route)
            self.draw(path)
        links = [urlsplit(urljoin(answer.url, one["href"])) for one in html.select("a[href]")]
        return [f"{one.path}?{one.query}".rstrip("?") for one in links if one.netloc == here.netloc]

    def draw(self, path: str) -> None:
        """Look at a page in the browser: its faults, its width on a small phone, its focus, its words."""
        self.watch.complaints.clear()
        self.page.goto(f"{self.demo.address}{path}")
        found: list[Any] = look_for_faults(self.page)
        found += [f"focus unseen: {one}" for one in self.page.evaluate(UNSEEN)]
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{wide} pixels too wide"] if wide > 0 else []
        if self.is_young:
            reading = readability.read(self.page.locator("main").inner_text())
            found += [] if reading.is_plain else [f"reading age {reading.age}"]
        for one in found + self.watch.complaints:
            self.note(path, one)

    def note(self, path: str, words: str) -> None:
        self.wrong.append(f"{self.handle} at {path}: {words}")


def test_every_page_of_everybody_is_whole(demo: Demo, page: Page, watch: Watch) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(reduced_motion="reduce")  # else colours are still on their way
    drawn: set[str] = set()
    wrong, counts = [], {}
    for handle in WALKERS:
        page.context.clear_cookies()
        walker = Walker(page, demo, watch, handle)
        walker.walk(drawn)
        counts[handle] = len(walker.opened)
        wrong += walker.wrong
    assert wrong == []
    assert watch.outside == []
    assert min(counts[handle] for handle in WALKERS if handle != NOBODY) > 20
    assert len(drawn) > 120

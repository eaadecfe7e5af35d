"""Walking the pages as a person does: by keyboard, looking at each page for what must never be missing or broken."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Literal

from playwright.sync_api import Page, expect

from tests.journeys.browser.conftest import look_for_faults
from tests.journeys.browser.demo import Demo

MOST_TABS = 150
FOCUSED = """(() => { const e = document.activeElement;
  const label = e.labels && e.labels[0] ? e.labels[0].innerText : (e.innerText || e.getAttribute('aria-label') || '');
  return label.replace(/\\s+/g, ' ').trim() })()"""


class Walk:
    """One person at one browser: everything they press is a key; each page they see is looked at once, in every way."""

    def __init__(self, page: Page, demo: Demo, *, looks: bool = True) -> None:
        self.page, self.demo, self.looks = page, demo, looks
        self.seen: set[str] = set()
        self.wrong: dict[str, dict[str, Any]] = {}

    # ── Being somebody ──────────────────────────────────────────────────────────────────────────────────────────────
    def be(self, handle: str, path: str = "/home/") -> None:
        """Become one of the cast, and open a page."""
        self.demo.be(self.page, handle)
        self.open(path)

    def open(self, path: str) -> None:
        """Open an address of the site, and look at the page."""
        self.page.goto(path if path.startswith("http") else f"{self.demo.address}{path}")
        self.look()

    # ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def tab_to(self, name: str) -> None:
        """Press Tab until the thing with this name has the focus."""
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED).startswith(name):
                return
        raise AssertionError(f"Tab never reached {name!r} on {self.page.url}")

    def press(self, name: str, *, looks: bool = True) -> None:
        """Go to a link or button by Tab, press Enter, and look at where it leads, unless a phone rings meanwhile."""
        self.tab_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        if looks:
            self.look()

    def type(self, name: str, words: str) -> None:
        """Go to a field by Tab and type."""
        self.tab_to(name)
        self.page.keyboard.type(words)

    def tick(self, name: str) -> None:
        """Go to a box by Tab and tick it."""
        self.tab_to(name)
        self.page.keyboard.press("Space")

    def choose(self, first: str, wanted: str) -> None:
        """Go to the first of several choices by Tab, and by arrow keys to the one that is wanted."""
        self.tab_to(first)
        self.page.keyboard.press("Space")
        for _press in range(12):
            if self.page.evaluate(FOCUSED).startswith(wanted):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no choice {wanted!r} after {first!r}")

    # ── Eyes ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def sees(self, words: str) -> None:
        """Expect words in the main part of the page."""
        expect(self.page.locator("main")).to_contain_text(words)

    def sees_nothing_of(self, words: str) -> None:
        """Expect that words are nowhere on the page."""
        assert words not in self.page.content()

    def look(self) -> None:
        """Look at a kind of page once: help and the way out, no fault light or dark, nothing sideways at 320 pixels."""
        expect(self.page.locator(".help-strip details.crisis summary")).to_be_visible()
        expect(self.page.get_by_role("link", name="Leave quickly")).to_be_visible()
        kind = "/".join(part for part in self.page.url.split("?")[0].split("/")[3:] if len(part) < 16)
        kind += self.page.title()
        if not self.looks or kind in self.seen:
            return
        self.seen.add(kind)
        size = self.page.viewport_size
        found: dict[str, Any] = {}
        schemes: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
        for scheme in schemes:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # else colours are still on their way
            found[scheme] = look_for_faults(self.page)
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        self.page.set_viewport_size({"width": 320, "height": 700})
        found["sideways"] = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") or []
        self.page.set_viewport_size(size or {"width": 1280, "height": 720})
        if any(found.values()):
            print(self.page.url, found)
            self.wrong[self.page.url] = found


class Phone:
    """The handset of one of the cast, opened in a page of its own."""

    def __init__(self, page: Page, demo: Demo, number: str) -> None:
        self.page, self.demo, self.number = page, demo, number

    def heard(self, *kinds: str) -> list[str]:
        """Read what this handset had, oldest first."""
        kept = self.demo.ledger().get(self.number, [])
        return [entry["body"] for entry in kept if entry["kind"] in kinds]

    def waits_for(self, question: Callable[[], Any], *, seconds: float = 30) -> Any:
        """Ask again and again until something is true; the clock of the service needs its moment."""
        until = time.monotonic() + seconds
        while not (answer := question()):
            assert time.monotonic() < until, f"it never came to {self.number}: {self.demo.ledger().get(self.number)}"
            self.page.wait_for_timeout(150)
        return answer

    def text(self, part: str) -> str:
        """Wait for a text with these words in it."""
        found: str = self.waits_for(lambda: next((t for t in reversed(self.heard("text")) if part in t), ""))
        return found

    def open(self) -> None:
        """Look at the handset."""
        self.page.goto(f"{self.demo.telephones}/handset/{self.number}")

    def answer(self) -> None:
        """Wait until it rings, and pick up by keyboard; open the page before, a phone rings for half a minute."""
        self._press_button("answer")

    def key(self, keys: str) -> None:
        """Press keys of the keypad."""
        for key in keys:
            self._press_button({"#": "key-hash", "*": "key-star"}.get(key, f"key-{key}"))

    def hears(self, words: str) -> None:
        """Wait until the voice says this."""
        self.waits_for(lambda: any(words in said for said in self.heard("said")))

    def _press_button(self, name: str) -> None:
        button = self.page.locator(f"#{name}")
        button.wait_for(timeout=30_000)
        button.focus()
        self.page.keyboard.press("Enter")
        self.page.wait_for_timeout(300)

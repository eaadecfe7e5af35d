"""Going about a page by keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Page


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the thing with this name (its label, its text) has the focus; a hundred presses are too many."""
    for _ in range(100):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement;"
            " return (e.labels && e.labels[0] ? e.labels[0].innerText : e.innerText || '').trim() })()"
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"Tab never reached {name!r}")


def press_enter(page: Page) -> None:
    """Press Enter and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")

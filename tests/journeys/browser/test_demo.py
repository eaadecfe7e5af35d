"""The demo as a stranger meets it: it starts by one command, one press signs in, Ctrl-C ends it."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from cms.example.cast import CAST
from tests.journeys.browser.conftest import Watch
from tests.journeys.browser.demo import ROOT, Demo

pytestmark = pytest.mark.browser


def test_the_guide_names_everybody_and_asks_nothing_of_another_host(
    demo: Demo, page: Page, watch: Watch, faults: Callable[[], list[str]]
) -> None:
    page.goto(f"{demo.address}/demo/")
    for player in CAST:
        assert page.get_by_role("heading", name=f"{player.given_name} {player.family_name}").count()
    assert faults() == []
    assert watch.outside == []
    assert watch.complaints == []


@pytest.mark.parametrize("handle", [player.handle for player in CAST])
def test_one_press_signs_in_and_leads_to_a_page_that_works(demo: Demo, page: Page, watch: Watch, handle: str) -> None:
    demo.be(page, handle)
    assert "/demo/" not in page.url
    assert page.locator("main h1").count() == 1
    assert watch.outside == []
    assert watch.complaints == []


def test_it_can_work(demo: Demo) -> None:
    assert urllib.request.urlopen(f"{demo.address}/readyz").status == 200


def test_a_port_in_use_is_a_plain_sentence(demo: Demo) -> None:
    port = demo.address.rsplit(":", 1)[1]
    ended = subprocess.run(
        [sys.executable, "manage.py", "demo", "--port", port], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Port {port} cannot be used")
    assert "Traceback" not in ended.stderr

"""Accounts in a real browser: staff set up a passkey and come in by it alone; a card without script, at 320 pixels."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from notifications.models import Delivery
from peer import clock
from peer.actions import cards
from peer.models import Person
from peer.roles import Role
from tests.journeys.browser.conftest import Watch
from tests.make import make_person, make_phone, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def fresh_limits(site_tree: None) -> None:
    cache.clear()


def touch_sensor(page: Page) -> None:
    """Give this browser a phone lock that always says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    sensor = options | {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": sensor})


def test_staff_set_up_a_passkey_and_the_next_day_it_opens_the_house_alone(
    page: Page, live_server: Any, watch: Watch, faults: Callable[[], list[str]]
) -> None:
    kim = make_user(
        name="Kim", person=make_person(kind=Person.Kind.STAFF, given_name="Kim"), roles=(Role.CO_ORDINATOR,)
    )
    phone = make_phone(person=kim.person)
    touch_sensor(page)
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("Your phone number").fill(phone.national)
    page.get_by_role("button", name="Text me a code").click()
    page.get_by_label("Code").fill(re.search(r"\d{6}", Delivery.objects.get().body)[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step before you start")).to_be_visible()
    assert faults() == []
    page.goto(f"{live_server.url}/staff/waiting/")
    expect(page).to_have_url(re.compile("second-step"))
    page.get_by_role("link", name="Set up a passkey").click()
    assert faults() == []
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", name="Codes to keep")).to_be_visible()
    assert faults() == []
    page.get_by_role("link", name="I have them. Go on").click()
    page.goto(f"{live_server.url}/staff/waiting/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("wait")
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/account/login/")
    assert faults() == []
    page.get_by_role("button", name="Sign in with your face").click()
    expect(page).to_have_url(re.compile("/home/"))
    page.goto(f"{live_server.url}/account/signed-in/")
    expect(page.get_by_text("You’re here now")).to_be_visible()
    assert faults() == []
    assert watch.outside == []
    assert watch.complaints == []


def test_a_card_signs_in_without_script_at_320_pixels(browser: Browser, live_server: Any) -> None:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}).new_page()
    ada = make_person(given_name="Ada", born_on=clock.today() - dt.timedelta(days=4500))
    card = cards.give(ada, by=make_user(roles=(Role.CO_ORDINATOR,)))
    cards.choose_words(ada.user, by=ada.user, words=["kettle", "otter", "stairs"])
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_role("link", name="I have a card").click()
    page.get_by_label("The number on your card").fill(card.number)
    page.get_by_label("Your three words").fill("kettle otter stairs")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hello Ada")

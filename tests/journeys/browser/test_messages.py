"""Messages in a real browser: letters, notices, wishes, what was said after the tone; readable, by keyboard, no script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from notifications.models import ContactPreference, InboundText, Letter
from peer import clock
from peer.models import Person
from peer.roles import Role
from tests.journeys.browser.conftest import Watch, look_for_faults
from tests.journeys.browser.test_story_b_moderation import become, press_enter, tab_to
from tests.make import make_person, make_user
from tests.notifications.make import make_contact, make_delivery

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: Any, site_tree: None) -> str:
    """Serve a co-ordinator with a letter to post, a voice to listen to and a stuck message, and a parent with wishes."""
    make_user(name="Kim", roles=(Role.CO_ORDINATOR, Role.SERVICE_MANAGER))
    pat = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat", born_on=None)
    make_user(name="Pat", person=pat)
    contact = make_contact(person=pat)
    told = make_delivery(contact=contact, stuck_at=clock.now(), state="ambiguous").notification
    make_delivery(contact=contact, state="delivered")
    owed = {"owner_role": Role.CO_ORDINATOR, "due_at": clock.now()}
    words = "Dear Pat Lark,\n\nplease ring us.\n\nYours sincerely,\nMeanwhile"
    Letter.objects.create(
        notification=told, recipient=pat, address="Pat Lark\n1 Elm Road", body=words, is_large_print=True, **owed
    )
    InboundText.objects.create(
        public_id="voice",
        sid="RE1",
        number=contact.where,
        where_hash=contact.where_hash,
        kind="voicemail",
        body="The calls are kind",
        contact=contact,
        person=pat,
        **owed,
    )
    return str(live_server.url)


PAGES = {
    "Kim": [
        "/staff/letters/",
        "/staff/letters/paper/",
        "/staff/tell-many/",
        "/staff/texts/",
        "/staff/texts/voice/",
        "/staff/messages/",
        "/staff/messages/stuck/",
    ],
    "Pat": ["/messages/", "/messages/wishes/", "/home/", "/feedback/"],
}


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_every_page_of_messages_is_readable_by_everyone(browser: Browser, site: str, scheme: Any, width: int) -> None:
    for name, paths in PAGES.items():
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
        become(context, site, name)
        page = context.new_page()
        for path in paths:
            page.goto(site + path)
            assert look_for_faults(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
            assert page.get_by_text("Leave quickly").count(), path
        context.close()


def test_by_keyboard_alone_a_parent_chooses_to_be_rung(page: Page, site: str, watch: Watch) -> None:
    become(page.context, site, "Pat")
    page.goto(f"{site}/messages/wishes/")
    page.get_by_role("group", name="News about the wait").get_by_label("Whatever is quickest").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Save")
    press_enter(page)
    expect(page.get_by_text("It holds from the next message on")).to_be_visible()
    assert ContactPreference.objects.get(topic="news").channels == ["call"]
    assert (watch.outside, watch.complaints) == ([], [])


def test_without_scripts_a_letter_is_printed_and_posted(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    become(context, site, "Kim")
    page = context.new_page()
    for done in ("I printed them", "I posted them"):
        page.goto(f"{site}/staff/letters/")
        page.get_by_label("large print").check()
        page.get_by_label(done).check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved for 1 letter.")).to_be_visible()
    assert Letter.objects.get().state == "posted"
    context.close()

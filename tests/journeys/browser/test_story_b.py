"""Story B in a real browser: from the link to a waiting post by keyboard, without scripts, at 320 pixels, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from notifications.models import Delivery
from peer import clock
from peer.actions import hello_calls, invitations, talk
from peer.actions.hello_calls import Said
from peer.models import HelloCall, Invitation, Post, SupportGroup, User
from peer.roles import Role
from tests.journeys.browser.conftest import Watch
from tests.journeys.browser.keyboard import press_enter, tab_to
from tests.make import make_member, make_open_group, make_person, make_phone, make_user, make_wait

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def group(site_tree: None) -> SupportGroup:
    """Make a group in which one can write now."""
    return make_open_group()


@pytest.fixture
def link(live_server: Any, group: SupportGroup) -> str:
    """Offer the group to Noor and give the link she got."""
    born_on = clock.today().replace(year=clock.today().year - 15, day=1)
    noor = make_person(given_name="Noor", family_name="Hadley", born_on=born_on)
    make_wait(person=noor)
    make_phone(person=noor)
    invitations.offer(noor, by=make_user(name="Kim", roles=(Role.CO_ORDINATOR,)), group=group)
    found = re.search(r"/i/\S+", last_text())
    assert found
    return f"{live_server.url}{found[0]}"


def last_text() -> str:
    """Read what the newest text says."""
    delivery = Delivery.objects.order_by("-pk").first()
    assert delivery
    return str(delivery.body)


def sign_in(context: BrowserContext, user: User | None, address: str) -> None:
    """Give this browser the session of somebody."""
    assert user
    client = Client()
    client.force_login(user)
    key = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": address}])


def said_hello(call: HelloCall) -> None:
    """Let a clinician confirm the call."""
    person = call.membership.person
    assert person.born_on
    said = Said(
        born_on=person.born_on, basis="competent", safe_ways="Text.", explained="What it is.", understood="I see."
    )
    hello_calls.confirm(call, by=make_user(name="Dr Lee", roles=(Role.CLINICIAN,)), said=said)


def test_by_keyboard_alone_from_the_link_to_a_post_that_waits(page: Page, link: str, watch: Watch) -> None:
    page.goto(link)
    tab_to(page, "Yes, text me a code")
    press_enter(page)
    tab_to(page, "The code from our text")
    page.keyboard.type(re.findall(r"\b\d{6}\b", last_text())[0])
    for name in ("Yes, I want to join", "Yes, I understand", "Yes, you may tell them"):
        tab_to(page, name)
        page.keyboard.press("Space")
    tab_to(page, "Yes, I’m in")
    press_enter(page)
    expect(page.get_by_text("a call from Dr Lee to say hello")).to_be_visible()
    said_hello(HelloCall.objects.get())
    page.reload()
    tab_to(page, "Choose your name")
    press_enter(page)
    tab_to(page, "Your name here")
    page.keyboard.type("Noor")
    press_enter(page)
    expect(page.get_by_role("alert")).to_contain_text("your own name")
    tab_to(page, "Your name here")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Comet")
    press_enter(page)
    tab_to(page, "Yes, I’ll treat people here like this")
    page.keyboard.press("Space")
    tab_to(page, "That’s fine for me")
    press_enter(page)
    tab_to(page, "Write something")
    press_enter(page)
    tab_to(page, "What is it about?")
    page.keyboard.type("Hello")
    tab_to(page, "What would you like to say?")
    page.keyboard.type("I am new here")
    tab_to(page, "Send")
    press_enter(page)
    expect(page.get_by_text("Sent. It is waiting to be read")).to_be_visible()
    assert Post.objects.get().author.pseudonym == "Comet"
    assert watch.outside == []
    assert [line for line in watch.complaints if "422" not in line] == []


def test_without_scripts_what_was_written_comes_back_and_then_goes(
    browser: Browser, live_server: Any, group: SupportGroup
) -> None:
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, make_member(group=group, name="Fern").user, live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}{group.get_absolute_url()}write/")
    page.get_by_label("What is it about?").fill("Long day")
    page.get_by_label("What would you like to say?").fill("x" * 4_001)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("too long")  # one alert: long is no cause for worry
    expect(page.get_by_label("What would you like to say?")).to_have_value("x" * 4_001)
    page.get_by_label("What would you like to say?").fill("It was **long**")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".post strong")).to_have_text("long")
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_every_page_of_the_story_is_readable_by_everyone(
    page: Page,
    live_server: Any,
    link: str,
    group: SupportGroup,
    watch: Watch,
    faults: Callable[[], list[str]],
    sideways: Callable[[], int],
    scheme: Any,
    width: int,
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    wrong: dict[str, object] = {}

    def look(*paths: str) -> None:
        for path in paths:
            page.goto(path if path.startswith("http") else f"{live_server.url}{path}")
            page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
            if found := faults() + ([f"{sideways()} pixels sideways"] if sideways() else []):
                wrong[path] = found

    invitation = Invitation.objects.get()
    invitations.ask(invitation, by=invitations.LINK, question="I can't cope. Do I have to talk?")
    look(link, f"{link}/yes", f"{link}/no", f"{link}/question", "/i/nothing")

    fern = make_member(group=group, name="Fern")
    assert fern.user
    posts = [
        talk.start_thread(group, by=fern.user, title=f"Subject {number}", body=body)
        for number, body in enumerate(("hello", "ring 07700 900123", "I hate myself", "thank you"))
    ]
    posts[0].move_to(Post.State.APPROVED, approved_hash=posts[0].content_hash, decided_at=clock.now(), due_at=None)
    posts[1].move_to(Post.State.RETURNED, note_to_author="Could you leave out the number?", due_at=None)
    talk.draft_thread(group, by=fern.user, title="Later", body="I want to die")
    sign_in(page.context, fern.user, live_server.url)
    here = group.get_absolute_url()
    look("/groups/", here, f"{here}write/", f"{here}leave/", f"{here}how-we-treat-each-other/")
    look(*(f"/my-posts/{post.public_id}/" for post in Post.objects.all()))
    look(posts[0].thread.get_absolute_url(), f"/my-posts/{posts[1].public_id}/change/")
    group.duties.update(until_at=clock.now())
    look("/groups/", here, f"{here}write/")

    invitations.ask_code(invitation, by=invitations.LINK)
    code = re.findall(r"\b\d{6}\b", last_text())[0]
    membership = invitations.accept(invitation, by=invitations.LINK, code=code, parent_told=None)
    sign_in(page.context, membership.user, live_server.url)
    look("/groups/")
    call = HelloCall.objects.get()
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER, Role.CLINICIAN, Role.CO_ORDINATOR))
    sign_in(page.context, sam, live_server.url)
    look("/staff/hello-calls/", call.get_absolute_url(), f"{call.get_absolute_url()}keep-apart/")
    look("/staff/invitations/", f"/staff/invitations/offer/{membership.person.public_id}/")
    desk = f"/staff/groups/{group.public_id}/"
    look("/staff/groups/", "/staff/groups/new/", desk, f"{desk}change/", f"{desk}protocol/", f"{desk}role/")
    said_hello(call)
    sign_in(page.context, membership.user, live_server.url)
    joining = f"/groups/joining/{membership.public_id}"
    look("/groups/", f"{joining}/name/", f"{joining}/yes/")
    assert wrong == {}
    assert watch.outside == []
    assert [line for line in watch.complaints if "404" not in line] == []

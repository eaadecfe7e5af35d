"""Story B in a real browser: a moderator's phone and a clinician's night, by keyboard, without scripts, readable by all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from moderation import links
from moderation.models import Escalation, EscalationStep, ModerationDecision, OnCallShift
from peer import clock
from peer.events import emit
from peer.models import Person, Post, User
from peer.news import PostHeldForRisk
from peer.roles import Role
from tests.journeys.browser.conftest import Watch
from tests.make import make_duty, make_group, make_member, make_person, make_phone, make_post, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: Any, site_tree: None) -> str:
    """Serve a group with posts that wait, one of them a worry, and its people."""
    group = make_group(title="Lantern")
    asha = make_member(group=group, user=make_user(name="Asha", person=make_person()), name="Fern")
    for handle, age, role in (("Mo", 17, Role.PEER_MODERATOR), ("Dr Lee", 44, Role.CLINICIAN)):
        person = make_person(given_name=handle, kind=Person.Kind.STAFF, born_on=dt.date(2026 - age, 1, 1))
        make_phone(person=person)
        user = make_user(name=handle, person=person)
        user.paged_ok_at = clock.now()
        user.save()
        make_member(group=group, user=user, role=role, name=handle)
    lee = User.objects.get(display_name="Dr Lee")
    make_duty(group=group, user=lee)
    make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    now = clock.now()
    OnCallShift.objects.create(group=group, user=lee, from_at=now, until_at=now + dt.timedelta(hours=8))
    make_post(author=asha, body="I waited eight months.", keys=2)
    number = {"kind": "phone", "start": 8, "end": 20, "part": "body"}
    make_post(author=asha, body="Ring me 07700900123 tonight", findings=[number])
    make_post(author=make_member(group=group, name="Plum"), body="Shown to all.", state=Post.State.APPROVED)
    worry = make_post(author=asha, body="I want to die", state=Post.State.HELD_RISK)
    with transaction.atomic():
        emit(PostHeldForRisk(worry, "red"))
    return str(live_server.url)


def become(context: BrowserContext, site: str, name: str) -> None:
    """Sign somebody in."""
    client = Client()
    client.force_login(User.objects.get(display_name=name))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": site}])


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the thing with this name has the focus."""
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


def test_by_keyboard_alone_a_moderator_blurs_reads_and_answers(page: Page, site: str, watch: Watch) -> None:
    become(page.context, site, "Mo")
    page.goto(f"{site}/queue/")
    tab_to(page, "Blur the words")
    page.keyboard.press("Space")
    assert "blur" in page.locator(".queue-text").first.evaluate("e => getComputedStyle(e).filter")
    tab_to(page, "Read it")
    press_enter(page)
    expect(page.get_by_text("I waited eight months.", exact=True)).to_be_visible()
    tab_to(page, "Could they change one thing?")
    page.keyboard.press("Enter")
    tab_to(page, "Your own words")
    page.keyboard.type("Could you say how it felt?")
    tab_to(page, "Send it back to them")
    press_enter(page)
    expect(page.get_by_text("They have your words, and theirs are kept.")).to_be_visible()
    assert "how it felt" in Post.objects.get(body="I waited eight months.").note_to_author
    assert (watch.outside, watch.complaints) == ([], [])


def test_without_scripts_a_moderator_decides_and_a_clinician_takes_it_and_writes_it_up(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    become(context, site, "Mo")
    page = context.new_page()
    page.goto(f"{site}/queue/")
    page.get_by_role("button", name="Read it").last.click()
    page.get_by_role("button", name="Yes, share it").click()
    expect(page.get_by_role("alert")).to_contain_text("tick that you did")
    page.get_by_role("checkbox", name="a phone number?").check()
    page.get_by_role("button", name="Yes, share it").click()
    expect(page.get_by_text("It’s shared now")).to_be_visible()
    become(context, site, "Dr Lee")
    page.goto(f"{site}/escalations/")
    page.get_by_role("button", name="I have it").click()
    page.get_by_role("link", name="Act sheet").click()
    expect(page.get_by_role("heading", name="Asha Example")).to_be_visible()
    page.get_by_role("link", name="Write down what you did").click()
    page.get_by_text("Write down what you did").click()
    page.get_by_label("What you did or heard").fill("Rang her.")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Rang her.")).to_be_visible()
    assert Escalation.objects.get().state == "in_progress"
    context.close()


@pytest.mark.parametrize("lost", ["before", "after"])
def test_u14_a_decision_pressed_without_signal_is_one_and_its_words_are_kept(page: Page, site: str, lost: str) -> None:
    become(page.context, site, "Mo")
    page.goto(f"{site}/queue/")
    page.get_by_role("button", name="Read it").first.click()
    page.get_by_text("Could they change one thing?").click()
    page.get_by_label("Your own words").first.fill("Could you say how it felt?")

    def cut(route: Route) -> None:
        if lost == "after":
            route.fetch()  # it arrives, and the answer does not
        route.abort("internetdisconnected")

    page.route("**/return/", cut)
    with pytest.raises(Error), page.expect_navigation():
        page.get_by_role("button", name="Send it back to them").click()
    assert ModerationDecision.objects.count() == (lost == "after")
    page.unroute("**/return/")
    page.reload()
    expect(page.get_by_text("They have your words, and theirs are kept.")).to_be_visible()
    made = ModerationDecision.objects.get()
    assert made.kind_words == "Could you say how it felt?"


def pages(site: str) -> list[tuple[str, list[str]]]:
    """List who opens which page."""
    waiting = Post.objects.get(body__startswith="Ring me")
    held, shown = Post.objects.get(state="held_risk"), Post.objects.get(state="approved")
    worry, group = Escalation.objects.get(), held.thread.group
    mo = Person.objects.get(user__display_name="Mo")
    link = links.for_step(EscalationStep.objects.get(rung="first")).split("/", 3)[3]
    return [
        ("Mo", ["/queue/", f"/queue/{waiting.public_id}/", "/queue/rest/", "/pause/"]),
        ("Mo", ["/queue/practice/", "/queue/topics/"]),
        ("Mo", [f"/pause/{group.public_id}/pause/", f"/posts/{shown.public_id}/report/", f"/{link}"]),
        ("Dr Lee", ["/risk/", f"/risk/{held.public_id}/", "/escalations/", f"/escalations/{worry.public_id}/"]),
        ("Dr Lee", [f"/escalations/{worry.public_id}/act-sheet/", "/shifts/", "/rota/"]),
        ("Dr Lee", [f"/staff/groups/{group.public_id}/phrases/"]),
        ("Kim", ["/rota/"]),
        ("Sam", ["/escalations/", f"/escalations/{worry.public_id}/reassign/", "/staff/places/", "/staff/looked-up/"]),
        ("Sam", [f"/staff/places/{held.author.public_id}/who/"]),
        ("Sam", ["/staff/moderators/", f"/staff/moderators/{mo.public_id}/"]),
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 1280)])
def test_every_page_of_the_watch_is_readable_by_everyone(
    page: Page,
    site: str,
    watch: Watch,
    faults: Callable[[], list[str]],
    sideways: Callable[[], int],
    scheme: Any,
    width: int,
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    Escalation.objects.update(owner=User.objects.get(display_name="Dr Lee"), owner_role=Role.CLINICIAN)
    waiting = Post.objects.get(body__startswith="Ring me")
    client = Client()
    client.force_login(User.objects.get(display_name="Mo"))
    wrong: dict[str, object] = {}
    for name, paths in pages(site):
        become(page.context, site, name)
        for path in paths:
            answer = page.goto(f"{site}{path}")
            assert answer
            assert answer.ok, path
            page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
            if found := faults() + ([f"{sideways()} pixels sideways"] if sideways() else []):
                wrong[path] = found
        client.post(f"/queue/{waiting.public_id}/claim/")  # from now on the post stands open for Mo
    become(page.context, site, "Mo")
    page.goto(f"{site}/queue/{waiting.public_id}/")
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    if found := faults() + ([f"{sideways()} pixels sideways"] if sideways() else []):
        wrong["open post"] = found
    assert wrong == {}
    assert (watch.outside, watch.complaints) == ([], [])

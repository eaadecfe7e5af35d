"""Hostile words in a real browser: nothing runs, and the policy of the pages has nothing to refuse (H26, G19)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page

from moderation.actions import claims
from moderation.models import QueuedPost
from peer import sanitise
from peer.actions import feedback
from peer.gate import SERVICE
from peer.models import FeedbackItem, HelpRequest, Membership, Post, Thread, User
from peer.roles import Role
from tests.hostile import CORE, SEED, pack, share
from tests.make import make_member, make_open_group, make_person, make_post, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IN_A_RUN = 60
# What a payload calls to show that it ran; ours set `ran` themselves.
TRAP = "for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => { window.ran = name; };"


@pytest.fixture
def reports() -> Iterator[tuple[str, list[Any]]]:
    """Give a place that browsers send their reports to, and what came there."""
    came: list[Any] = []

    class Reader(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Reader)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/csp", came
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(live_server: Any, site_tree: None, reports: tuple[str, list[Any]], settings: Any) -> str:
    """Give the site with its own policy, and beside it where to report to."""
    policy = settings.CONTENT_SECURITY_POLICY
    settings.CONTENT_SECURITY_POLICY = policy | {"DIRECTIVES": policy["DIRECTIVES"] | {"report-uri": [reports[0]]}}
    return str(live_server.url)


def be(page: Page, site: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    key = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": site}])


def say(words: str, **post: Any) -> Post:
    """Make a post of these words, as the door makes it."""
    made = make_post(body=words, **post)
    html = sanitise.to_html(words)
    Thread.objects.filter(pk=made.thread_id).update(title=words[:80])
    shown = sanitise.content_hash(words[:80], html)
    approved = shown if made.state == Post.State.APPROVED else ""
    Post.objects.filter(pk=made.pk).update(html=html, content_hash=shown, approved_hash=approved)
    return made


def test_nothing_runs_and_nothing_is_reported(page: Page, site: str, reports: tuple[str, list[Any]]) -> None:
    group = make_open_group()
    asha = make_member(group=group, name="Fern", user=make_user(person=make_person(given_name=CORE[1]))).user
    comet = make_member(group=group, name="Comet")
    lee = User.objects.get(memberships__pseudonym="Dr Lee")
    lee.service_roles.create(role=Role.CLINICIAN)
    mo = User.objects.get(memberships__pseudonym="Mo")
    sam = make_user(name=CORE[3], roles=(Role.SERVICE_MANAGER,))
    assert asha
    texts = pack([*CORE, *share(IN_A_RUN)], 1_500)
    shown = [say(text, group=group, author=comet, state=Post.State.APPROVED) for text in texts]
    waits = say(texts[0], group=group, author=comet)
    mine = say(texts[1], group=group, author=Membership.objects.get(user=asha))
    claims.claim(QueuedPost.objects.get(pk=waits.pk), by=mo)
    item = feedback.give(
        SERVICE, by=feedback.VISITOR, said=feedback.Said(works=texts[0], does_not=texts[1]), nonce="n", sender="s"
    )
    FeedbackItem.objects.filter(pk=item.pk).update(said=texts[0], may_share=True, published_at=item.given_at)
    asked = HelpRequest.objects.create(
        kind="me", words=texts[0], reach=CORE[1], level="red", owner_role="clinician", due_at=item.given_at
    )
    walks: dict[User | None, list[str]] = {
        asha: ["/home/", group.get_absolute_url(), f"/my-posts/{mine.public_id}/", "/my-data/"]
        + [post.get_absolute_url() for post in shown],
        mo: ["/queue/", f"/queue/{waits.public_id}/"],
        sam: ["/staff/feedback/", f"/staff/feedback/{item.public_id}/", "/home/"],
        lee: ["/staff/worries/", f"/staff/worries/{asked.public_id}/", "/home/"],
        None: [item.get_absolute_url(), f"/feedback/said/{item.public_id}/"],
    }
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.add_init_script(TRAP)
    opened, ran, words = 0, [], 0
    for user, paths in walks.items():
        page.context.clear_cookies() if user is None else be(page, site, user)
        for path in paths:
            answer = page.goto(f"{site}{path}")
            assert answer
            assert answer.status == 200, path
            page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
            page.mouse.move(200, 300)
            page.keyboard.press("Tab")
            ran += [path] if page.evaluate("'ran' in window") else []
            words += "i-was-here" in page.content()
            assert page.locator("[i-was-here], i-was-here").count() == 0
            opened += 1
    assert (ran, dialogs, reports[1]) == ([], [], []), SEED
    assert opened > 12
    assert words > 8

    # The same eyes see what does run, and the same ears hear what the policy refuses.
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")
    page.wait_for_timeout(500)
    assert [one["csp-report"]["effective-directive"] for one in reports[1]] == ["script-src-attr"]
    assert not page.evaluate("'ran' in window")
    page.goto("about:blank")
    page.set_content("<img src=x onerror=alert(1)>")
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") == "alert"

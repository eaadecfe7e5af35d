"""Strings written to break pages through every door and into every box, read back on every page (H26, G19).

`HOSTILE=all` sends every string of the collections through every door, which takes many minutes; `HOSTILE=post,report` through
some. Without it each run takes the hard core and the share of the day; HOSTILE_SEED brings a day back.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django import forms
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.test import Client

from cms import example
from cms.example import waiting
from peer import doors, sanitise
from peer.models import Membership, Post, SupportGroup, User
from tests import hostile
from tests.architecture.test_doors import _of_view, _takes_words, _views, get_resolver
from tests.hostile import CORE, MARK, SEED, TRIED, faults, flat, pack, share, text_of
from tests.journeys import at_the_desks
from tests.journeys.browser.test_demo_every_page import ELSEWHERE, NOBODY, WALKERS, route_of
from tests.journeys.test_doors import (  # noqa: F401
    RED,
    THROUGH,
    Place,
    need_somebody,
    need_somebody_without_a_name,
    place,
    propose,
)
from tests.machines import undone
from tests.make import make_open_group, make_person, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.usefixtures("site_tree"),
]  # pages and parsers, whatever the database

ASKED = os.environ.get("HOSTILE", "")
IN_PLACES = 60  # of the collections, through our templates
OF_THE_CORE, OF_THE_DAY = (
    8,
    2,
)  # through each way of a door, another hand each: together they send all of the core often
WAYS = [
    (door, way) for door, ways in THROUGH.items() for way in ways if ASKED in {"", "all"} or door in ASKED.split(",")
]
LONGEST = {"report_answer": 500, "report": 1_000, "proposal": 900, "join_request": 900, "question": 900, "kind_words": 400,
           "profile": 900, "goodbye": 900, "text": 1_500, "voicemail": 1_500, "help_me": 1_900, "help_someone": 1_900,
           "moderator_question": 900, "text_wish": 900, "mend_answer": 900, "directory": 900,
           "social_answer": 900}  # fmt: skip


@pytest.fixture(autouse=True)
def noted(settings: Any) -> None:
    """Note where hostile words came in, before any view sees them."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.hostile.Noting"]


def hand(door: str, way: Callable[[Place, str], Any]) -> list[str]:
    """Deal: every string to everybody where that is asked for, else to each way its own few."""
    if ASKED:
        return [*CORE, *hostile.every_string()]
    at = WAYS.index((door, way))
    of_core = list(islice(cycle(CORE), at * OF_THE_CORE % len(CORE), at * OF_THE_CORE % len(CORE) + OF_THE_CORE))
    return of_core + share(OF_THE_DAY * len(WAYS))[at :: len(WAYS)]


def test_together_the_ways_send_every_string_of_the_core_several_times() -> None:
    sent = Counter(one for door, way in WAYS for one in hand(door, way))
    assert min(sent[one] for one in CORE) >= min(3, len(WAYS) * OF_THE_CORE // len(CORE))


# ── Through every door ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("door", "way"), WAYS, ids=[way.__name__ for _door, way in WAYS])
def test_through_the_door_nothing_breaks_and_what_was_typed_is_kept(
    place: Place,  # noqa: F811
    door: str,
    way: Callable[[Place, str], Any],
) -> None:
    kept = sent = 0
    for batch in pack(hand(door, way), LONGEST.get(door, 1_900)):
        with undone():
            answer = way(place, batch)
            sent += 1
            assert answer.status_code < 500, (SEED, batch)
            if answer.content:
                read = faults if "html" in answer.headers["content-type"] else hostile.xml_faults
                assert read(answer.content.decode()) == [], (SEED, batch)
            kept += _is_kept(door, batch)
            if answer.status_code == 422:
                assert "\0" in batch or flat(batch) in text_of(answer.content.decode()), (
                    "refused, and the words are lost"
                )
    THROUGH_ALL["ways"] += 1
    print(f"{way.__name__}: {sent} sent, {kept} kept")
    assert kept >= sent * 0.9


def _is_kept(door: str, batch: str) -> bool:
    """Tell whether the newest row of a door holds what was typed."""
    ((label, columns),) = doors.table()[door].keeps.items()
    row = apps.get_model(label)._base_manager.order_by("-pk").first()
    held = [flat(str(getattr(row, column) or "")) for column in columns] if row else []
    return any(one.endswith(flat(batch)) for one in held)  # a kind beginning may stand before it


def test_every_string_of_the_collections_is_words_in_every_place_of_our_templates() -> None:
    """In a post as the sanitiser made it, in a card, a heading, an attribute, a box of one line and a box of many."""
    some_or_all = hostile.every_string() if ASKED == "all" else share(IN_PLACES)
    strings = [one.replace("\0", "") for one in [*CORE, *some_or_all]]
    for at in range(0, len(strings), 100):
        some = strings[at : at + 100]
        page = "".join(_places(one) for one in some)
        assert faults(page) == [], some
        words = text_of(page)
        lost = [one for one in some if flat(one) and words.count(flat(one)) < 4]
        assert lost == [], "not read back as it was typed"


def _places(words: str) -> str:
    form = PlacesForm({"line": words, "box": words})
    post = {
        "name": words,
        "html": sanitise.as_cleaned(sanitise.to_html(words)),
        "when": words,
        "fold": "",
        "body": words,
    }
    item = {"said": words, "heard": words, "did": words, "who": words, "days": 1, "href": ""}
    return "".join(
        (
            render_to_string("components/post.html", post),
            render_to_string("components/feedback_item.html", item),
            render_to_string("components/card.html", {"title": words, "text": words, "meta": words}),
            form.as_p(),
        )
    )


class PlacesForm(forms.Form):
    """A box of one line, and a box of many."""

    line = forms.CharField(max_length=20_000)
    box = forms.CharField(max_length=20_000, widget=forms.Textarea)


# ── A name, which others read ───────────────────────────────────────────────────────────────────────────────────────
def test_no_hostile_name_comes_into_a_group() -> None:
    group, person = make_open_group(), make_person(given_name="Noor", family_name="Hadley")
    user = make_user(person=person)
    joins = Membership.objects.create(group=group, person=person, user=user, state=Membership.State.CONFIRMED)
    client = Client()
    client.force_login(user)
    for text in [*CORE, *share(10)]:
        answer = client.post(f"/groups/joining/{joins.public_id}/name/", {"name": text, "colour": "1"})
        assert answer.status_code in {302, 422}, (SEED, text)
        assert not answer.content or faults(answer.content.decode()) == [], (SEED, text)
    joins.refresh_from_db()
    assert not set(joins.pseudonym) & set('<>&"/\\=;(){}')


# ── On every page ───────────────────────────────────────────────────────────────────────────────────────────────────
OURS = ("peer", "moderation", "notifications")
NOT_WORDS = (  # what the machine itself reads: keys, addresses, numbers, kinds of things
    "id", "html", "headings", "cells", "hash", "secret", "public_id", "handle", "nonce", "key", "sid", "token", "language", "channel", "purpose", "role",
    "kind", "state", "level", "door", "reference", "where", "number", "username", "email", "password", "source", "action",
    "template", "code", "colour", "zone", "lane", "number_of", "as_role", "target", "result", "fingerprint", "lives", "rung",
    "age_band", "band", "slug", "name_key", "notice", "skeleton", "session", "topic", "part", "basis", "device", "duty", "cascade",
)  # fmt: skip


def poison() -> int:
    """Put hostile words into every column of words of every row that people or staff have written; give how many."""
    pool = [*CORE, *share(400)]
    random.Random(SEED).shuffle(pool)
    turn, done = cycle(pool), 0
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            if not model._meta.proxy:
                done += sum(_poison(model, column, turn) for column in _columns(model))
    for post in Post.objects.exclude(html="").select_related("thread"):
        html = sanitise.to_html(post.body)
        shown = sanitise.content_hash(post.thread.title, html)
        approved = shown if post.approved_hash else post.approved_hash
        Post.objects.filter(pk=post.pk).update(html=html, content_hash=shown, approved_hash=approved)
    return done


def _columns(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    for column in model._meta.concrete_fields:
        parts = column.name.split("_")
        machine = column.name in NOT_WORDS or not set(parts).isdisjoint(NOT_WORDS)
        words = isinstance(column, models.CharField | models.TextField) and not column.choices and not column.unique
        if words and not machine and not column.primary_key:
            yield column


def _poison(model: type[models.Model], column: models.Field[Any, Any], turn: Iterator[str]) -> int:
    rows, done = QuerySet(model), 0
    longest = column.max_length or (1 if column.name == "html" else 600)
    for pk in rows.order_by("-pk").values_list("pk", flat=True)[:12]:
        short = next(
            (one for one in islice(turn, 200) if one.strip() and "\0" not in one and len(one) <= longest), "<b>"
        )
        words = short if longest < 200 else pack([short, *islice(turn, 4)], longest)[0].replace("\0", "")
        try:
            with transaction.atomic():
                done += rows.filter(pk=pk).update(**{column.name: words[:longest]})
        except IntegrityError:
            continue  # a rule of the database keeps such words out
    return done


def give_work_to_the_desks() -> None:
    """Let somebody of the cast have worried and had an idea, so that the boxes in which staff answer are there."""
    lee, asha, omar, mo = (User.objects.get(handle=handle) for handle in ("dr_lee", "asha", "omar", "mo"))
    somewhere = Place(SupportGroup.objects.get(title="Lantern"), lee, asha, omar, mo)
    for way in (need_somebody_without_a_name, need_somebody, propose):
        assert way(somewhere, RED).status_code == 200


class Crawler:
    """One of the cast at a plain client: opens one page of each route, and sends hostile words by every form of it."""

    def __init__(self, handle: str, sent: set[tuple[str, ...]], seen: Counter[str]) -> None:
        self.handle, self.sent, self.seen = handle, sent, seen
        self.client = Client()
        if handle != NOBODY:
            self.client.force_login(User.objects.get(handle=handle))
        self.opened: set[str] = set()
        self.wrong: list[str] = []
        self.hot = 0

    def walk(self) -> None:
        """Follow every link, one page of each route."""
        first = ["/", "/account/login/", "/tell-us/"] if self.handle == NOBODY else ["/home/"]
        ways = [*first]
        while ways:
            path = ways.pop(0)
            route = route_of(path)
            is_public = route.startswith("/") and self.handle != NOBODY
            is_known = self.seen[route] >= READERS and path not in first
            if route in self.opened or path.startswith(ELSEWHERE) or is_public or is_known:
                continue
            self.opened.add(route)
            self.seen[route] += 1
            ways += self.open(path)

    def open(self, path: str) -> list[str]:
        """Read a page, send its forms, and give the ways on."""
        page = self.ask(path, lambda: self.client.get(path, follow=True))
        if page is None or "html" not in page.headers.get("content-type", ""):
            return []
        self.hot += b"&lt;" in page.content
        tree = page.tree
        for form in tree.iter("form"):
            self.send(page.request["PATH_INFO"], form)
        links = [
            urlsplit(urljoin(f"http://testserver{path}", one.get("href"))) for one in tree.iter("a") if one.get("href")
        ]
        return [f"{one.path}?{one.query}".rstrip("?") for one in links if one.netloc == "testserver"]

    def send(self, page: str, form: Any) -> None:
        """Send one form once, whoever meets it first; nothing of it stays."""
        address = urlsplit(urljoin(f"http://testserver{page}", form.get("action") or ""))
        route = route_of(address.path)
        pieces = iter(cycle(islice(cycle(CORE), len(self.sent) % len(CORE), len(self.sent) % len(CORE) + len(CORE))))
        sent, boxes = hostile.filled(
            form, lambda limit: pack([f"<{MARK}>", *islice(pieces, 8)], limit)[0] if limit >= 60 else "<b>'\""
        )
        what = (route, *sorted(boxes))
        if not boxes or what in self.sent or address.path.startswith(ELSEWHERE):
            return
        self.sent.add(what)
        ask = self.client.post if (form.get("method") or "get").lower() == "post" else self.client.get
        with undone():
            self.ask(f"{address.path} with {sorted(boxes)}", lambda: ask(address.path, sent, follow=True))

    def ask(self, what: str, ask: Callable[[], Any]) -> Any:
        """Ask, and note whatever is not ours or breaks."""
        try:
            page = ask()
        except Exception as problem:
            self.wrong.append(f"{self.handle} at {what}: {type(problem).__name__} {problem}")
            return None
        if page.status_code >= 500:
            self.wrong.append(f"{self.handle} at {what}: {page.status_code}")
        if "html" in page.headers.get("content-type", ""):
            page.tree = hostile.read(page.content.decode())
            self.wrong += [f"{self.handle} at {what}: {one}" for one in hostile.faults_in(page.tree)]
        return page


CRAWLERS = [NOBODY, *(one for one in WALKERS if one in {"asha", "mo", "pat", "dr_lee", "kim", "sam"})]
READERS = 2 if ASKED else 1  # of one kind of page: the first of the cast who reach it
THROUGH_ALL = {"ways": 0, "pages": 0}


@pytest.fixture
def short_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let some 80 families wait in place of 500: the pages are the same."""
    if not ASKED:
        file = tmp_path / waiting.FILE.name
        file.write_text("".join(waiting.FILE.read_text().splitlines(keepends=True)[:81]))
        monkeypatch.setattr(waiting, "FILE", file)


def test_every_page_shows_hostile_words_as_words_and_every_box_takes_them(
    site_tree: None, short_list: None, capsys: pytest.CaptureFixture[str]
) -> None:
    example.load(say=lambda _line: None)
    give_work_to_the_desks()
    assert poison() > 300
    laid = at_the_desks.lay()
    sent: set[tuple[str, ...]] = set()
    wrong: list[str] = []
    opened: set[str] = set()
    hot, seen = 0, Counter[str]()
    for handle in CRAWLERS:
        crawler = Crawler(handle, sent, seen)
        crawler.walk()
        print("WALKED", handle, len(crawler.opened), sorted(crawler.opened)[:60])
        wrong += crawler.wrong
        opened |= crawler.opened
        hot += crawler.hot
    for handle, path in laid:
        crawler = Crawler(handle, sent, seen)
        crawler.open(path)

        wrong += crawler.wrong
        hot += crawler.hot
    with capsys.disabled():
        print(f"\n{len(opened)} kinds of pages, {hot} with hostile words, {len(sent)} forms, seed {SEED}")
    THROUGH_ALL["pages"] += 1
    assert wrong == []
    assert len(opened) > 90
    assert hot > 80
    assert len(sent) > 40


# Boxes that are not tried here, by address.
COMPARED = frozenset(  # with a secret, a name or a fingerprint, and never shown
    [
        "account_change_password",
        "account_confirm_login_code",
        "account_email",
        "account_login",
        "account_reauthenticate",
        "account_request_login_code",
        "account_reset_password",
        "account_reset_password_from_key",
        "account_set_password",
        "account_signup",
        "approvals-approve",
        "consents-answer",
        "consents-own-yes",
        "feedback-agree",
        "groups-name",
        "invitations-yes",
        "escalations-link",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_edit_webauthn",
        "mfa_reauthenticate",
        "sessions-link",  # takes an address of https alone: tests/peer/views/test_video.py
    ]
)
NO_PAGE_YET = frozenset(  # no row brings these boxes yet; what stands in their columns is read all the same
    [
        "accounts-email",
        "appeals-detail",
        "appointments-detail",
        "check-ins-detail",
        "data-requests-leave-out",
        "feedback-act",
        "feedback-settle",
        "invitations-answer",
        "meeting-places-describe",
        "memberships-keep-words",
        "memberships-settle",
        "mends-create",
        "mends-down",
        "messages-hold",
        "own-say-own-yes",
        "people-adults-decide",
        "run-sheets-write",
        "social-send",
        "texts-handle",
        "watched-phrases-drop",
    ]
)
BESIDE = frozenset(  # boxes of another form of the same page, or of the same form when it is asked for something else
    [
        ("accounts-end-sessions", "email"),
        ("accounts-vouch", "email"),
        ("approvals-hand-on", "words"),
        ("invitations-offer", "partner"),
        ("mends-disagree", "reason"),
        ("mends-down", "instead"),
        ("mends-down", "wrong"),
        ("mends-hand-on", "reason"),
        ("mends-hand-on", "words"),
        ("mends-keep", "words"),
        ("signposts-point", "words"),
        ("talk-change", "title"),
        ("watched-phrases-index", "text"),
        ("watched-phrases-try", "phrase"),
    ]
)


def boxes() -> set[tuple[str, str]]:
    """Give every box of the site that takes text, of staff too: its address and its name."""
    views = [(path, name, view) for path, name, view in _views(get_resolver()) if _takes_words(view)]
    ours = [
        (name, view) for path, name, view in views if not path.startswith(("admin/", "demo/", "style/", "webhooks/"))
    ]
    return {(name, box) for name, view in ours for box in _of_view(view)}


def test_every_box_of_the_site_was_tried() -> None:
    if {"ways": len(WAYS), "pages": 1} != THROUGH_ALL:
        pytest.skip("the other tests of this file try the boxes")
    left = boxes() - TRIED - BESIDE
    print(len(boxes()), "boxes,", sorted(left))
    assert {route for route, _box in left} <= COMPARED | NO_PAGE_YET

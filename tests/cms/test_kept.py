"""Whole pages are kept for visitors: only what is everybody's, gone as soon as anything on it changes, never needed."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction, Site

from cms import changes, editors, tasks
from cms.models import HomePage, NewsPage, PublicChange, ServiceDetails, StandardPage, YouSaidPage
from cms.site import load_site
from cms.views.reading import COOKIE
from peer import clock
from peer.actions import feedback
from peer.gate import SERVICE
from peer.models import FeedbackItem, SupportGroup
from peer.roles import Role
from tests.cms.directory import make_organisation, make_service, make_term
from tests.make import make_user

pytestmark = pytest.mark.django_db
HOST = {"host": urlsplit(settings.PUBLIC_BASE_URL).netloc}
PLAIN = "/about/"


@pytest.fixture
def home(site_tree: None) -> HomePage:
    """Make a site of a few pages."""
    given = {"plain_summary": "A page.", "review_on": dt.date(2099, 1, 1)}
    start = HomePage(title="Start", slug="start", lead="Waiting is hard.", **given)
    Page.get_first_root_node().add_child(instance=start)
    Site.objects.update(root_page=start)
    Site.clear_site_root_paths_cache()
    for kind, name in (
        (StandardPage, "about"),
        (StandardPage, "parents"),
        (NewsPage, "new"),
        (YouSaidPage, "you-said"),
    ):
        start.add_child(instance=kind(title=name, slug=name, **given))
    ServiceDetails.objects.create(site=Site.objects.get())
    return HomePage.objects.get(pk=start.pk)


@pytest.fixture
def whole(site_tree: None) -> HomePage:
    return load_site()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ask at each request whether something changed; and no minute ends in the midst of a test."""
    monkeypatch.setattr(changes, "LOOK_EVERY", 0.0)
    caches["pages"].clear()
    with clock.at(clock.now()):
        yield
    caches["pages"].clear()


@pytest.fixture
def visitor() -> Client:
    return Client(headers=HOST)


def questions(client: Client, path: str, **headers: str) -> int:
    """Open a page, and count what the database was asked, but for whether something changed."""
    with CaptureQueriesContext(connection) as said:
        assert client.get(path, headers=HOST | headers).status_code < 400, path
    return sum("cms_publicchange" not in row["sql"] for row in said)


def is_kept(client: Client, path: str, **headers: str) -> bool:
    client.get(path, headers=HOST | headers)
    return questions(client, path, **headers) == 0


# ── What is kept ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_page_of_the_public_face_is_kept_whole(whole: HomePage, visitor: Client) -> None:
    paths = [page.url for page in Page.objects.descendant_of(whole, inclusive=True).live()]
    service = make_service(name="Kite")
    item = FeedbackItem.objects.published().first()
    paths += ["/directory/", service.get_absolute_url(), "/news.xml", "/sitemap.xml", "/robots.txt", "/openness/"]
    paths += ["/openness/figures.csv", *([reverse("feedback-said", args=[item.public_id])] if item else [])]
    for path in paths:
        first = visitor.get(path)
        again = visitor.get(path)
        assert (again.content, again["Content-Type"]) == (first.content, first["Content-Type"]), path
        assert dict(again.items()) == dict(first.items()), path
        assert b"csrfmiddlewaretoken" not in first.content, path
        assert questions(visitor, path) == 0, path
        assert again["Content-Security-Policy"] or path.endswith((".xml", ".txt")), path


@pytest.mark.parametrize(
    "path",
    ["/feedback/", "/feedback/complain/", "/tell-us/", "/tell-us/me/", "/account/login/", "/feedback/find/", "/readyz"],
)
def test_a_page_with_a_form_or_a_name_is_not_kept(home: HomePage, visitor: Client, path: str) -> None:
    visitor.get(path)
    with CaptureQueriesContext(connection):
        first, again = Client().get(path, headers=HOST), Client().get(path, headers=HOST)
    tokens = [re.findall(rb'csrfmiddlewaretoken" value="(\w+)"', answer.content) for answer in (first, again)]
    assert "ETag" not in again.headers
    assert tokens[0] != tokens[1] or tokens == [[], []]


def test_a_question_in_the_address_fills_nothing(home: HomePage, visitor: Client) -> None:
    visitor.get(PLAIN)
    for number in range(20):
        visitor.get(f"{PLAIN}?junk={number}")
        visitor.get(f"/nothing-{number}/")
    assert questions(visitor, f"{PLAIN}?junk=1") > 0
    assert len(caches["pages"]._cache) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("host", ["localhost:1", "testserver", "127.0.0.1"])
def test_another_host_is_answered_and_fills_nothing(home: HomePage, host: str) -> None:
    assert Client(headers={"host": host}).get(PLAIN).status_code == 200
    assert len(caches["pages"]._cache) == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "headers",
    [{"cookie": "sessionid=x"}, {"cookie": "messages=x"}, {"cookie": "other=1"}, {"authorization": "Basic x"}],
)
def test_whoever_brings_something_gets_the_page_itself(
    home: HomePage, visitor: Client, headers: dict[str, str]
) -> None:
    assert not is_kept(Client(), PLAIN, **headers)
    assert len(caches["pages"]._cache) == 0  # type: ignore[attr-defined]


def test_a_visitor_with_a_token_of_a_form_reads_what_is_kept(home: HomePage) -> None:
    client = Client(headers=HOST)
    client.get("/feedback/")
    assert settings.CSRF_COOKIE_NAME in client.cookies
    assert is_kept(client, PLAIN)


def test_a_signed_in_person_is_told_nothing_kept_and_leaves_nothing(home: HomePage, visitor: Client) -> None:
    person = make_user(roles=(Role.YOUNG_PERSON,))
    signed_in = Client(headers=HOST)
    signed_in.force_login(person)
    theirs = signed_in.get(PLAIN)
    assert b"Sign out" in theirs.content
    assert theirs["Cache-Control"] == "no-store, private"
    assert b"Sign out" not in visitor.get(PLAIN).content
    assert b"Sign out" in signed_in.get(PLAIN, headers={"If-None-Match": visitor.get(PLAIN)["ETag"]}).content


# ── How it is given ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_browsers_ask_each_time_and_hear_that_nothing_changed(home: HomePage, visitor: Client) -> None:
    answer = visitor.get(PLAIN)
    assert answer["Cache-Control"] == "no-cache"
    again = visitor.get(PLAIN, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    assert "Cookie" in answer["Vary"]


def test_it_is_small_for_whoever_takes_it_so(home: HomePage, visitor: Client) -> None:
    plain = visitor.get(PLAIN)
    small = visitor.get(PLAIN, headers={"Accept-Encoding": "gzip, br"})
    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    assert int(small["Content-Length"]) == len(small.content) < len(plain.content) / 2


def test_a_page_is_of_its_minute(home: HomePage, visitor: Client) -> None:
    visitor.get("/you-said/")
    assert questions(visitor, "/you-said/") == 0
    with clock.at(clock.now().replace(second=0) + dt.timedelta(minutes=1)):
        assert questions(visitor, "/you-said/") > 0


# ── What changes it ─────────────────────────────────────────────────────────────────────────────────────────────────
def changed_words(home: HomePage) -> None:
    page = Page.objects.get(slug="about").specific
    page.title = "Who we are"
    page.save_revision().publish()


def said_and_published(home: HomePage) -> None:
    feedback.give(SERVICE, by=feedback.VISITOR, said=feedback.Said(works="The texts."), nonce="n", sender="s")


CHANGES: dict[str, Any] = {
    "publish": changed_words,
    "unpublish": lambda home: Page.objects.get(slug="about").specific.unpublish(),
    "move": lambda home: Page.objects.get(slug="about").move(Page.objects.get(slug="parents"), "last-child"),
    "delete": lambda home: Page.objects.get(slug="about").specific.delete(),
    "order": lambda home: Page.objects.get(slug="about").move(home, "first-child"),
    "close": lambda home: PageViewRestriction.objects.create(page=home, restriction_type="login"),
    "site settings": lambda home: ServiceDetails.objects.update(phone="020 7946 0123"),
    "document": lambda home: Document.objects.create(title="x", file="x.pdf").delete(),
    "collection": lambda home: CollectionViewRestriction.objects.create(
        collection=Collection.get_first_root_node(), restriction_type="login"
    ),
    "service": lambda home: make_service(name="Kite"),
    "term": lambda home: make_term(name="Sleep"),
    "words of a service": lambda home: make_service(name="Kite").terms.add(make_term(name="Sleep")),
    "organisation": lambda home: make_organisation(name="Boathouse"),
    "feedback": said_and_published,
    "a group": lambda home: SupportGroup.objects.create(title="Owls", listed=True),
    "by SQL": lambda home: NewsPage.objects.update(plain_summary="Other words."),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_what_is_public_changes_every_page(home: HomePage, visitor: Client, change: Any) -> None:
    assert is_kept(visitor, "/")
    change(home)
    assert questions(visitor, "/") > 0


def test_what_nobody_sees_changes_no_page(home: HomePage, visitor: Client) -> None:
    assert is_kept(visitor, "/")
    make_user(roles=(Role.YOUNG_PERSON,))
    assert questions(visitor, "/") == 0


def test_a_page_taken_down_is_gone(home: HomePage, visitor: Client) -> None:
    assert visitor.get(PLAIN).status_code == 200
    Page.objects.get(slug="about").specific.unpublish()
    assert visitor.get(PLAIN).status_code == 404


def test_a_closed_page_is_shown_to_nobody_from_what_was_kept(home: HomePage, visitor: Client) -> None:
    assert is_kept(visitor, PLAIN)
    PageViewRestriction.objects.create(page=Page.objects.get(slug="about"), restriction_type="login")
    assert visitor.get(PLAIN).status_code == 302


def test_a_photo_that_is_withdrawn_changes_the_pages(home: HomePage, visitor: Client, tmp_path: Any) -> None:
    settings_before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path
    try:
        from tests.cms.views.test_photos import make_photo

        photo = make_photo()
        assert is_kept(visitor, "/")
        photo.delete()
        assert questions(visitor, "/") > 0
    finally:
        settings.MEDIA_ROOT = settings_before


def test_what_was_taken_back_was_no_change(home: HomePage) -> None:
    before = PublicChange.objects.stamp()
    with transaction.atomic():
        changed_words(home)
        assert PublicChange.objects.stamp() != before
        transaction.set_rollback(True)
    assert PublicChange.objects.stamp() == before


def test_all_but_the_last_note_is_forgotten_at_night(home: HomePage) -> None:
    before = PublicChange.objects.stamp()
    tasks.forget_changes()
    assert PublicChange.objects.count() == 1
    assert PublicChange.objects.stamp() != before


def test_every_table_that_a_public_page_reads_is_watched(whole: HomePage) -> None:
    """Whatever is asked while a public page is made is either watched, or is about who asks or how the site is built."""
    make_service(name="Kite").terms.add(make_term(name="Sleep"))
    unseen = {"django_session", "peer_user", "wagtailimages_image", "cms_photorendition", "cms_publicchange"}
    paths = [page.url for page in Page.objects.descendant_of(whole, inclusive=True).live()]
    with CaptureQueriesContext(connection) as said:
        for path in [*paths, "/directory/", "/news.xml", "/sitemap.xml", "/openness/"]:
            Client().get(path, headers=HOST | {"cookie": "other=1"})
    read = {table for row in said for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', row["sql"])}
    assert read - changes.tables() - unseen - {"django_content_type"} == set()
    assert "wagtailcore_page" in read
    assert YouSaidPage._meta.db_table in read


# ── When things are broken ──────────────────────────────────────────────────────────────────────────────────────────
def test_where_the_database_does_not_answer_nothing_is_kept(
    home: HomePage, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.get(PLAIN)
    monkeypatch.setattr(PublicChange.objects, "stamp", _fails)
    assert questions(visitor, PLAIN) > 0


def _fails() -> str:
    from django.db import DatabaseError

    raise DatabaseError


def test_a_silent_database_is_not_asked_for_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "LOOK_EVERY", 60.0)
    monkeypatch.setattr(changes, "_seen", (-60.0, ""))
    asked = []
    monkeypatch.setattr(PublicChange.objects, "stamp", lambda: asked.append(1) or _fails())
    assert [changes.stamp() for _turn in range(5)] == [""] * 5
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_changes_something_sees_it_at_once_and_others_soon(
    site_tree: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "LOOK_EVERY", 60.0)
    before = changes.stamp()
    with transaction.atomic():
        make_term(name="Sleep")
        assert changes.stamp() == before  # nobody else sees it yet
    assert changes.stamp() != before


def test_an_editor_sees_the_page_itself(home: HomePage, visitor: Client) -> None:
    editor = make_user(roles=(Role.EDITOR,))
    editors.sync(editor)
    client = Client(headers=HOST)
    client.force_login(editor)
    assert not is_kept(client, PLAIN)


def test_what_a_manager_changed_in_another_process_is_on_the_next_page_that_is_kept(
    home: HomePage, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "DETAILS_KEPT_SECONDS", 60)
    ServiceDetails.objects.update(name="Before")
    assert "– Before</title>" in visitor.get(PLAIN).content.decode()
    ServiceDetails.objects.update(name="After")  # as another process would: no signal here, but a row that says so
    assert "– After</title>" in visitor.get(PLAIN).content.decode()


def test_how_somebody_likes_to_read_keeps_nobody_from_a_kept_page(home: HomePage) -> None:
    assert is_kept(Client(), PLAIN)
    assert is_kept(Client(), PLAIN, cookie=f"{COOKIE}=large")

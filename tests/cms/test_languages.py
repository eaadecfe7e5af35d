"""Pages in another language: beside the English ones, which keep their addresses, and shown only where there are some."""

from __future__ import annotations

import re
from ast import literal_eval
from gettext import GNUTranslations
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client
from wagtail.models import Locale, Page

from cms import crisis
from cms.models import HelpNowPage, HomePage
from cms.site import load_site
from peer.roles import Role
from tests.make import make_user

pytestmark = pytest.mark.django_db
UNCHECKED = "لم يراجع هذه الصفحة"
BEHIND = "تم تغيير الصفحة الإنجليزية"
PART = re.compile(r'^(msg\w+(?:\[\d\])?) ((?:"[^\n]*"\n?)+)', re.MULTILINE)


@pytest.fixture
def home(site_tree: None) -> HomePage:
    return load_site()


def read(client: Client, path: str, **headers: str) -> BeautifulSoup:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return BeautifulSoup(answer.content, "html.parser")


def test_english_pages_keep_their_addresses_and_their_language_whatever_a_browser_asks_for(
    home: HomePage, client: Client
) -> None:
    for page in Page.objects.descendant_of(home, inclusive=True):
        html = read(client, f"/{page.url_path.split('/', 2)[2]}", accept_language="ar,pl;q=0.8")
        assert html.html is not None
        assert (html.html["lang"], html.html.get("dir")) == ("en-gb", None), page.url


def test_a_translated_page_reads_from_right_to_left_and_says_that_nobody_checked_it(
    home: HomePage, client: Client
) -> None:
    html = read(client, "/ar/help-now/")
    assert html.html is not None
    assert (html.html["lang"], html.html["dir"]) == ("ar", "rtl")
    assert UNCHECKED in html.get_text()
    assert [one["href"] for one in html.select("main .crisis-lines a")] == [line.href for line in crisis.LINES]
    said = html.select_one("main")
    assert said is not None
    assert "Call 999" not in said.get_text()
    assert UNCHECKED not in read(client, "/help-now/").get_text()


def test_the_switch_and_the_head_name_each_language_and_only_where_there_is_one(home: HomePage, client: Client) -> None:
    wanted = {"en-gb": "/help-now/", "ar": "/ar/help-now/"}
    for path in wanted.values():
        html = read(client, path)
        assert {one["hreflang"]: one["href"] for one in html.select(".languages a")} == wanted
        heads = {one["hreflang"]: one["href"] for one in html.select("head link[hreflang]")}
        assert heads == {code: f"{settings.PUBLIC_BASE_URL}{href}" for code, href in wanted.items()}
        here = html.select_one(".languages [aria-current]")
        assert here is not None
        assert here["href"] == path
    assert not read(client, "/about/").select(".languages, head link[hreflang]")
    HelpNowPage.objects.get(locale__language_code="ar").unpublish()
    assert not read(client, "/help-now/").select(".languages, head link[hreflang]")


def test_a_page_that_is_not_translated_is_not_there_in_the_other_language(home: HomePage, client: Client) -> None:
    assert client.get("/ar/about/").status_code == 404
    assert client.get("/ar/").status_code == 200


def test_an_editor_begins_a_translation_as_a_draft(home: HomePage, client: Client) -> None:
    client.force_login(make_user(roles=(Role.EDITOR,)))
    about, arabic = Page.objects.get(slug="about"), Locale.objects.get(language_code="ar")
    address = f"/admin/translation/submit/page/{about.pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"locales": [arabic.pk]}).status_code == 302
    draft = about.get_translation(arabic)
    assert not draft.live
    assert client.get("/ar/about/").status_code == 404
    assert not read(client, "/about/").select(".languages")


def test_a_translation_says_that_the_english_page_was_changed_after_it(home: HomePage, client: Client) -> None:
    """A wrong fact that was put right in English may still stand in Arabic: whoever reads that is told."""
    assert BEHIND not in read(client, "/ar/help-now/").get_text()
    page = HelpNowPage.objects.get(locale__language_code=settings.LANGUAGE_CODE)
    page.save_revision().publish()
    assert BEHIND in read(client, "/ar/help-now/").get_text()
    assert "changed after this one" not in read(client, "/help-now/").get_text()
    HelpNowPage.objects.get(locale__language_code="ar").save_revision().publish()
    assert BEHIND not in read(client, "/ar/help-now/").get_text()


@pytest.mark.parametrize(
    "words", sorted(Path(settings.BASE_DIR, "locale").rglob("*.po")), ids=lambda words: words.parts[-3]
)
def test_what_readers_get_is_what_the_file_of_words_says(words: Path) -> None:
    """The program reads the compiled file: whoever changes a sentence and forgets to compile it changes nothing."""
    with words.with_suffix(".mo").open("rb") as compiled:
        given = GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    assert {key: text for key, text in given.items() if key} == sentences(words.read_text(encoding="utf-8"))


def sentences(text: str) -> dict[str | tuple[str, int], str]:
    """Read a file of words: each sentence by its English, one for each number where there are several."""
    found: dict[str | tuple[str, int], str] = {}
    for entry in text.split("\n\n"):
        parts = {name: literal_eval(f"({said})") for name, said in PART.findall(entry)}
        if parts.get("msgid"):
            plain = {parts["msgid"]: parts.get("msgstr", "")}
            several = {
                (parts["msgid"], int(name[7])): said for name, said in parts.items() if name.startswith("msgstr[")
            }
            found |= several or plain
    return found

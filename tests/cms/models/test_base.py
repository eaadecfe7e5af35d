"""A page without a plain summary or a review date is a draft, whoever presses publish (S7)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.documents.models import Document
from wagtail.rich_text import expand_db_html

from cms.models import HomePage, LibraryItemPage, StandardPage
from cms.site import load_site
from tests.notifications.sounds import mp3

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(site_tree: None) -> HomePage:
    return load_site()


def draft(home: HomePage, **facts: object) -> StandardPage:
    page = StandardPage(title="Our rules", slug="our-rules", live=False, **facts)
    page.body = page.body.stream_block.to_python([{"type": "prose", "value": "<p>Be kind.</p>"}])
    home.add_child(instance=page)
    return page


@pytest.mark.parametrize(
    "facts", [{"plain_summary": "What we ask of you."}, {"review_on": dt.date(2030, 1, 1)}, {}], ids=str
)
def test_publishing_is_refused_without_summary_and_review_date(home: HomePage, facts: dict[str, object]) -> None:
    page = draft(home, **facts)
    with pytest.raises(ValidationError):
        page.save_revision().publish()
    page.refresh_from_db()
    assert not page.live


def test_a_page_with_both_is_published(home: HomePage) -> None:
    page = draft(home, plain_summary="What we ask of you.", review_on=dt.date(2030, 1, 1))
    page.save_revision().publish()
    page.refresh_from_db()
    assert page.live


def test_the_words_of_a_page_are_its_title_summary_and_every_block(home: HomePage) -> None:
    text = draft(home, plain_summary="What we ask of you.").plain_text()
    assert text.split("\n")[:3] == ["Our rules", "What we ask of you.", "Be kind."]


@pytest.mark.parametrize(("name", "says"), [("audio", "Choose a sound"), ("easy_read", "Choose a document")])
def test_somebody_listens_to_a_sound_and_reads_a_document(
    home: HomePage, name: str, says: str, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = draft(home, plain_summary="What we ask of you.", review_on=dt.date(2030, 1, 1))
    text = Document.objects.create(title="Easy", file=ContentFile(b"Easy words.", "easy.txt"))
    sound = Document.objects.create(title="Aloud", file=ContentFile(mp3(), "aloud.mp3"))
    setattr(page, name, text if name == "audio" else sound)
    with pytest.raises(ValidationError, match=says):
        page.save_revision()
    setattr(page, name, sound if name == "audio" else text)
    page.save_revision()


def test_cards_ask_once_for_each_kind_of_page(home: HomePage) -> None:
    pages = list(StandardPage.objects.live()[:3])
    block = StandardPage(title="x").body.stream_block.child_blocks["cards"]
    value = block.to_python({"heading": "", "cards": [{"page": page.pk, "text": ""} for page in pages]})
    assert [card["page"].pk for card in value["cards"]] == [page.pk for page in pages]
    with CaptureQueriesContext(connection) as said:
        shown = block.get_context(value)["cards"]
    assert [card["goal"] for card in shown] == pages
    assert len(said) == 1


def test_links_in_a_text_ask_once_for_all_their_pages(home: HomePage) -> None:
    pages = [*StandardPage.objects.live()[:2], *LibraryItemPage.objects.live()[:2]]
    links = "".join(f'<a linktype="page" id="{page.pk}">x</a>' for page in pages)
    addresses = [page.url for page in pages]  # the roots of the sites are known from here on
    with CaptureQueriesContext(connection) as said:
        html = expand_db_html(f'<p>{links}<a linktype="page" id="0">gone</a></p>')
    assert re.findall('href="(.*?)"', html) == addresses
    assert html.endswith("<a>gone</a></p>")
    assert sum("wagtailcore_page" in row["sql"] for row in said) == 1

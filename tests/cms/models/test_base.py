"""A page without a plain summary or a review date is a draft, whoever presses publish (S7)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from cms.models import HomePage, StandardPage
from cms.site import load_site

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

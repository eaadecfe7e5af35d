"""Other words in the place of wrong ones: in every block and field, never in tags, links or what machines read (U22)."""

from __future__ import annotations

import pytest

from cms.models import DirectoryService, PathwayPage, StandardPage
from cms.swapping import swap

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree")]  # a page asks which language it is in


def page(*rows: dict[str, object]) -> StandardPage:
    made = StandardPage(title="Ring 0999", slug="ring-0999", plain_summary="Ring 0999.")
    made.body = made.body.stream_block.to_python(list(rows))
    return made


def test_words_are_swapped_in_every_kind_of_block_and_counted() -> None:
    card = {"type": "care", "value": {"kind": "urgent", "title": "0999", "body": "<ul><li>Ring 0999</li></ul>"}}
    text = page({"type": "prose", "value": "<p>Ring 0999 or 0999.</p>"}, card)
    assert swap(text, wrong="0999", instead="0111") == 6
    assert (text.title, text.plain_summary, text.slug) == ("Ring 0111", "Ring 0111.", "ring-0999")
    assert text.plain_text().count("0111") == 6
    assert "0999" not in text.plain_text()


def test_a_list_within_a_step_is_reached_too() -> None:
    text = PathwayPage(title="Way", slug="way")
    step = {"title": "One", "what": "<p>x</p>", "expect": ["Ring 0999"], "try_this": ["Ask 0999"], "you_can": []}
    text.steps = text.steps.stream_block.to_python([{"type": "step", "value": step}])
    assert swap(text, wrong="0999", instead="0111") == 2
    assert list(text.steps[0].value["expect"]) == ["Ring 0111"]


@pytest.mark.parametrize(
    ("wrong", "instead", "after"),
    [
        ("Kim & co", "Kim <b>", '<p>Ask <a href="/kim/">Kim &lt;b&gt;</a></p>'),
        ("href", "x", '<p>Ask <a href="/kim/">Kim &amp; co</a></p>'),
        ("/kim/", "/mo/", '<p>Ask <a href="/kim/">Kim &amp; co</a></p>'),
    ],
)
def test_tags_and_links_stay_and_what_was_typed_is_never_markup(wrong: str, instead: str, after: str) -> None:
    text = page({"type": "prose", "value": '<p>Ask <a href="/kim/">Kim &amp; co</a></p>'})
    swap(text, wrong=wrong, instead=instead)
    assert text.body[0].value.source == after


def test_what_machines_read_of_a_service_stays() -> None:
    service = DirectoryService(name="Free help", cost="free", status="active", phone="0999")
    assert swap(service, wrong="free", instead="x") == swap(service, wrong="active", instead="x") == 0
    assert (service.cost, service.status) == ("free", "active")

"""The one sanitiser: only its few tags, twice the same, and no string of the collections gets anything through."""

from __future__ import annotations

import json
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peer import sanitise

DATA = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
COLLECTIONS = ("naughty_strings.json", "xss_cheatsheet_rsnake.json", "xss_payloadbox.txt")


class Seen(HTMLParser):
    """Collects what a browser would see: tags, and any attribute at all."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.tags: set[str] = set()
        self.attributes: list[object] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it carries."""
        self.tags.add(tag)
        self.attributes += attrs

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.others.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def seen(html: str) -> Seen:
    """Read HTML as a browser would."""
    reader = Seen()
    reader.feed(html)
    reader.close()
    return reader


def check(html: str) -> None:
    """Hold the result to the rules."""
    found = seen(html)
    assert found.tags <= sanitise.TAGS
    assert found.attributes == []
    assert found.others == []
    assert sanitise.clean(html) == html


MARKS = st.lists(
    st.sampled_from(
        [
            "*",
            "**",
            "_",
            "> ",
            "- ",
            "1. ",
            "\n",
            "\n\n",
            "[",
            "](",
            ")",
            "`",
            "<b>",
            "</p>",
            "<",
            "&",
            "&lt;",
            "\\",
            "a",
            " ",
        ]
    ),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), MARKS))
def test_whatever_is_written_becomes_only_the_few_tags_and_stays_so(text: str) -> None:
    check(sanitise.to_html(text))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), MARKS, st.from_regex(r"(<\/?[a-z]{1,8}( on\w+=\"x\")?>|\w){0,20}")))
def test_cleaning_twice_is_cleaning_once(html: str) -> None:
    once = sanitise.clean(html)
    assert sanitise.clean(once) == once
    assert seen(once).tags <= sanitise.TAGS


def strings_in(value: object) -> list[str]:
    """Give every string of a JSON file."""
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in strings_in(one)] if isinstance(value, list) else [str(value)]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_no_string_of_the_collections_gets_anything_through(name: str) -> None:
    file = DATA / name
    if not file.exists():
        pytest.skip(f"{file} is not here: set SHARED_DATA to the folder of the collections")
    texts = strings_in(json.loads(file.read_text())) if file.suffix == ".json" else file.read_text().splitlines()
    assert len(texts) > 50
    for text in texts:
        html = sanitise.to_html(text[: sanitise.LONGEST])
        check(html)
        assert sanitise.clean(sanitise.clean(text)) == sanitise.clean(text)


def test_links_are_shown_and_not_live() -> None:
    html = sanitise.to_html("[look](https://example.com/?a=1&b=2) and ![x](https://example.com/x.png)")
    assert "look (https://example.com/?a=1&amp;b=2)" in html
    assert "<a" not in html
    assert "<img" not in html


def test_a_link_that_runs_something_stays_plain_words() -> None:
    assert sanitise.to_html("[press](javascript:alert(1))") == "<p>[press](javascript:alert(1))</p>\n"


def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(sanitise.TooLong):
        sanitise.to_html("x" * (sanitise.LONGEST + 1))


def test_the_hash_binds_title_and_words() -> None:
    assert sanitise.content_hash("a", "b") != sanitise.content_hash("", "ab")
    assert sanitise.content_hash("a", "b") != sanitise.content_hash("a ", "b")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("**All the gnomes have hats.**", "All the gnomes have hats."),
        ("*One*, two", "One, two"),
        ("- tea\n- toast", "tea toast"),
        ("first\n\nsecond\nthird", "first second third"),
        ("5 < 6 & <b>7</b>", "5 < 6 & <b>7</b>"),
    ],
)
def test_the_first_words_in_a_list_are_as_they_will_look(typed: str, line: str) -> None:
    assert sanitise.as_words(sanitise.to_html(typed)) == line

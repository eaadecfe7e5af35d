"""Parts of a page that are written once: from plain values alone, and never one for the other (record 0018)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import override

from peer import parts
from peer.forms.talk import ReplyForm, ThreadForm
from peer.models import SupportGroup

PART = '{% load components %}{% written "components/tag.html" text=text tone=tone %}'
IN_PAGES = re.compile(r'{% written "([^"]+)"')
IN_CODE = re.compile(r'written\(\s*"([^"]+)"')


def part(**values: object) -> str:
    return Template(PART).render(Context(values))


def test_the_same_values_are_written_once_and_others_anew() -> None:
    parts._written.cache_clear()
    assert part(text="New", tone="calm") == part(text="New", tone="calm") != part(text="New", tone="good")
    assert parts._written.cache_info()[:2] == (1, 2)


def test_words_that_look_like_clean_html_are_never_taken_for_it() -> None:
    bold = "<b>so</b>"
    assert bold in part(text=mark_safe(bold), tone="")
    assert bold not in part(text=bold, tone="")
    assert bold in part(text=mark_safe(bold), tone="")


def test_true_is_not_one() -> None:
    assert (part(text=True, tone=""), part(text=1, tone="")) == (part(text="True", tone=""), part(text="1", tone=""))


def test_each_language_has_its_own() -> None:
    parts._written.cache_clear()
    part(text="New", tone="calm")
    with override("cy"):
        part(text="New", tone="calm")
    assert parts._written.cache_info().misses == 2


def test_a_row_is_refused_for_it_may_change() -> None:
    with pytest.raises(TypeError, match="plain values"):
        part(text=SupportGroup(pk=1, title="Lantern"), tone="")


def test_a_part_reads_nothing_that_it_was_not_given() -> None:
    """Whoever asks, a form's token, the address: what a written part read of them would be another person's."""
    folder = Path(settings.BASE_DIR, "templates")
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.html")]
    code = [file.read_text(encoding="utf-8") for file in Path(settings.BASE_DIR).glob("*/templatetags/*.py")]
    found = {*re.findall(IN_PAGES, "".join(texts)), *re.findall(IN_CODE, "".join(code))}
    assert {"peer/talk/_others_post.html", "components/nav_entries.html", "components/head.html"} <= found
    for part in found:
        text = (folder / part).read_text(encoding="utf-8")
        for name in ("csrf_token", "request", "user.", "perms.", "form_nonce"):
            assert name not in text, f"{part} reads {name}"


def test_an_empty_box_is_written_once_and_one_with_words_in_it_anew() -> None:
    assert ReplyForm().fields_written() == ReplyForm().fields_written() != ThreadForm().fields_written()
    assert "only mine" in ReplyForm({"body": "only mine"}).fields_written()
    assert "only mine" in ReplyForm(initial={"body": "only mine"}).fields_written()
    assert "only mine" not in ReplyForm().fields_written()

"""Putting other words in the place of wrong ones, everywhere on a page or service where they stand."""

from __future__ import annotations

import html
import re
from typing import Any

from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField

TAG = re.compile(r"(<[^>]*>)")
MACHINERY = frozenset({"slug", "url_path", "path", "draft_title", "translation_key"})


class Swap:
    """One pair of words, and how often the first of them was found."""

    def __init__(self, wrong: str, instead: str) -> None:
        self.wrong, self.instead, self.found = wrong, instead, 0

    def words(self, words: str) -> str:
        """Swap in plain words."""
        self.found += words.count(self.wrong)
        return words.replace(self.wrong, self.instead)

    def markup(self, source: str) -> str:
        """Swap in the words between the tags of rich text; links lead where they led."""
        parts = TAG.split(source)
        parts[::2] = [html.escape(self.words(html.unescape(part)), quote=False) for part in parts[::2]]
        return "".join(parts)

    def block(self, block: blocks.Block, value: Any) -> Any:
        """Swap in the raw value of one block of a page, and in all that it holds."""
        if isinstance(block, blocks.StreamBlock):
            return [one | {"value": self.block(block.child_blocks[one["type"]], one["value"])} for one in value]
        if isinstance(block, blocks.StructBlock):
            return {name: self.block(block.child_blocks[name], one) for name, one in value.items()}
        if isinstance(block, blocks.ListBlock):
            return [self.item(block.child_block, one) for one in value]
        if isinstance(block, blocks.RichTextBlock):
            return self.markup(value)
        return self.words(value) if isinstance(block, blocks.CharBlock | blocks.TextBlock) and value else value

    def item(self, block: blocks.Block, one: Any) -> Any:
        """Swap in one item of a list, which Wagtail keeps with an id, or bare where a program wrote it."""
        if isinstance(one, dict) and one.get("type") == "item":
            return one | {"value": self.block(block, one["value"])}
        return self.block(block, one)


def swap(text: models.Model, *, wrong: str, instead: str) -> int:
    """Swap in every field of words of a page or service, not yet saved; give how often the words were found."""
    pair = Swap(wrong, instead)
    for field in text._meta.get_fields():
        value = getattr(text, field.name, None) if field.concrete else None
        if isinstance(field, StreamField):
            raw = field.stream_block.get_prep_value(value)
            setattr(text, field.name, field.stream_block.to_python(pair.block(field.stream_block, raw)))
        elif value and _is_words(field):
            setattr(text, field.name, pair.words(value))
    return pair.found


def _is_words(field: Any) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and field.editable and not field.choices and field.name not in MACHINERY

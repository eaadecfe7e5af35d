"""From somebody's plain writing to the few tags a page may show; made once, at submit (decision 23)."""

from __future__ import annotations

import hashlib
import re
import threading
from html import unescape

import bleach
import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

LONGEST = 20_000
TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "blockquote"})

_first_pass = nh3.Cleaner(tags=set(TAGS), attributes={}, link_rel=None)


class _SecondPass(threading.local):
    """A cleaner for each thread: its parser remembers where it is."""

    def __init__(self) -> None:
        self.cleaner = bleach.Cleaner(tags=set(TAGS), attributes={}, strip=True)


_second_pass = _SecondPass()


class TooLong(ValueError):
    """The text is longer than anything we parse."""


class _Renderer(RendererHTML):
    """Shows a link as its words and its address, never as something to press."""

    def link_open(self, _tokens: list[Token], _idx: int, _options: OptionsDict, _env: dict[str, object]) -> str:
        """Begin a link: its words stand as they are."""
        return ""

    def link_close(self, tokens: list[Token], idx: int, _options: OptionsDict, _env: dict[str, object]) -> str:
        """End a link: the address follows its words."""
        opened = next(token for token in reversed(tokens[:idx]) if token.type == "link_open")
        address = bleach.clean(str(opened.attrGet("href") or ""), tags=set())
        return f" ({address})" if address else ""


_marks = MarkdownIt("zero", {"breaks": True}, renderer_cls=_Renderer).enable(
    ["emphasis", "list", "blockquote", "link", "newline", "escape"]
)


def to_html(text: str) -> str:
    """Turn plain writing with a few marks into clean HTML (bold, italic, lists, quotes, links shown but not live)."""
    return clean(_marks.render(_bounded(text)))


def clean(html: str) -> str:
    """Keep the few tags a post may carry; everything else goes, twice over."""
    return _second_pass.cleaner.clean(_first_pass.clean(_bounded(html)))


def content_hash(title: str, html: str) -> str:
    """Hash exactly what will be shown, so that an approval binds those bytes (safety P3)."""
    return hashlib.sha256(f"{title}\0{html}".encode()).hexdigest()


def as_cleaned(html: str) -> SafeString:
    """Mark stored HTML as ready to show; only ever what `clean` made."""
    return mark_safe(html)


def as_words(html: str) -> str:
    """Give what a person sees of cleaned HTML as one line without marks, for the first words in a list."""
    inline = re.sub(r"</?(?:strong|em)>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inline)).split())


def _bounded(text: str) -> str:
    if len(text) > LONGEST:
        raise TooLong(f"{len(text)} characters")
    return text

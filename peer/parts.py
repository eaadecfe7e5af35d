"""Parts of a page that are written once from plain values, and shown as often as a page is opened (record 0018)."""

from __future__ import annotations

from functools import lru_cache
from types import NoneType
from typing import Any, cast

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT = 4_096  # parts of about a kilobyte
PLAIN = frozenset({str, SafeString, int, bool, NoneType})  # what is equal is the same, whoever asks


def written(part: str, **values: Any) -> SafeString:
    """Render a template from these values and nothing else, once for each of them in a process."""
    kinds = tuple(map(type, values.values()))
    if not PLAIN.issuperset(kinds):
        wrong = [name for name, kind in zip(values, kinds, strict=True) if kind not in PLAIN]
        raise TypeError(f"{part} is written from plain values: {', '.join(wrong)}")
    return _written(part, get_language(), tuple(values), kinds, tuple(values.values()))


@lru_cache(KEPT)
def _written(
    part: str, _language: str | None, names: tuple[str, ...], _kinds: tuple[type, ...], values: tuple[Any, ...]
) -> SafeString:
    return cast("SafeString", get_template(part).render(dict(zip(names, values, strict=True))))

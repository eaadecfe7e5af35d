"""Pure: a text and what screening found in it, cut into pieces that a page can mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, Promise] = {
    "phrase": _("worrying words"),
    "phone": _("a phone number?"),
    "email": _("an e-mail address?"),
    "handle": _("a name on another app?"),
    "postcode": _("a postcode?"),
    "school": _("a school?"),
    "age": _("an exact age or birthday?"),
    "link": _("a link"),
    "failed": _("could not be checked by itself"),
}


@dataclass(frozen=True)
class Piece:
    """A stretch of text, and what it may be (empty: nothing found)."""

    text: str
    label: str = ""


def label(finding: dict[str, Any]) -> str:
    """Say in plain words what a finding may be."""
    return str(LABELS.get(str(finding.get("kind")), _("something to look at")))


def pieces(text: str, findings: Iterable[dict[str, Any]]) -> list[Piece]:
    """Cut `text` (offsets in characters) into plain and marked pieces; together they are the whole text again."""
    cut, at = [], 0
    for finding in sorted(findings, key=lambda found: int(found.get("start", 0))):
        start, end = max(at, int(finding.get("start", 0))), min(len(text), int(finding.get("end", 0)))
        if start >= end:
            continue
        cut += [Piece(text[at:start])] if start > at else []
        cut.append(Piece(text[start:end], label(finding)))
        at = end
    return [*cut, Piece(text[at:])] if at < len(text) else cut


def quote(text: str, finding: dict[str, Any], *, around: int = 24) -> str:
    """Quote a finding with `around` characters on each side."""
    start, end = max(0, int(finding.get("start", 0)) - around), int(finding.get("end", 0)) + around
    return ("…" if start else "") + text[start:end].replace("\n", " ") + ("…" if end < len(text) else "")

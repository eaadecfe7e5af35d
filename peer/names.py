"""The name somebody chooses for a group: kind to say, hard to mistake for staff, never their own (pure; safety H25)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from peer.lookalikes import fold
from peer.screening import screen
from peer.states import RuleBroken

SHORTEST, LONGEST = 2, 20
LONG_S = "\u017f"  # looks like an f, and turns into an s when it is made plain: no name needs it

# Anywhere in a name; then only as a word of its own.
_STAFF = [
    "moderator",
    "clinician",
    "doctor",
    "nurse",
    "therapist",
    "counsellor",
    "counselor",
    "psychologist",
    "psychiatrist",
    "coordinator",
    "manager",
    "facilitator",
    "administrator",
    "supervisor",
    "safeguarding",
    "helpline",
    "childline",
    "samaritans",
    "camhs",
    "meanwhile",
    "police",
    "consultant",
    "professor",
    "supportworker",
    "socialworker",
    "keyworker",
    "caseworker",
    "official",
    "paramedic",
]
_STAFF_WORDS = frozenset(
    fold(word)
    for word in [
        "dr",
        "doc",
        "nhs",
        "mod",
        "mods",
        "gp",
        "staff",
        "admin",
        "host",
        "system",
        "team",
        "bot",
        "helper",
        "teacher",
        "owner",
        "root",
    ]
)
_STAFF_FOLDED = tuple(fold(word) for word in _STAFF)
# Letters of the Latin alphabet with its accents; everyday Cyrillic; and alphabets that look like neither.
_LATIN = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f]")
_CYRILLIC = re.compile("[\u0410-\u044f\u0401\u0404\u0406\u0407\u0451\u0454\u0456\u0457\u0490\u0491]")
_OTHER = re.compile(
    "[\u0620-\u064a\u0660-\u0669\u0900-\u0dff\u0e01-\u0e59\u1200-\u135a\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]"
)


@dataclass(frozen=True)
class Name:
    """A name as it is shown, and the skeleton by which two names are the same."""

    shown: str
    skeleton: str


def choose(typed: str, *, real_names: Iterable[str] = ()) -> Name:
    """Give the name to use, or refuse with a sentence for the young person."""
    shown = " ".join(unicodedata.normalize("NFKC", typed).split())
    skeleton = fold(shown)
    if not SHORTEST <= len(shown) <= LONGEST or len(skeleton) < SHORTEST:
        raise RuleBroken(_("Please choose a name with 2 to 20 letters."))
    if LONG_S in typed or not _is_plain(shown):
        raise RuleBroken(_("Please use letters of one alphabet, and if you like a space or up to two numbers."))
    if _is_like_staff(shown, skeleton):
        raise RuleBroken(_("That could be taken for somebody who works here. Please choose another name."))
    if _is_real(skeleton, shown, real_names):
        raise RuleBroken(_("That looks like your own name. Choose one that nobody knows you by: it keeps you safe."))
    if screen(shown).findings:
        raise RuleBroken(_("Please choose another name. If you don’t feel safe right now, press “Need help now?”."))
    return Name(shown, skeleton)


def _is_plain(shown: str) -> bool:
    letters = [char for char in shown if not char.isascii() or char.isalpha()]
    marks = [char for char in shown if char.isascii() and not char.isalpha()]
    one_alphabet = any(all(map(is_of, letters)) for is_of in (_LATIN.match, _CYRILLIC.match, _is_other))
    return bool(letters) and one_alphabet and set(marks) <= set(" -'0123456789") and sum(map(str.isdigit, shown)) <= 2


def _is_other(char: str) -> bool:
    return bool(_OTHER.match(char)) or unicodedata.category(char) in {"Mn", "Mc"}


def _is_like_staff(shown: str, skeleton: str) -> bool:
    if any(word in skeleton for word in _STAFF_FOLDED):
        return True
    words = {fold(word) for word in re.split(r"[\W_\d]+", _parted(shown))} | {skeleton}
    return bool(words & _STAFF_WORDS)


def _is_real(skeleton: str, shown: str, real_names: Iterable[str]) -> bool:
    words = {fold(word) for word in shown.split()}
    parts = {fold(part) for name in real_names for part in name.split()} - {""}
    return any(part in words or (len(part) > 2 and part in skeleton) for part in parts)


def _parted(shown: str) -> str:
    # A capital in the middle of a word begins a word: "DrLee" is read as two.
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", shown)

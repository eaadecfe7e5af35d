"""Names: no look-alike of a staff word, nobody's own name, two that look the same are the same (safety H25, G21)."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

import pytest

from peer import names
from peer.lookalikes import PLAIN, fold
from peer.states import RuleBroken

CONFUSABLES = Path(__file__).with_name("confusables.json")
WORDS = [
    "Moderator",
    "Clinician",
    "Doctor",
    "Nurse",
    "Dr Lee",
    "Admin",
    "Staff",
    "NHS",
    "Childline",
    "Samaritans",
    "Helper",
]


def look_alikes() -> dict[str, list[str]]:
    """Give, for each plain letter, every other character of Unicode that stands for it or looks like it."""
    found: dict[str, list[str]] = {}
    for number in range(128, sys.maxunicode + 1):
        char = chr(number)
        if unicodedata.category(char) in {"Cn", "Cs", "Co"}:
            continue
        plain = fold(char)
        if len(plain) == 1 and plain.isascii() and plain.isalpha():
            found.setdefault(plain, []).append(char)
    for look, plain in PLAIN.items():
        found.setdefault(plain, []).append(look)
    return found


def allowed(name: str) -> bool:
    """Tell whether a name would be taken."""
    try:
        names.choose(name)
    except RuleBroken:
        return False
    return True


def test_no_look_alike_of_a_staff_word_passes() -> None:
    alike = look_alikes()
    tried = [
        word[:place] + look + word[place + 1 :]
        for word in WORDS
        for place, letter in enumerate(word.casefold())
        for look in alike.get(letter if letter != "l" else "i", [])
    ]
    assert len(tried) > 1_315
    assert [name for name in tried if allowed(name)] == []


def test_no_look_alike_that_unicode_itself_lists_passes() -> None:
    """The tables above are our own; this one is not, and names what nobody here thought of."""
    looks: dict[str, str] = json.loads(CONFUSABLES.read_text())["looks"]
    tried = [
        word[:place] + look + word[place + 1 :]
        for word in WORDS
        for place, letter in enumerate(word.casefold())
        for look in looks.get(letter, "")
    ]
    assert len(tried) > 1_315
    assert [name for name in tried if allowed(name)] == []


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("dress", ["{}", "{} 1", "The {}", "a {} b", "{}-{}"])
def test_staff_words_do_not_pass_in_any_dress(word: str, dress: str) -> None:
    assert not allowed(dress.replace("{}", word))


@pytest.mark.parametrize("word", [word for word in WORDS if len(word) > 6])
def test_long_staff_words_do_not_pass_inside_another(word: str) -> None:
    assert not allowed(f"x{word}")
    assert not allowed(f"{word}s")


@pytest.mark.parametrize(
    "name", ["Fern", "Tide", "Robin 7", "Zoë", "O'Neil", "Mary-Lou", "عائشة", "Мира", "小雨", "ਸਿਮਰਨ", "Ash", "Modest"]
)
def test_friendly_names_pass(name: str) -> None:
    assert names.choose(name).shown == name


@pytest.mark.parametrize(
    "name",
    ["", "x", " ", "a" * 21, "12", "Fern!!", "<b>Fern</b>", "Fеrn", "Fern2011", "🦊", "a\u202eb", "kms", "fern@x.com"],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    assert not allowed(name)


@pytest.mark.parametrize("name", ["Noor", "noor", "N00r", "Nóór", "Noor H", "xNoorx", "Hadley", "hadIey"])
def test_nobody_uses_their_own_name(name: str) -> None:
    with pytest.raises(RuleBroken):
        names.choose(name, real_names=["Noor", "Hadley"])


@pytest.mark.parametrize(
    ("one", "other"), [("Fern", "fern"), ("Fern", "Fém"), ("Robin1", "Robinl"), ("O'Neil", "ONeil"), ("Zoë", "zoe")]
)
def test_two_names_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert names.choose(one).skeleton == names.choose(other).skeleton

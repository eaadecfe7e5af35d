"""Readability: the formulas give their published figures, plain text is found plain, house words are found."""

from __future__ import annotations

import pytest

from peer import readability
from peer.readability import Counts

PLAIN = (
    "You are on the list. We know that waiting is hard. This page says what happens next, who you will meet and how "
    "long most people wait. You can ring us any day from nine to five, and a person will answer."
)
OFFICIAL = (
    "Multidisciplinary assessments are undertaken following comprehensive consideration of the information provided "
    "by referring professionals, in accordance with locally commissioned eligibility criteria and prioritisation "
    "arrangements agreed with partner organisations throughout the integrated care system."
)


@pytest.mark.parametrize(
    ("letters", "words", "long_words", "sentences", "ari", "liau", "lix"),
    [
        (450, 100, 10, 10, 4.765, 7.7, 20),  # 4.5 letters a word, 10 words a sentence
        (400, 100, 5, 5, 7.41, 6.24, 25),
        (600, 100, 40, 4, 19.33, 18.296, 65),
    ],
)
def test_the_formulas_give_what_their_authors_say(
    letters: int, words: int, long_words: int, sentences: int, ari: float, liau: float, lix: int
) -> None:
    counts = Counts(letters=letters, words=words, long_words=long_words, sentences=sentences)
    assert readability.automated_readability_index(counts) == pytest.approx(ari)
    assert readability.coleman_liau(counts) == pytest.approx(liau)
    assert readability.lix(counts) == lix


@pytest.mark.parametrize(("lix", "grade"), [(9, 1), (10, 2), (19, 3), (27, 5), (28, 6), (55, 12), (56, 13), (80, 13)])
def test_a_lix_value_has_its_grade(lix: int, grade: int) -> None:
    assert readability.lix_grade(lix) == grade


@pytest.mark.parametrize(
    ("text", "letters", "words", "long_words", "sentences"),
    [
        ("The cat sat.", 9, 3, 0, 1),
        ("Don’t go! It’s ten to five.", 18, 6, 0, 2),
        ("First line\nSecond line", 19, 4, 0, 2),
        ("Ring 020 7946 0000 now", 18, 5, 0, 1),
        ("Extraordinary.", 13, 1, 1, 1),
        ("…", 0, 0, 0, 0),
    ],
)
def test_letters_words_and_sentences_are_counted(
    text: str, letters: int, words: int, long_words: int, sentences: int
) -> None:
    assert readability.count(text) == Counts(letters, words, long_words, sentences)


def test_plain_words_are_plain_and_office_words_are_not() -> None:
    plain, official = readability.read(PLAIN), readability.read(OFFICIAL)
    assert plain.age is not None
    assert plain.age <= 9
    assert plain.is_plain
    assert official.age is not None
    assert official.age >= 18
    assert not official.is_plain


@pytest.mark.parametrize("text", ["", "   ", "Too short to say."])
def test_nothing_is_said_about_a_few_words(text: str) -> None:
    assert readability.read(text).age is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The patient was seen in Tier 2.", ["patient", "Tier 2"]),
        ("Patients are signposted.", ["Patients", "signposted"]),
        ("Ask your GP.", ["GP"]),
        ("Ask your usual doctor (GP).", []),
        ("Be patiently kind.", []),
        ("A person waits.", []),
    ],
)
def test_words_this_house_does_not_use_are_named(text: str, words: list[str]) -> None:
    assert [hint.word for hint in readability.hints(text)] == words

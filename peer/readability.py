"""How hard a text is to read, by three formulas that count letters, and words this house does not use.

Pure: text in, figures out. Reading ages are school grades of the United States plus five years.
Sources: Smith & Senter, Automated Readability Index, AMRL-TR-66-220, 1967; Coleman & Liau, A computer readability
formula designed for machine scoring, Journal of Applied Psychology 60(2), 1975; Björnsson, Läsbarhet, 1968, with the
grades of Anderson, Lix and Rix, Journal of Reading 26(6), 1983.
"""

from __future__ import annotations

import bisect
import re
import statistics
from dataclasses import dataclass

AIM = 11  # reading age in years, for every public page
SHORTEST = 30  # words; a formula says nothing about less
GRADE_TO_AGE = 5
LIX_LONG = 6  # letters; a longer word counts as long
LIX_GRADES = (10, 15, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56)  # Anderson: below 10 is grade 1, from 56 grade 13

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
SENTENCE_END = re.compile(r"[.!?:…]+(?=\s|$)|\n+")
LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Counts:
    """What the formulas count in a text."""

    letters: int
    words: int
    long_words: int
    sentences: int


@dataclass(frozen=True)
class Hint:
    """A word that this house does not use, and what to say instead."""

    word: str
    say: str


@dataclass(frozen=True)
class Reading:
    """The figures an editor sees: age in years (None for a text too short), the parts it comes from, and hints."""

    age: int | None
    ari: float
    coleman_liau: float
    lix: int
    words: int
    words_a_sentence: float
    hints: tuple[Hint, ...]

    @property
    def is_plain(self) -> bool:
        """Tell whether a child of eleven can read it."""
        return self.age is None or self.age <= AIM


def count(text: str) -> Counts:
    """Count letters and digits, words, words of more than six letters, and sentences (a line end closes one)."""
    words = WORD.findall(text)
    sizes = [len(LETTER.findall(word)) for word in words]
    sentences = [part for part in SENTENCE_END.split(text) if WORD.search(part)]
    return Counts(
        letters=sum(sizes),
        words=len(words),
        long_words=sum(size > LIX_LONG for size in sizes),
        sentences=len(sentences),
    )


def automated_readability_index(counts: Counts) -> float:
    """Give the grade by Smith & Senter: 4.71 letters a word + 0.5 words a sentence − 21.43."""
    return 4.71 * counts.letters / counts.words + 0.5 * counts.words / counts.sentences - 21.43


def coleman_liau(counts: Counts) -> float:
    """Give the grade by Coleman & Liau: 0.0588 letters and −0.296 sentences in 100 words, − 15.8."""
    return 5.88 * counts.letters / counts.words - 29.6 * counts.sentences / counts.words - 15.8


def lix(counts: Counts) -> int:
    """Give Björnsson's index: words a sentence plus the share of long words in per cent."""
    return round(counts.words / counts.sentences + 100 * counts.long_words / counts.words)


def lix_grade(value: int) -> int:
    """Give Anderson's grade for a LIX value, 1 to 13."""
    return bisect.bisect_right(LIX_GRADES, value) + 1


def read(text: str) -> Reading:
    """Measure a text: the age is the middle one of the three formulas."""
    counts = count(text)
    if not counts.words:
        return Reading(None, 0.0, 0.0, 0, 0, 0.0, ())
    ari, liau, index = automated_readability_index(counts), coleman_liau(counts), lix(counts)
    age = round(statistics.median([ari, liau, lix_grade(index)]) + GRADE_TO_AGE)
    return Reading(
        age=max(age, GRADE_TO_AGE) if counts.words >= SHORTEST else None,
        ari=round(ari, 1),
        coleman_liau=round(liau, 1),
        lix=index,
        words=counts.words,
        words_a_sentence=round(counts.words / counts.sentences, 1),
        hints=hints(text),
    )


# What young people asked us not to write (the word list of the service), and what to say instead.
HOUSE: dict[str, str] = {
    r"patients?": "person, young person",
    r"service users?": "person, young person",
    r"clients?": "person, young person",
    r"tiers? ?[1-4]?": "what kind of help it is",
    r"support groups?": "your group",
    r"protocols?": "how we treat each other",
    r"pseudonyms?": "your name here",
    r"clinicians? on call": "a name and until when: Dr Lee (until 9)",
    r"signpost(?:ed|ing|s)?": "“we told you about other places that can help”",
    r"triag(?:e|ed|ing)": "“we read your letter and decided what happens next”",
    r"pathways?": "what happens, step by step",
    r"case ?loads?": "the people I look after",
    r"escalat(?:e|ed|es|ion|ions)": "“we told a person who can act”",
    r"(?:was|were) not brought": "could not come",
    r"DNA(?:'d|’d)?|did not attend": "could not come",
    r"competence": "able to decide for yourself",
    r"safeguarding leads?": "the person who keeps people safe",
    r"discharged?": "“your time with us ends”",
    r"interventions?": "help, treatment",
    r"multi-?disciplinary(?: team)?|MDT": "the people who work together",
    r"prior to": "before",
    r"in order to": "to",
    r"utilis(?:e|ed|ing|ation)": "use",
    r"commenc(?:e|ed|ing|ement)": "start",
    r"GPs?(?!\))": "your usual doctor (GP)",
    r"CAMHS|CYPMHS": "the name people know the service by",
    r"rejected": "“we can’t offer this, and here is why”",
}
_HOUSE = [(re.compile(rf"\b(?:{word})\b", re.IGNORECASE), say) for word, say in HOUSE.items()]


def hints(text: str) -> tuple[Hint, ...]:
    """List the words of the house list that a text uses, each once, as they stand there."""
    found = []
    for word, say in _HOUSE:
        match = word.search(text)
        if match:
            found.append(Hint(word=match[0], say=say))
    return tuple(found)

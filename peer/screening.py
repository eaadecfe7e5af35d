"""Pure: a text goes in, what a person should look at comes out; it never refuses and never approves (decision 23)."""

from __future__ import annotations

import logging
import time
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import regex

from peer.lookalikes import flatten

log = logging.getLogger(__name__)

TABLE = Path(__file__).with_name("levels.toml")
LETTERS = 4_096  # different ones that a process remembers; texts use a hundred
SOONEST = 10  # minutes, where the table itself cannot be read
APART, FAR_APART = r"[\W_]+", r"(?:[\W_]+\w+){0,3}[\W_]+"  # between two words of a phrase; where it says " ... "
BETWEEN_WORDS = regex.compile(APART)
END = ""
Tree: TypeAlias = "dict[str, Tree]"
TIME_A_TEXT = 0.05  # seconds, shared by all patterns of one text


class Level(StrEnum):
    """How soon a person must look; the words and minutes stand in levels.toml."""

    NONE = ""
    AMBER = "amber"
    RED = "red"


class Kind(StrEnum):
    """What was found."""

    PHRASE = "phrase"
    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"
    POSTCODE = "postcode"
    SCHOOL = "school"
    AGE = "age"
    LINK = "link"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One place in the text, in characters from its start, for a person to look at."""

    kind: Kind
    start: int
    end: int
    level: Level = Level.NONE
    part: str = "body"

    def as_row(self) -> dict[str, Any]:
        """Give what a post keeps of it."""
        return {key: value for key, value in asdict(self).items() if value != ""}


@dataclass(frozen=True)
class Screening:
    """Everything found in one text, and the most pressing level among it."""

    findings: tuple[Finding, ...] = ()

    @property
    def level(self) -> Level:
        """Give the most pressing level."""
        levels = {finding.level for finding in self.findings}
        return next((level for level in (Level.RED, Level.AMBER) if level in levels), Level.NONE)

    def rows(self) -> list[dict[str, Any]]:
        """Give what a post keeps."""
        return [finding.as_row() for finding in self.findings]


# Each speaks of the text as `_flat` gives it: small letters, look-alike digits still digits, apostrophes gone.
_TOLD = {
    Kind.PHONE: r"(?<![\d/])(?:\+|00)?(?:44|0)[\s().\-]*(?:\d[\s().\-]*){7,9}\d(?!\d)|"
    r"(?<!\w)(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|treble)[\s\-,]+){6,}\w+",
    Kind.EMAIL: r"(?<![\w.+\-])[\w.+\-]{1,64}\s*(?:@|[\[(]\s*at\s*[\])]|\sat\s)\s*[\w\-]+"
    r"\s*(?:\.|[\[(]\s*dot\s*[\])]|\sdot\s)\s*"
    r"(?:com|co|uk|org|net|me|io|ac|gov|edu|live|icloud)\b(?:\.\w+)*",
    Kind.HANDLE: r"(?<!\w)(?:"
    r"(?:snap|snapchat|sc|insta|instagram|ig|discord|tiktok|tik tok|whatsapp|telegram|twitter|roblox|kik|psn)"
    r"(?:\s+(?:is|name|user|username|handle|tag|id|its|me|=))*\s*[:\-=]?\s*(?=[\w.]*[\d_.])[\w.]{3,}|"
    r"(?:snap|snapchat|insta|instagram|discord|tiktok|telegram|kik|roblox)"
    r"(?:\s*(?:is|name is|tag is)|\s*[:=])\s+[\w.]{3,}|"
    r"\w{2,}#\d{4}(?!\d)|(?<!@)@[\w.]{2,})",
    Kind.POSTCODE: r"(?<!\w)(?:gir\s?0aa|[a-z]{1,2}\d[a-z\d]?\s?\d[abd-hjlnp-uw-z]{2})(?!\w)",
    Kind.SCHOOL: r"(?<!\w)(?:i go to|i went to|i ?a?m (?:at|from)|my school is)\s+(?:st\.?\s+)?(?:[\w]+\s+){1,4}"
    r"(?:school|academy|college|high|primary|grammar|sixth form)(?!\w)|"
    r"(?<!\w)(?:im|i am) in (?:year|yr)\s?\d{1,2}(?!\w)",
    Kind.AGE: r"(?<!\w)(?:i\s?a?m|i just turned|i turned|ill be|turning|aged?)\s+(?:(?:only|nearly|almost|now)\s+)?"
    r"(?:[1-9]|1\d)(?!\d|\s?(?:th|st|nd|rd|%|min|hour|day|week|month|out|am|pm|of))(?!\w)|"
    r"(?<!\w)\d{1,2}\s?(?:yrs?|years?)\s?old(?!\w)|(?<!\w)my \d{1,2}(?:th|st|nd|rd) birthday(?!\w)|"
    r"(?<!\w)born (?:in|on)\s[\w\s]{0,14}(?:19|20)\d\d(?!\d)",
    Kind.LINK: r"(?<!\w)(?:https?://|www\.)\S+|"
    r"(?<![\w@.\-])[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:com|co\.uk|org|net|uk|io|me|tv|gg|app|link|ly|info|xyz|site)(?:/\S*)?(?!\w)",
}


NONE: Mapping[str, Level] = {}


def screen(text: str, *, watched: Mapping[str, Level] = NONE) -> Screening:
    """Find what a person should look at; whatever goes wrong counts as red, so that a person reads it (safety P5).

    `watched` are the phrases that a group's clinicians watch for, beside those of the table.
    """
    try:
        return Screening(tuple(sorted(_find(text, watched), key=lambda finding: (finding.start, finding.end))))
    except Exception:  # noqa: BLE001 - any failure whatever sends the text to a person
        log.warning("screening failed; the text goes to a clinician")
        return Screening((Finding(Kind.FAILED, 0, len(text), Level.RED),))


def screen_parts(parts: Mapping[str, str], *, watched: Mapping[str, Level] = NONE) -> Screening:
    """Screen the parts of a post (its title, its body), each finding named by its part."""
    said = {part: text for part, text in parts.items() if text}
    found = ((part, finding) for part, text in said.items() for finding in screen(text, watched=watched).findings)
    return Screening(tuple(replace(finding, part=part) for part, finding in found))


@dataclass(frozen=True)
class Phrases:
    """Whole phrases that are looked for at once, with the words that each of them needs."""

    pattern: regex.Pattern[str]
    needed: tuple[frozenset[str], ...]

    def may_stand_among(self, words: frozenset[str]) -> bool:
        """Tell whether all words of some phrase are there: most texts are spared the search for most phrases."""
        return any(needed <= words for needed in self.needed)


def speaks_of(text: str, phrases: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Name each heading of which a phrase stands in the text, whole words only."""
    folded = _folded(text).read
    deadline, words = time.thread_time() + TIME_A_TEXT, _words(folded)
    for heading, rows in phrases.items():
        wanted = _phrases(rows)
        if wanted.may_stand_among(words) and next(_spans(wanted.pattern, folded, deadline), None):
            yield heading


def is_phrase(words: str) -> bool:
    """Tell whether something is left of a phrase to look for, once marks and spaces are gone."""
    parts = words.split(" ... ")
    return all("..." not in part.split() and any(char.isalnum() for char in part) for part in parts)


def due_minutes(level: Level) -> int:
    """Give the minutes within which a person must have looked, from levels.toml."""
    try:
        return int(_table()[level]["due_minutes"])
    except Exception:  # noqa: BLE001 - the words are kept and read whatever is wrong with the table
        log.warning("levels.toml cannot be read; the text is due at once")
        return SOONEST


def _find(text: str, watched: Mapping[str, Level]) -> Iterator[Finding]:
    contacts, phrases = _contact_patterns(), [*_table_phrases(), *_watched_phrases(watched)]
    deadline = time.thread_time() + TIME_A_TEXT  # of this thread's own work: a busy machine is no reason to page
    flat, folded = _flat(text), _folded(text)
    for kind, pattern in contacts.items():
        for start, end in _spans(pattern, flat.read, deadline):
            yield Finding(kind, flat.origin[start], flat.origin[end - 1] + 1)
    words = _words(folded.read)
    for level, wanted in phrases:
        for start, end in _spans(wanted.pattern, folded.read, deadline) if wanted.may_stand_among(words) else ():
            yield Finding(Kind.PHRASE, folded.origin[start], folded.origin[end - 1] + 1, level)


def _spans(pattern: regex.Pattern[str], text: str, deadline: float) -> Iterator[tuple[int, int]]:
    while (left := deadline - time.thread_time()) > 0:
        try:
            spans = [match.span() for match in pattern.finditer(text, timeout=left)]
        except TimeoutError:
            continue  # the engine counts the clock: a thread that had to wait has done less than that, and goes on
        yield from ((start, end) for start, end in spans if end > start)
        return
    raise TimeoutError


@dataclass(frozen=True)
class _Text:
    """A text, and what is read for each of its characters: none, one or several."""

    typed: str
    change: Callable[[str], str]

    @cached_property
    def read(self) -> str:
        """Give what is looked through."""
        return self.typed.translate({ord(char): self.change(char) for char in set(self.typed)})

    @cached_property
    def origin(self) -> list[int]:
        """Give for each character that is read where it was typed."""
        return [place for place, char in enumerate(self.typed) for _read in self.change(char)]


def _flat(text: str) -> _Text:
    """Read a text in small plain characters."""
    return _Text(text, _plain_letter)


def _folded(text: str) -> _Text:
    """Read a text with look-alike letters and digits folded ("k1ll" reads "kill")."""
    return _Text(text, _fold_letter)


def _words(folded: str) -> frozenset[str]:
    return frozenset(BETWEEN_WORDS.split(folded)) - {""}


@lru_cache(LETTERS)
def _plain_letter(char: str) -> str:
    return "" if _is_dropped(char) else unicodedata.normalize("NFKC", char).casefold()


@lru_cache(LETTERS)
def _fold_letter(char: str) -> str:
    if _is_dropped(char):
        return ""
    return flatten(char) if char.isalnum() else char


def _is_dropped(char: str) -> bool:
    return char in "'’‘`´" or unicodedata.category(char) in {"Cf", "Mn", "Me"}


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(TABLE.read_text())


@cache
def _contact_patterns() -> dict[Kind, regex.Pattern[str]]:
    return {kind: regex.compile(pattern) for kind, pattern in _TOLD.items()}


@cache
def _table_phrases() -> list[tuple[Level, Phrases]]:
    """Make one pattern a level, whole words only, each phrase folded as the text will be."""
    return [(Level(level), _phrases(tuple(row["phrases"]))) for level, row in _table().items()]


def _watched_phrases(watched: Mapping[str, Level]) -> Iterator[tuple[Level, Phrases]]:
    for level in (Level.RED, Level.AMBER):
        rows = tuple(sorted(phrase for phrase, soon in watched.items() if soon == level))
        if rows:
            yield level, _phrases(rows)


@lru_cache(maxsize=512)
def _phrases(phrases: tuple[str, ...]) -> Phrases:
    """Look for whole phrases; what several begin with is read once for them all, and the longest that fits counts."""
    begins: Tree = {}
    for phrase in phrases:
        branch = begins
        for piece in _pieces(phrase):
            branch = branch.setdefault(piece, {})
        branch[END] = {}
    needed = tuple(_words(_folded(phrase).read) for phrase in phrases)
    return Phrases(regex.compile(rf"(?<!\w){_any_of(begins)}(?!\w)"), needed)


def _pieces(phrase: str) -> Iterator[str]:
    """Give the words of a phrase in order, each with what may stand before it."""
    between = ""
    for part in phrase.split(" ... "):
        for word in _folded(part).read.split():
            yield between + regex.escape(word)
            between = APART
        between = FAR_APART


def _any_of(branch: Tree) -> str:
    longer = "|".join(piece + _any_of(rest) for piece, rest in branch.items() if piece != END)
    if not longer:
        return ""
    return f"(?:{longer})?" if END in branch else f"(?:{longer})"

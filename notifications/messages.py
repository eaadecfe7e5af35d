"""Texts as files: the words of every message, counted as the network counts them, and harmless in a stranger's hand."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import gsm0338
import regex
from django.conf import settings

from notifications import languages
from notifications.languages import ENGLISH, FOLDER

MOST_SEGMENTS = 2  # of anything we send by text (N14)
LONGEST_VALUE, SHORT_VALUE = 40, 20
OURS = frozenset({"link", "short_address", "host", "phone", "times"})  # values that the service makes itself
SINGLE, JOINED = 160, 153  # septets of the basic alphabet
SINGLE_WIDE, JOINED_WIDE = 70, 67  # units of UTF-16
ASTRAL = 0x10000  # marks from here on take two units
MARK = regex.compile(r"\r|\n|\X")  # what a reader sees as one, except the two halves of a Windows line end
SEAM = regex.compile(r"(?<=[\p{M}\u200d])(?=\p{L})")  # joined letters of Hindi and its kin: the provider cuts there
ESCAPE = "\x1b"

# What no stranger may learn from a lock screen or a voicemail (N14, H04, H17).
FORBIDDEN = re.compile(
    r"camhs|cypmhs|mental|therap|clinic\b|clinical|psych|counsel|depress|anxi(?:ety|ous)|suicid|self.?harm"
    r"|eating.?disorder|autis|adhd|diagnos|hospital|patient|waiting.?list|support.?group"
    + "".join(f"|{re.escape(part)}" for row in languages.ALL.values() for part in row.telling),
    re.IGNORECASE,
)

_codec = gsm0338.Codec()


class MissingWords(LookupError):
    """A message has no file, or a value that its words need was not given: a fault of ours, found by the tests."""


@dataclass(frozen=True)
class Words:
    """One message file: what it is for, the text with its blanks, its language; an e-mail begins with its subject."""

    purpose: str
    text: str
    language: str


def template(channel: str, name: str, language: str = ENGLISH, *, easy: bool = False) -> Words:
    """Read a message file, the easy one where it is asked for; English speaks where a language is not offered."""
    return _read(channel, name, languages.spoken(language), easy=easy)


def fixed(channel: str, name: str, language: str) -> Words:
    """Read a message file of a language that need not be offered, for those who check and record it."""
    return _read(channel, name, language, easy=False)


@cache
def _read(channel: str, name: str, language: str, *, easy: bool) -> Words:
    for folder in dict.fromkeys((language, ENGLISH)):
        for file in ([f"{name}.easy"] if easy else []) + [name]:
            path = FOLDER / folder / channel / f"{file}.txt"
            if path.exists():
                first, _, rest = path.read_text(encoding="utf-8").partition("\n")
                purpose = first.removeprefix("purpose:").strip()
                return Words(purpose=purpose, text=rest.strip("\n"), language=folder)
    raise MissingWords(f"{channel}/{name}.txt")


@dataclass(frozen=True)
class Filled:
    """The words of a message as they go out, and the values in them as they were tamed, cut or made plain."""

    text: str
    values: Mapping[str, str]


def fill(
    channel: str, name: str, values: Mapping[str, str] | None = None, *, language: str = ENGLISH, easy: bool = False
) -> str:
    """Give the words of a message with its blanks filled; a text is kept to two segments whatever the values."""
    return filled(channel, name, values, language=language, easy=easy).text


def filled(
    channel: str, name: str, values: Mapping[str, str] | None = None, *, language: str = "en", easy: bool = False
) -> Filled:
    """Fill the blanks of a message, and tell with which values."""
    text = template(channel, name, language, easy=easy).text
    given = common() | dict(values or {})
    kept = {key: value if key in OURS else tame(value) for key, value in given.items()}
    try:
        full = text.format_map(kept)
        if channel != "sms" or segments(full) <= MOST_SEGMENTS:
            return Filled(full, kept)
        less = {key: _short(key, value, wide=not is_basic(text)) for key, value in kept.items()}
        return Filled(text.format_map(less), less)
    except KeyError as missing:
        raise MissingWords(f"{channel}/{name}.txt needs {missing}") from None


def _short(key: str, value: str, *, wide: bool) -> str:
    """Write a value so that it takes less room: the basic alphabet in a text of it, fewer marks in any other text."""
    if not wide:
        return plain(value)
    return value if key in OURS else "".join(mark for mark in value if ord(mark) < ASTRAL)[:SHORT_VALUE]


def blanks(text: str) -> set[str]:
    """Name the values that the words of a message ask for."""
    return {name for _words, name, _form, _conversion in string.Formatter().parse(text) if name}


def is_written(channel: str, name: str, language: str) -> bool:
    """Tell whether a message has words of its own in a language; where not, the English ones go out."""
    return (FOLDER / language / channel / f"{name}.txt").exists()


def tame(value: str) -> str:
    """Make a value safe inside a message: one line, no control marks, not long; a word that tells too much goes."""
    one_line = " ".join("".join(mark if mark.isprintable() else " " for mark in value).split())
    if FORBIDDEN.search(one_line):
        return str(settings.SERVICE_NAME)
    return one_line[:LONGEST_VALUE].rstrip()


def plain(value: str) -> str:
    """Write a value with the basic alphabet alone: accents it lacks are dropped, other scripts become dots."""
    return "".join(mark if is_basic(mark) else _unaccented(mark) for mark in value)


def _unaccented(mark: str) -> str:
    bare = unicodedata.normalize("NFKD", mark)[0]
    return bare if is_basic(bare) else "."


def is_basic(text: str) -> bool:
    """Tell whether a text fits the network's basic alphabet and its extension table."""
    if ESCAPE in text:  # it opens the extension table and is no mark of its own
        return False
    try:
        _codec.encode(text)
    except UnicodeEncodeError:
        return False
    return True


def segments(text: str) -> int:
    """Count the segments of a text exactly: GSM-7 and its extension table, else UTF-16; no mark is cut (G23)."""
    if is_basic(text):
        return _pack(_costs(text), single=SINGLE, joined=JOINED)
    return _pack(_costs(text), single=SINGLE_WIDE, joined=JOINED_WIDE)


def length(text: str) -> int:
    """Count what a text takes: septets of the basic alphabet, where an extended mark is two, else units of UTF-16."""
    return sum(_costs(text))


def _costs(text: str) -> list[int]:
    """Price each mark; what is drawn as one, such as a flag or a family of emoji, stays one and is not cut."""
    if is_basic(text):
        return [len(_codec.encode(mark)[0]) for mark in text]
    marks = [part for mark in MARK.findall(text) for part in SEAM.split(mark)]
    return [len(mark.encode("utf-16-be")) // 2 for mark in marks]


def _pack(costs: list[int], *, single: int, joined: int) -> int:
    if sum(costs) <= single:
        return 1
    count, used = 1, 0
    for cost in costs:
        if used + cost > joined:
            count, used = count + 1, 0
        used += cost
    return count


def tells_too_much(text: str) -> str:
    """Find the first word in a message that a stranger must not read; empty where there is none."""
    found = FORBIDDEN.search(text)
    return found.group() if found else ""


def short_address() -> str:
    """Give the site's address as a text shows it: no scheme."""
    return str(settings.SHORT_ADDRESS)


def common() -> dict[str, str]:
    """Give the values that every message may use."""
    return {"service": settings.SERVICE_NAME, "short_address": short_address(), "phone": settings.SERVICE_PHONE}

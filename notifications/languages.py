"""Languages: which there are, which of them this service offers, and what may be said in them by whom (U16)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

TABLE = Path(__file__).with_name("languages.toml")
FOLDER = Path(settings.BASE_DIR) / "templates" / "notifications"
ENGLISH = "en"
UNSEEN = dict.fromkeys((0x2066, 0x2069))  # they keep a number's order within words from right to left; nobody says them


@dataclass(frozen=True)
class Voiced:
    """One fixed sentence in another language, for the network's own voice of that language."""

    words: str
    voice: str
    language: str


@dataclass(frozen=True)
class Played:
    """One fixed sentence as a person has spoken it: the address of the recording."""

    address: str


Sentence = str | Voiced | Played  # words alone are English, in the network's English voice


@dataclass(frozen=True, kw_only=True)
class Language:
    """One row of languages.toml."""

    code: str
    name: str
    own: str
    checked: bool
    voice: tuple[str, str] | None = None
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()

    @property
    def is_written(self) -> bool:
        """Tell whether there are texts and call sentences in it."""
        return (FOLDER / self.code).is_dir()

    @property
    def is_offered(self) -> bool:
        """Tell whether this service speaks it."""
        return self.code in offered()

    def says(self, words: str) -> Voiced | None:
        """Give words to the network's voice, or nothing where it has none in this language."""
        return Voiced(words.translate(UNSEEN), *self.voice) if self.voice else None


def _read() -> dict[str, Language]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    rows = [
        Language(
            code=code,
            name=row["name"],
            own=row["own"],
            checked=row["checked"],
            voice=(row["voice"][0], row["voice"][1]) if "voice" in row else None,
            yes=tuple(row.get("yes", ())),
            no=tuple(row.get("no", ())),
            telling=tuple(row.get("telling", ())),
        )
        for code, row in table.items()
    ]
    return {row.code: row for row in sorted(rows, key=lambda row: (row.code != ENGLISH, row.name))}


ALL = _read()
LANGUAGES = {code: row.name for code, row in ALL.items()}  # as staff choose them


def offered() -> frozenset[str]:
    """Name the languages this service writes and speaks: those it chose, else English and what has been checked."""
    chosen: list[str] = settings.MESSAGE_LANGUAGES
    written = [row for row in ALL.values() if row.is_written]
    if chosen == ["all"]:
        return frozenset(row.code for row in written)
    return frozenset(row.code for row in written if row.code == ENGLISH or row.code in chosen or _is_usual(row, chosen))


def _is_usual(row: Language, chosen: list[str]) -> bool:
    return not chosen and row.checked


def spoken(code: str) -> str:
    """Give the language in which this service speaks to somebody: theirs where it is offered, else English."""
    return code if code in offered() else ENGLISH


def written(channel: str, code: str) -> str:
    """Give the language of somebody's messages by one channel: English where there are none in theirs."""
    return code if code in offered() and (FOLDER / code / channel).is_dir() else ENGLISH


def needs_interpreter(code: str) -> bool:
    """Tell whether a person with an interpreter has to ring, since no machine reads news in this language."""
    return code not in {"", ENGLISH}

"""Crisis help: read once from its file at start, so that no page needs a database to show it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("crisis.toml")
NEEDED = {"999": "999", "nhs111": "111", "childline": "08001111", "shout": "85258", "samaritans": "116123"}


@dataclass(frozen=True)
class CrisisLine:
    """One place to turn to, by call or by text."""

    key: str
    name: str
    what: str
    hours: str
    say: str
    call: str = ""
    text: str = ""
    words: str = ""

    @property
    def href(self) -> str:
        """Give the address that a phone dials or texts at one press."""
        return f"tel:{self.call}" if self.call else f"sms:{self.text}?body={self.words}"


def read(source: dict[str, Any]) -> tuple[CrisisLine, ...]:
    """Turn the file's rows into lines; a row with an unknown or missing word is an error."""
    return tuple(CrisisLine(**row) for row in source["line"])


def faults(lines: tuple[CrisisLine, ...]) -> list[str]:
    """Say what is missing or wrong; an empty list means that the file is whole."""
    found = {line.key: line.call or line.text for line in lines}
    wrong = [f"{key} must be {number}" for key, number in NEEDED.items() if found.get(key) != number]
    bare = [f"{line.key} needs name, what, hours and say" for line in lines if not _told(line)]
    return wrong + bare


def _told(line: CrisisLine) -> bool:
    return all((line.name, line.what, line.hours, line.say)) and bool(line.call) != bool(line.text)


LINES = read(tomllib.loads(SOURCE.read_text(encoding="utf-8")))

"""How a session goes: the words it begins with, its steps and its times, read from run_sheet.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("run_sheet.toml")


@dataclass(frozen=True)
class Step:
    """One thing that hosts do: before the people come, while they are there, or after."""

    key: str
    part: str
    words: str


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text())


@cache
def steps() -> dict[str, Step]:
    """Give every step by its key, in order."""
    return {row["key"]: Step(**row) for row in _read()["steps"]}


def opening() -> str:
    """Give the words that every session begins with: each person's experience counts the same (S77)."""
    return str(_read()["opening"]["words"])


def principles() -> list[str]:
    """Give what guides a session, line by line (S96)."""
    return list(_read()["principles"]["lines"])


def number(name: str) -> int:
    """Give a number of the table."""
    return int(_read()["times"][name])


def minutes(name: str) -> dt.timedelta:
    """Give a time of the table that is counted in minutes."""
    return dt.timedelta(minutes=number(name))


def hours(name: str) -> dt.timedelta:
    """Give a time of the table that is counted in hours."""
    return dt.timedelta(hours=number(name))

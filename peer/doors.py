"""The doors that take words from somebody who is not staff: each hears them in the act that keeps them (U3, E14)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext as _

from peer import clock, screening
from peer.events import emit
from peer.news import WordsWorrying

if TYPE_CHECKING:
    from django.db.models import Model

    from peer.models import Person, SupportGroup

TABLE = Path(__file__).with_name("doors.toml")


@dataclass(frozen=True)
class Door:
    """One line of the table: what staff call it, by which addresses words come in, and in which columns they rest."""

    name: str
    cover: str
    routes: Mapping[str, list[str]]
    keeps: Mapping[str, list[str]]
    desk: str = ""

    def row(self, pk: int) -> Model | None:
        """Find the row that holds the words, if it is still there."""
        (label,) = self.keeps
        found: Model | None = apps.get_model(label)._base_manager.filter(pk=pk).first()
        return found

    def words(self, row: Model) -> list[str]:
        """Read the words of a row, in the order of the table."""
        (columns,) = self.keeps.values()
        return [words for words in (str(getattr(row, column) or "") for column in columns) if words]


@dataclass(frozen=True)
class Heard:
    """What screening found in the words of one door: whether somebody must be woken, and by when they have read."""

    door: str
    found: screening.Screening

    @property
    def level(self) -> screening.Level:
        """Give the most pressing level."""
        return self.found.level

    def due(self, *, otherwise: dt.datetime) -> dt.datetime:
        """Give the time by which a person must have read: minutes where words may mean harm."""
        if not self.level:
            return otherwise
        return clock.now() + dt.timedelta(minutes=screening.due_minutes(self.level))


@cache
def table() -> dict[str, Door]:
    """Read every door of doors.toml."""
    return {key: Door(**row) for key, row in _read()["doors"].items()}


def covers() -> dict[str, dict[str, str]]:
    """Read what happens to the words of each kind of door."""
    rows: dict[str, dict[str, str]] = _read()["covers"]
    return rows


def hear(door: str, **words: str) -> Heard:
    """Screen what came in through a door; whatever goes wrong counts as red, so that a person reads it (P5)."""
    return Heard(door, screening.screen_parts(words))


def wake(heard: Heard, row: Model, *, person: Person | None, group: SupportGroup | None = None) -> None:
    """Have somebody woken by what was heard, in the same transaction as the words; staff have no need of it (E1)."""
    if heard.level and not (person and person.kind == person.Kind.STAFF):
        emit(WordsWorrying(door=heard.door, row=row, level=heard.level, person=person, group=group))


def name_of(door: str) -> str:
    """Say through which door words came, to staff."""
    return _(table()[door].name)


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text())


def staff() -> dict[str, Any]:
    """Read which addresses only staff reach."""
    rows: dict[str, Any] = _read()["staff"]
    return rows


def unread() -> dict[str, list[str]]:
    """Read which boxes take text that nobody reads as words: numbers, codes, names."""
    return {name: fields for row in _read()["unread"].values() for name, fields in row["routes"].items()}

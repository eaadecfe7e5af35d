"""What we hold about a person, read by the one table that classifies every column (held.toml; safety 2g, G29)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import F, Func, IntegerField, Model, Q, QuerySet, Subquery
from django.db.models import Field as Column

from peer.models import Person, User

TABLE = Path(__file__).with_name("held.toml")


class Erase(StrEnum):
    """What deleting somebody's data does to a table."""

    DELETE = "delete"
    BLANK = "blank"
    RECORD = "record"
    POSTS = "posts"
    LAW = "law"


@dataclass(frozen=True, kw_only=True)
class Held:
    """One table that leads to people: what it is for, how its rows are found, and what of each row they get."""

    label: str
    heading: str
    title: str
    why: str
    of: tuple[str, ...]
    erase: Erase
    also: tuple[str, ...] = ()
    only: dict[str, Any] = field(default_factory=dict)
    never: dict[str, list[str]] = field(default_factory=dict)
    through: str = ""
    yours: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    masked: tuple[str, ...] = ()
    withheld: dict[str, str] = field(default_factory=dict)
    inner: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    instead: dict[str, str] = field(default_factory=dict)
    null: tuple[str, ...] = ()
    because: str = ""

    @property
    def model(self) -> type[Model]:
        """Find the table itself."""
        return apps.get_model(self.label)

    def rows(self, person: Person, *, erasing: bool = False) -> QuerySet[Any]:
        """Find the rows about one person; deleting reaches further than showing."""
        ways = (*self.of, *(self.also if erasing else ()))
        found = Q(*[(way, person.pk) for way in ways], _connector=Q.OR)
        if erasing:
            return self.model._base_manager.filter(found)
        rows = self.model._default_manager.filter(found)
        rows = getattr(rows, self.through)() if self.through else rows
        unseen = Q(*[(f"{column}__in", values) for column, values in self.never.items()], _connector=Q.OR)
        shown = rows.filter(**self.only)
        return shown.exclude(unseen) if self.never else shown

    def classified(self) -> set[str]:
        """Name every column that this row of the table says something about."""
        lookups = {*self.yours, *self.others, *self.withheld, *self.inner}
        return {lookup.partition("__")[0] for lookup in lookups}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text())


@cache
def tables() -> dict[str, Held]:
    """Read the tables in the order of the file, which is the order of the page and of a copy."""
    found = {}
    for label, row in _table()["tables"].items():
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
        }
        found[label] = Held(label=label, **values | {"erase": Erase(row["erase"])})
    return found


def headings() -> dict[str, str]:
    """Read the parts of the page, in order."""
    return dict(_table()["headings"])


def purposes() -> dict[str, dict[str, str]]:
    """Read what each table is for, in words and in law."""
    return dict(_table()["purposes"])


def elsewhere() -> dict[str, str]:
    """Read the tables that are nobody's copy, each with its reason."""
    return {label: row["because"] for part in ("work", "untied") for row in _table()[part] for label in row["tables"]}


def work() -> set[str]:
    """Name the tables that lead to people by what they did at work alone."""
    return {label for row in _table()["work"] for label in row["tables"]}


def under(heading: str) -> list[Held]:
    """List the tables of one part of the page that have something to show."""
    return [table for table in tables().values() if table.heading == heading and table.yours]


def counts(person: Person) -> dict[str, int]:
    """Count the rows of each part of the page, in one query."""
    shown = {f"n{number}": table for number, table in enumerate(tables().values()) if table.yours}
    found = Person.objects.filter(pk=person.pk).values(**{name: _count(table, person) for name, table in shown.items()})
    numbers: dict[str, Any] = dict(found.get())
    return {key: sum(numbers[name] for name, table in shown.items() if table.heading == key) for key in headings()}


def _count(table: Held, person: Person) -> Subquery:
    """Count without grouping, so that a table with no row says nought."""
    number = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return Subquery(table.rows(person).order_by().annotate(how_many=number).values("how_many"))


# ── The schema: what leads to a person ──────────────────────────────────────────────────────────────────────────────
def leading() -> set[str]:
    """Find, from the schema itself, every table with a way to a person or an account; proxies are no tables."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    found: set[type[Model]] = {Person, User}
    while True:
        more = {model for model in models if model not in found and found & set(_points_at(model))}
        if not more:
            return {model._meta.label for model in found}
        found |= more


def _points_at(model: type[Model]) -> Iterator[Any]:
    for column in model._meta.get_fields():
        if column.concrete and column.is_relation and column.related_model is not None:
            yield column.related_model


def columns(model: type[Model]) -> set[str]:
    """Name the columns that must be classified: all but the key and keys to other tables."""
    return {
        column.name
        for column in model._meta.get_fields()
        if isinstance(column, Column) and not column.primary_key and not column.is_relation
    }


# ── A row in words ──────────────────────────────────────────────────────────────────────────────────────────────────
def value_of(row: Model, lookup: str) -> Any:
    """Follow a lookup from a row to its value, with the words of a choice where it is one."""
    thing: Any = row
    *path, last = lookup.split("__")
    for step in path:
        thing = getattr(thing, step, None)
        if thing is None:
            return None
    words = getattr(thing, f"get_{last}_display", None)
    return in_words(str(words()) if words else getattr(thing, last))


def in_words(value: Any) -> Any:
    """Give what people read for what stands in a column."""
    words: dict[str, str] = _table()["words"]
    return words.get(value, value) if isinstance(value, str) else value


def plain(value: Any) -> str | bool | int | None:
    """Give a value as a file can keep it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(str(in_words(one)) for one in value)
    return str(value)


def masked(value: str) -> str:
    """Show the end of something that nobody should read over a shoulder."""
    return f"… {value[-3:]}" if value else value


def joined(lookups: dict[str, str]) -> list[str]:
    """Name the tables that a row's lookups read along, so that a page costs one query a table."""
    return sorted({lookup.rpartition("__")[0] for lookup in lookups if "__" in lookup})

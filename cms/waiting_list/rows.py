"""Reads one row of a waiting list file into a family, or tells every reason why it cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from cms.waiting_list import cells as read
from cms.waiting_list.columns import Columns
from peer.families import Adult, Family, Way

Value = TypeVar("Value")


class Row:
    """One row being read; reasons are gathered, so that all faults of a row are told at once."""

    def __init__(self, cells: list[str], columns: Columns, today: dt.date) -> None:
        self.cells, self.columns, self.today = cells, columns, today
        self.reasons: list[str] = []

    def cell(self, field: str, adult: str = "") -> str:
        """Give the text of a cell, or nothing where the column or the cell is missing."""
        places = self.columns.adults[adult] if adult else self.columns.fields
        place = places.get(field, -1)
        return self.cells[place].strip() if 0 <= place < len(self.cells) else ""

    def take(self, reader: Callable[..., Value], cell: str, *, otherwise: Value, **how: object) -> Value:
        """Read a cell, or keep the reason and go on with a stand-in."""
        try:
            return reader(cell, **how)
        except read.WrongCell as problem:
            self.reasons.append(str(problem))
            return otherwise

    def text(self, field: str, *, most: int, words: str) -> str:
        """Read a cell of free words."""
        return self.take(read.text, self.cell(field), otherwise="", most=most, words=words)

    def pick(self, field: str, table: read.Table, *, words: str, adult: str = "") -> str:
        """Read a cell that holds one of a few words; the table's word for an empty cell stands in."""
        return self.take(read.choice, self.cell(field, adult), otherwise="", table=table, words=words)

    def family(self) -> Family:
        """Read the whole row."""
        given, family_name = self.names()
        nothing: dt.date | None = None
        referred_on = self.take(
            read.day, self.cell("referred_on"), otherwise=nothing, words="the day of the request", today=self.today
        )
        if referred_on is None and not any("the day of the request" in reason for reason in self.reasons):
            self.reasons.append("there is no day of the request")
        found = Family(
            reference=self.text("reference", most=60, words="the reference"),
            given_name=given,
            family_name=family_name,
            born_on=self.take(read.birth_day, self.cell("born_on"), otherwise=None, today=self.today),
            referred_on=referred_on or dt.date.min,
            way=self.way(words="the young person’s number"),
            adults=self.adults(),
            address=self.text("address", most=500, words="the address"),
            doctor=self.text("doctor", most=200, words="the GP"),
            pathway=self.text("pathway", most=120, words="the pathway"),
            team=self.text("team", most=120, words="the team"),
            stage=self.pick("stage", read.STAGES, words="the stage"),
            nhs_number=self.take(read.nhs_number, self.cell("nhs_number"), otherwise=""),
            location_hidden=self.pick("location_hidden", read.YES_NO, words="location hidden") == "yes",
        )
        self.check(found)
        return found

    def names(self) -> tuple[str, str]:
        """Read the young person's names, from two columns or from one."""
        given = self.take(read.name, self.cell("given_name"), otherwise="?", words="the first name")
        family_name = self.take(read.name, self.cell("family_name"), otherwise="", words="the last name")
        if given:
            return given, family_name
        return read.split_name(self.take(read.name, self.cell("name"), otherwise="?", words="the name"))

    def way(self, *, words: str, adult: str = "") -> Way:
        """Read a number and how its holder likes to hear."""
        return Way(
            number=self.take(read.number, self.cell("number", adult), otherwise="", words=words),
            channel=self.pick("channel", read.CHANNELS, words="the channel", adult=adult),
            language=self.pick("language", read.LANGUAGES, words="the language", adult=adult),
        )

    def adults(self) -> tuple[Adult, ...]:
        """Read every adult of the row, and who of them, or who else, must not be told."""
        found = [adult for key in self.columns.adults if (adult := self.adult(key))]
        told = [word for word in self.cell("must_not_be_told").replace(";", ",").split(",") if word.strip()]
        for word in told:
            named = self.take(read.name, word, otherwise="?", words="“must not be told”")
            match = next((place for place, adult in enumerate(found) if _same(adult, named)), None)
            if match is None:
                given, family_name = read.split_name(named)
                found.append(Adult(given_name=given, family_name=family_name, kind="adult", must_not_be_told=True))
            else:
                found[match] = replace(found[match], must_not_be_told=True)
        return tuple(
            replace(adult, may_know="nothing", way=Way()) if adult.must_not_be_told else adult for adult in found
        )

    def adult(self, key: str) -> Adult | None:
        """Read one adult; nobody where all of the cells are empty."""
        if not any(self.cell(field, key) for field in self.columns.adults[key]):
            return None
        given, family_name = self.adult_names(key)
        if not given:
            self.reasons.append(f"{key} has no name")
        return Adult(
            given_name=given or "?",
            family_name=family_name,
            kind=self.take(read.text, self.cell("kind", key), otherwise="", most=40, words=f"{key}’s relationship")
            or key.partition(" ")[0],
            way=self.way(words=f"{key}’s number", adult=key),
            may_know=self.pick("may_know", read.MAY_KNOW, words=f"what {key} may know", adult=key),
            must_not_be_told=self.pick("must_not_be_told", read.YES_NO, words="must not be told", adult=key) == "yes",
        )

    def adult_names(self, key: str) -> tuple[str, str]:
        """Read an adult's names, from two columns or from one."""
        given = self.take(read.name, self.cell("given_name", key), otherwise="?", words=f"{key}’s first name")
        family_name = self.take(read.name, self.cell("family_name", key), otherwise="", words=f"{key}’s last name")
        if given:
            return given, family_name
        return read.split_name(self.take(read.name, self.cell("name", key), otherwise="?", words=f"{key}’s name"))

    def check(self, family: Family) -> None:
        """Look at what must be there, and at what must fit together."""
        if not family.reference and not any("reference" in reason for reason in self.reasons):
            self.reasons.append("there is no reference")
        if not family.given_name:
            self.reasons.append("there is no name")
        if family.born_on and dt.date.min < family.referred_on < family.born_on:
            self.reasons.append("the request is older than the person")
        if not self.reasons and not self.can_be_reached(family):
            self.reasons.append("there is no phone number and no address: nobody could reach this family")

    def can_be_reached(self, family: Family) -> bool:
        """Tell whether there is any way to reach anybody who may be told."""
        return bool(family.way.number or family.address or any(adult.way.number for adult in family.adults))


def _same(adult: Adult, named: str) -> bool:
    known = {adult.given_name.casefold(), f"{adult.given_name} {adult.family_name}".casefold(), adult.kind.casefold()}
    return named.strip().casefold() in known

"""Invents a waiting list, always the same for the same seed, and writes `waiting_list.csv` when run by itself."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from nhs_number.validate import calculate_checksum

HERE = Path(__file__).parent
FILE = HERE / "waiting_list.csv"
TODAY = dt.date(2026, 11, 2)
SAMPLE = 500
SIBLING_EACH = 40
FIRST_FREE = 200  # the numbers below belong to the cast and to the service

HEADINGS = (
    "Reference",
    "First name",
    "Last name",
    "Date of birth",
    "NHS number",
    "Young person mobile",
    "Parent 1 name",
    "Parent 1 relationship",
    "Parent 1 number",
    "Parent 1 may know",
    "Parent 1 channel",
    "Parent 1 language",
    "Parent 2 name",
    "Parent 2 relationship",
    "Parent 2 number",
    "Parent 2 may know",
    "Address",
    "Address hidden",
    "GP",
    "Pathway",
    "Team",
    "Stage",
    "Referral date",
    "Must not be told",
)
MOBILES = ("07700 900",)
LANDLINES = ("01632 960", "020 7946 0", "0113 496 0", "0114 496 0", "0121 496 0", "0131 496 0", "0161 496 0")

# What is wrong with one row of each twenty of the sample: the column, and what stands there.
FAULTS = (
    ("Date of birth", "05/23/2012"),
    ("Date of birth", "31/02/2011"),
    ("Date of birth", "14/03/2031"),
    ("Date of birth", "02/07/1974"),
    ("Reference", ""),
    ("Reference", "BC-10001"),
    ("First name", ""),
    ("First name", "see notes: http://intranet.example"),
    ("Last name", '=HYPERLINK("x")'),
    ("NHS number", "9990001234"),
    ("NHS number", "99900"),
    ("Young person mobile", "7.70E+09"),
    ("Young person mobile", "0770090"),
    ("Parent 1 number", "999"),
    ("Parent 1 number", "09061 234567"),
    ("Parent 1 number", "ask school"),
    ("Parent 1 name", ""),
    ("Parent 1 may know", "ask first"),
    ("Parent 1 channel", "fax"),
    ("Parent 1 language", "Klingon"),
    ("Stage", "limbo"),
    ("Referral date", ""),
    ("Referral date", "yesterday"),
    ("Address hidden", "perhaps"),
    ("First name", '"Never closed'),
)


def families(count: int, *, seed: int = 1, mobiles: tuple[str, ...] = MOBILES) -> Iterator[dict[str, str]]:
    """Give `count` rows without a fault, one by one; long lists name more ranges than the one of mobiles."""
    chance = random.Random(seed)
    words = tomllib.loads((HERE / "people.toml").read_text())
    phones = _Phones(mobiles)
    row: dict[str, str] = {}
    for number in range(count):
        fresh = _family(number, chance, words, phones)
        row = _sibling(fresh, row) if number % SIBLING_EACH == SIBLING_EACH - 1 else fresh
        yield row


class _Phones:
    """Hands out numbers one after the other; they come round again when the ranges are used up."""

    def __init__(self, mobiles: tuple[str, ...]) -> None:
        self.mobiles = self._numbers(mobiles)
        self.landlines = self._numbers(LANDLINES)

    @staticmethod
    def _numbers(ranges: tuple[str, ...]) -> Iterator[str]:
        for place in itertools.count():
            block, rest = divmod(place, 1000 - FIRST_FREE)
            yield f"{ranges[block % len(ranges)]}{FIRST_FREE + rest:03}"


def _sibling(row: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """Put a child into the household of the one before: the same name, home and parents."""
    home = ("Last name", "Parent", "Address", "GP", "Must not be told")
    shared = [name for name in HEADINGS if name.startswith(home)]
    return row | {name: other[name] for name in shared}


def _family(number: int, chance: random.Random, words: dict[str, Any], phones: _Phones) -> dict[str, str]:
    home = chance.choices(words["homes"], [home["share"] for home in words["homes"]])[0]
    young, family = chance.choice(home["young"]), chance.choice(home["family"])
    born = TODAY - dt.timedelta(days=chance.randint(7 * 365 + 10, 17 * 365 + 200))
    referred = TODAY - dt.timedelta(days=int(chance.triangular(3, 560, 120)))
    first, second = chance.sample(home["adults"], 2)
    has_phone, has_second = (TODAY - born).days > 12.5 * 365 and chance.random() < 0.6, chance.random() < 0.35
    landline, hidden = chance.random() < 0.15, chance.random() < 0.03
    return {
        "Reference": f"BC-{10001 + number}",
        "First name": young,
        "Last name": family,
        "Date of birth": f"{born:%d/%m/%Y}",
        "NHS number": _nhs_number(number) if chance.random() < 0.8 else "",
        "Young person mobile": next(phones.mobiles) if has_phone else "",
        "Parent 1 name": f"{first} {family}",
        "Parent 1 relationship": chance.choices(["mother", "father", "grandparent", "foster carer"], [70, 20, 6, 4])[0],
        "Parent 1 number": next(phones.landlines if landline else phones.mobiles),
        "Parent 1 may know": chance.choices(["all", "routine"], [80, 20])[0],
        "Parent 1 channel": "phone call" if landline or chance.random() < 0.1 else "text",
        "Parent 1 language": home["language"],
        "Parent 2 name": f"{second} {chance.choice(home['family'])}" if has_second else "",
        "Parent 2 relationship": chance.choice(["father", "mother", "stepparent"]) if has_second else "",
        "Parent 2 number": next(phones.landlines) if has_second else "",
        "Parent 2 may know": chance.choice(["all", "routine", "nothing"]) if has_second else "",
        "Address": f"{chance.randint(1, 140)} {chance.choice(words['streets'])}, Barton Cross",
        "Address hidden": "yes" if hidden else "",
        "GP": chance.choice(words["surgeries"]),
        "Pathway": chance.choice(words["pathways"]),
        "Team": chance.choice(words["teams"]),
        "Stage": chance.choices(["referred", "accepted", "appointment offered"], [70, 25, 5])[0],
        "Referral date": f"{referred:%d/%m/%Y}",
        "Must not be told": "father" if hidden else "",
    }


def _nhs_number(place: int) -> str:
    """Give a number from the range that the NHS keeps for tests (999…), with its check digit."""
    for tail in range(10):
        nine = f"999{place % 100_000:05}{tail}"
        if (digit := calculate_checksum(nine)) is not None and int(digit) < 10:
            return f"{nine}{digit}"
    return ""


def sample() -> Iterator[list[str]]:
    """Give the rows of the sample file: 500, of which 25 have a fault each."""
    yield list(HEADINGS)
    for number, row in enumerate(families(SAMPLE)):
        fault, offset = divmod(number, 20)
        if offset == 13:
            column, wrong = FAULTS[fault]
            row[column] = wrong
        yield [row[heading] for heading in HEADINGS]


def write(target: TextIO) -> None:
    """Write the sample as a spreadsheet would."""
    out = csv.writer(target, lineterminator="\r\n")
    for row in sample():
        unclosed = any(cell.startswith('"') for cell in row)
        if unclosed:
            target.write(",".join(row) + "\r\n")
        else:
            out.writerow(row)


if __name__ == "__main__":
    with FILE.open("w", encoding="utf-8-sig", newline="") as target:
        write(target)

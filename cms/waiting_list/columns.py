"""The columns of a waiting list file: what each may be called, in any order and case (docs/waiting-list-file.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

REQUIRED = {
    "reference": "the reference",
    "given_name": "the first name",
    "born_on": "the birth date",
    "referred_on": "the day of the request",
}

NAMES: dict[str, tuple[str, ...]] = {
    "reference": ("reference", "ref", "referral reference", "referral id", "case reference", "request reference", "id"),
    "given_name": ("first name", "given name", "forename"),
    "family_name": ("last name", "surname", "family name"),
    "name": ("name", "full name", "young person", "young person name", "child name"),
    "born_on": ("birth date", "date of birth", "dob", "born", "born on", "birthday"),
    "number": (
        "young person number",
        "young person phone",
        "young person mobile",
        "own number",
        "mobile",
        "mobile number",
        "phone",
        "phone number",
        "telephone",
        "child mobile",
    ),
    "channel": ("channel", "preferred channel", "contact by", "young person channel"),
    "language": ("language", "preferred language", "young person language"),
    "address": ("address", "home address"),
    "doctor": ("gp", "doctor", "usual doctor", "gp practice", "gp surgery", "surgery"),
    "pathway": ("pathway", "service", "referred for"),
    "team": ("team", "area", "locality"),
    "stage": ("stage", "status", "state"),
    "referred_on": ("referred on", "referral date", "date referred", "referred", "date of referral", "received on"),
    "must_not_be_told": ("must not be told", "not to be told", "do not tell"),
    "nhs_number": ("nhs number", "nhs no"),
    "location_hidden": ("location hidden", "address hidden", "hide address", "address is secret"),
}

ADULT_WORDS = {
    "parent or carer": "parent",
    "parent carer": "parent",
    "parent": "parent",
    "carer": "carer",
    "mother": "mother",
    "father": "father",
    "contact": "contact",
    "adult": "adult",
}
ADULT_NAMES: dict[str, tuple[str, ...]] = {
    "name": ("", "name", "full name"),
    "given_name": ("first name", "given name", "forename"),
    "family_name": ("last name", "surname", "family name"),
    "number": ("number", "phone", "phone number", "mobile", "mobile number", "telephone", "landline"),
    "may_know": ("may know", "may know what", "can know", "may be told"),
    "channel": ("channel", "preferred channel", "contact by"),
    "language": ("language", "preferred language"),
    "kind": ("relationship", "relation", "role"),
    "must_not_be_told": ("must not be told", "not to be told", "do not tell"),
}


class ColumnsWrong(ValueError):
    """The headings do not make a waiting list; the message says why, in plain words."""


@dataclass(frozen=True)
class Columns:
    """Where each value stands: field → place, adult ("parent 1") → field → place, and the headings not used."""

    fields: dict[str, int]
    adults: dict[str, dict[str, int]]
    unused: tuple[str, ...]
    width: int


def plain(heading: str) -> str:
    """Reduce a heading to small letters and digits: "Date of Birth" and "date_of_birth" are the same."""
    return re.sub(r"[\W_]+", "", heading.casefold())


_FIELD_OF = {plain(name): field for field, names in NAMES.items() for name in names}
_ADULT_FIELD_OF = {plain(name): field for field, names in ADULT_NAMES.items() for name in names}
_ADULT_WORD_OF = {plain(word): meant for word, meant in ADULT_WORDS.items()}
_ADULT = re.compile(rf"({'|'.join(_ADULT_WORD_OF)})s?(\d*)(\D*?)(\d*)")


def find(headings: Sequence[str]) -> Columns:
    """Find each column by its heading; `ColumnsWrong` where one is missing or named twice."""
    fields: dict[str, int] = {}
    adults: dict[str, dict[str, int]] = {}
    unused = []
    for place, heading in enumerate(headings):
        field, adult = _meaning(plain(heading))
        if not field:
            unused.append(heading.strip())
            continue
        known = adults.setdefault(adult, {}) if adult else fields
        if field in known:
            both = f"“{headings[known[field]].strip()}” and “{heading.strip()}”"
            raise ColumnsWrong(f"The columns {both} mean the same. Please keep one of them.")
        known[field] = place
    _check(fields)
    return Columns(fields, dict(sorted(adults.items())), tuple(name for name in unused if name), len(headings))


def _meaning(heading: str) -> tuple[str, str]:
    if heading in _FIELD_OF:
        return _FIELD_OF[heading], ""
    match = _ADULT.fullmatch(heading)
    if match is None or match[3] not in _ADULT_FIELD_OF:
        return "", ""
    return _ADULT_FIELD_OF[match[3]], f"{_ADULT_WORD_OF[match[1]]} {match[2] or match[4] or 1}"


def _check(fields: dict[str, int]) -> None:
    have = fields.keys() | ({"given_name"} if "name" in fields else set())
    missing = [f"{words} (“{NAMES[field][0]}”)" for field, words in REQUIRED.items() if field not in have]
    if missing:
        raise ColumnsWrong(f"The first line has no column for {', '.join(missing)}. Nothing was loaded.")

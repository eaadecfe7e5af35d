"""Reads one cell of a waiting list file: a value out, or `WrongCell` with a reason in plain words."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping

from nhs_number.validate import is_valid

from notifications import numbers

Table = Mapping[str, tuple[str, ...]]

STAGES: Table = {
    "referred": ("", "referred", "new", "received", "asked", "triage", "awaiting triage", "awaiting decision"),
    "waiting": ("waiting", "accepted", "triaged", "on list", "on waiting list", "awaiting appointment"),
    "offered": ("offered", "appointment offered", "booked"),
    "started": ("started", "in treatment", "being seen", "seen"),
}
CHANNELS: Table = {
    "": ("",),
    "text": ("text", "sms", "text message", "mobile"),
    "call": ("call", "phone", "phone call", "telephone", "landline", "voice"),
}
MAY_KNOW: Table = {
    "nothing": ("nothing", "none", "no", "n"),
    "routine": ("", "routine", "some", "appointments", "appointments only"),
    "all": ("all", "everything", "full", "yes", "y"),
}
YES_NO: Table = {"yes": ("yes", "y", "true", "1", "x"), "": ("", "no", "n", "false", "0")}
LANGUAGES: Table = {
    "en": ("", "english"),
    "ar": ("arabic",),
    "bfi": ("bsl", "british sign language"),
    "bn": ("bengali", "bangla", "sylheti"),
    "es": ("spanish",),
    "fa": ("farsi", "persian", "dari"),
    "fr": ("french",),
    "gu": ("gujarati",),
    "hi": ("hindi",),
    "ku": ("kurdish",),
    "pa": ("punjabi", "panjabi"),
    "pl": ("polish",),
    "pt": ("portuguese",),
    "ro": ("romanian",),
    "so": ("somali",),
    "ta": ("tamil",),
    "tr": ("turkish",),
    "uk": ("ukrainian",),
    "ur": ("urdu",),
    "yo": ("yoruba",),
    "zh": ("chinese", "mandarin", "cantonese"),
}
DAY_FORMATS = ("%d/%m/%Y", "%d/%m/%y", "%Y/%m/%d", "%d/%b/%Y", "%d/%B/%Y", "%d/%b/%y")
NOT_IN_NAMES = re.compile(r"[\d<>@/\\:;={}\[\]|*#\"]")
OLDEST = 25  # years; the records of a young person end there


class WrongCell(ValueError):
    """The cell cannot be used; the message says why."""


def text(cell: str, *, most: int, words: str) -> str:
    """Tidy spaces; refuse what is too long or holds signs that nobody can see."""
    tidy = re.sub(r"[ \t\r\n\f\v\xa0]+", " ", cell).strip()
    if any(unicodedata.category(mark) in {"Cc", "Cs", "Co", "Cn"} for mark in tidy):
        raise WrongCell(f"{words} holds a sign that cannot be shown")
    if len(tidy) > most:
        raise WrongCell(f"{words} is longer than {most} letters")
    return tidy


def name(cell: str, *, words: str) -> str:
    """Read a name; refuse what no name holds, because it will stand in a text message."""
    tidy = text(cell, most=100, words=words)
    if tidy and (NOT_IN_NAMES.search(tidy) or not any(mark.isalpha() for mark in tidy)):
        raise WrongCell(f"{words} “{tidy[:40]}” does not look like a name")
    return tidy


def split_name(full: str) -> tuple[str, str]:
    """Part a full name: "Asha Rao" and "Rao, Asha" give ("Asha", "Rao")."""
    if "," in full:
        family, _, given = full.partition(",")
        return given.strip(), family.strip()
    given, _, family = full.rpartition(" ")
    return (given, family) if given else (family, "")


def day(cell: str, *, words: str, today: dt.date) -> dt.date | None:
    """Read a day, the day of the month before the month: 04/05/2011, 4.5.11, 2011-05-04, 4 May 2011."""
    tidy = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$", "", text(cell, most=40, words=words))
    if not tidy:
        return None
    written = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", tidy.casefold())
    written = re.sub(r"[\s.,\-/]+", "/", written).replace("/sept/", "/sep/")
    for form in DAY_FORMATS:
        try:
            found = dt.datetime.strptime(written, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if "%y" in form and found > today:
            found = found.replace(year=found.year - 100)
        if found > today:
            raise WrongCell(f"{words} {tidy} is in the future")
        return found
    raise WrongCell(f"{words} “{tidy}” is not a day we can read (day first, like 31/05/2012)")


def birth_day(cell: str, *, today: dt.date) -> dt.date | None:
    """Read a birth date; refuse one of somebody who is no young person."""
    born = day(cell, words="the birth date", today=today)
    if born and today.year - born.year > OLDEST:
        raise WrongCell(f"the birth date {born:%d/%m/%Y} would make this person older than {OLDEST}")
    return born


def number(cell: str, *, words: str) -> str:
    """Read a phone number into E.164, with the nought that a spreadsheet takes away given back."""
    tidy = text(cell, most=60, words=words)
    if not tidy:
        return ""
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", tidy):
        raise WrongCell(f"{words} {tidy} was shortened by a spreadsheet; make the column text and send it again")
    digits = re.sub(r"[^\d+]", "", tidy)
    if re.fullmatch(r"[127]\d{8,9}", digits):
        tidy = f"0{digits}"
    try:
        return numbers.parse(tidy).e164
    except numbers.WrongNumber as problem:
        raise WrongCell(f"{words} “{tidy}”: {problem}") from None


def choice(cell: str, *, table: Table, words: str) -> str:
    """Read a word from a table of words that mean the same."""
    tidy = re.sub(r"[\W_]+", " ", cell.casefold()).strip()
    for value, meant in table.items():
        if tidy in meant or (tidy and tidy == value):
            return value
    known = ", ".join(next(word for word in meant if word) for meant in table.values() if any(meant))
    raise WrongCell(f"{words} “{cell.strip()[:40]}” is not one we know ({known})")


def nhs_number(cell: str) -> str:
    """Read an NHS number of ten digits; the last one proves the others."""
    digits = re.sub(r"[\s-]", "", cell)
    if digits and not (re.fullmatch(r"\d{10}", digits) and is_valid(digits)):
        raise WrongCell("the NHS number is not right: one of its ten digits is wrong")
    return digits

"""Reads a file of Open Referral UK: bounded, every fault with its line, and nothing is believed unchecked (pure)."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from cms.models import DirectoryOrganisation, DirectoryService, OpeningHours
from cms.models.directory import OLDEST

MOST_BYTES = 5 * 1024 * 1024
MOST_SERVICES = 2000
MOST_PARTS = 50  # hours or words of one service
SUMMARY = 300  # letters; the rest of a description goes below
Row = dict[str, Any]


class FileRefused(Exception):
    """The file as a whole cannot be read; the message says why."""


@dataclass(frozen=True)
class Fault:
    """Something wrong with one item: its line in the file, what it is, and why it was left out or cut."""

    line: int
    what: str
    why: str


@dataclass(frozen=True)
class Organisation:
    """One organisation of a file, checked."""

    key: uuid.UUID
    values: Row


@dataclass(frozen=True)
class Service:
    """One service of a file, checked; `words` are the keys and names of its terms."""

    key: uuid.UUID
    values: Row
    organisation: Organisation
    words: tuple[tuple[str, str], ...] = ()


@dataclass
class Read:
    """All that a file brings, and what is wrong with it."""

    services: list[Service] = field(default_factory=list)
    organisations: list[Organisation] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class _Wrong(Exception):
    """One item cannot be taken in."""


def read(source: bytes) -> Read:
    """Read a service, an organisation, a list or a page of them from JSON; `FileRefused` where it is none of these."""
    if len(source) > MOST_BYTES:
        raise FileRefused(_("The file is larger than 5 MB."))
    try:
        text = source.decode("utf-8-sig")
        whole = json.loads(text)
    except UnicodeDecodeError:
        raise FileRefused(_("The file is not UTF-8 text.")) from None
    except json.JSONDecodeError as problem:
        raise FileRefused(
            _("Line %(line)d is not JSON: %(why)s.") % {"line": problem.lineno, "why": problem.msg}
        ) from None
    except RecursionError:
        raise FileRefused(_("The file is nested too deeply.")) from None
    items = list(_items(whole))
    if len(items) > MOST_SERVICES:
        raise FileRefused(_("The file has more than %(n)d services. Please split it.") % {"n": MOST_SERVICES})
    found = Read()
    for what, item in items:
        _take(item, what, found, line=_line_of(item, text))
    return found


def _items(whole: Any) -> Iterator[tuple[str, Any]]:
    rows = whole.get("contents", [whole]) if isinstance(whole, dict) else whole
    if not isinstance(rows, list) or not rows:
        raise FileRefused(_("There is no service and no organisation in this file."))
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict) and isinstance(row.get("services"), list):
            owner = {name: value for name, value in row.items() if name != "services"}
            yield f"organisation {number}", owner
            for place, one in enumerate(row["services"], 1):
                is_row = isinstance(one, dict)
                yield f"organisation {number}, service {place}", {"organization": owner, **one} if is_row else one
        else:
            yield f"service {number}" if _is_service(row) else f"organisation {number}", row


def _is_service(row: Any) -> bool:
    return isinstance(row, dict) and ("status" in row or "organization" in row)


def _line_of(item: Any, text: str) -> int:
    """Find the line on which the item's id stands."""
    key = item.get("id") if isinstance(item, dict) else None
    at = text.find(f'"{key}"') if isinstance(key, str) and key else -1
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _take(item: Any, what: str, found: Read, *, line: int) -> None:
    """Check one item and keep it, or write down why not."""

    def cut(why: str) -> None:
        found.faults.append(Fault(line, what, why))

    try:
        if not isinstance(item, dict):
            raise _Wrong(_("This is no service and no organisation."))
        if _is_service(item):
            service = _service(item, cut)
            found.services.append(service)
        else:
            found.organisations.append(_organisation(item, cut))
    except _Wrong as problem:
        found.faults.append(Fault(line, what, str(problem)))


def _organisation(item: Any, cut: Callable[[str], None]) -> Organisation:
    if not isinstance(item, dict):
        raise _Wrong(_("It does not say which organisation runs it."))
    values = {
        "name": _text(item, "name", most=_most(DirectoryOrganisation, "name"), cut=cut),
        "about": _text(item, "description", most=_most(DirectoryOrganisation, "about"), cut=cut),
        "email": _checked(item, "email", validate_email, cut),
        "website": _checked(item, "website", URLValidator(["http", "https"]), cut),
    }
    if not values["name"]:
        raise _Wrong(_("The organisation has no name."))
    return Organisation(_key(item, _("organisation")), values)


def _service(item: Row, cut: Callable[[str], None]) -> Service:
    key = _key(item, _("service"))
    summary, about = _described(_text(item, "description", most=2300, cut=cut))
    age_from, age_to = _age(item, "minimum_age"), _age(item, "maximum_age")
    if age_from is not None and age_to is not None and age_from > age_to:
        raise _Wrong(_("minimum_age is higher than maximum_age."))
    status = item.get("status")
    if status not in DirectoryService.Status.values:
        raise _Wrong(_("status must be one of: %(all)s.") % {"all": ", ".join(DirectoryService.Status.values)})
    address, postcode, access = _place(item, cut)
    opening, hours = _hours(item, cut)
    values = {
        "name": _text(item, "name", most=_most(DirectoryService, "name"), cut=cut),
        "plain_summary": summary,
        "about": about,
        "website": _checked(item, "url", URLValidator(["http", "https"]), cut),
        "email": _checked(item, "email", validate_email, cut),
        "status": status,
        "cost_note": _text(item, "fees", most=_most(DirectoryService, "cost_note"), cut=cut),
        "age_from": age_from,
        "age_to": age_to,
        "checked_on": _day(item, "assured_date", cut),
        "notice": _text(item, "alert", most=_most(DirectoryService, "notice"), cut=cut),
        "phone": _phone(item, cut),
        "address": address,
        "postcode": postcode,
        "access_note": access,
        "opening": opening,
        "hours": hours,
    }
    if not values["name"]:
        raise _Wrong(_("The service has no name."))
    return Service(key, values, _organisation(item.get("organization"), cut), _words(item))


def _most(model: type[DirectoryService] | type[DirectoryOrganisation], name: str) -> int:
    return int(getattr(model._meta.get_field(name), "max_length", 0))


def _key(item: Row, of: str) -> uuid.UUID:
    try:
        return uuid.UUID(str(item.get("id", "")))
    except ValueError:
        raise _Wrong(_("The %(of)s has no id that is a UUID.") % {"of": of}) from None


def _text(item: Row, name: str, *, most: int, cut: Callable[[str], None]) -> str:
    """Take a text, its control characters gone; one that is too long is cut, and that is told."""
    given = item.get(name)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise _Wrong(_("%(name)s is not a text.") % {"name": name})
    text = "".join(letter for letter in given.strip() if letter.isprintable() or letter == "\n")
    if len(text) <= most:
        return text
    cut(_("%(name)s has %(n)d letters. It was cut to %(most)d.") % {"name": name, "n": len(text), "most": most})
    return text[: most - 1].rstrip() + "…"


def _checked(item: Row, name: str, validate: Callable[[Any], None], cut: Callable[[str], None]) -> str:
    """Take an address of mail or web; one that is none is left out, and that is told."""
    text = _text(item, name, most=200, cut=cut)
    try:
        if text:
            validate(text)
    except ValidationError:
        cut(_("%(name)s is not an address. It was left out.") % {"name": name})
        return ""
    return text


def _described(text: str) -> tuple[str, str]:
    """Put as many whole sentences on top as fit, and the rest below."""
    if len(text) <= SUMMARY:
        return text, ""
    end = max(text.rfind(mark, 0, SUMMARY) for mark in (". ", "! ", "? ", ".\n"))
    if end < 0:
        end = text.rfind(" ", 0, SUMMARY) if " " in text[:SUMMARY] else SUMMARY - 1
    return text[: end + 1].strip(), text[end + 1 :].strip()


def _age(item: Row, name: str) -> int | None:
    given = item.get(name)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= OLDEST:
        raise _Wrong(_("%(name)s is not an age.") % {"name": name})
    return int(given)


def _day(item: Row, name: str, cut: Callable[[str], None]) -> str | None:
    text = _text(item, name, most=40, cut=cut)
    try:
        found = parse_date(text[:10])
    except ValueError:
        found = None
    if text and found is None:
        cut(_("%(name)s is not a day. It was left out.") % {"name": name})
    return found.isoformat() if isinstance(found, dt.date) else None


def _parts(item: Row, name: str) -> list[Row]:
    given = item.get(name)
    return [part for part in given[:MOST_PARTS] if isinstance(part, dict)] if isinstance(given, list) else []


def _phone(item: Row, cut: Callable[[str], None]) -> str:
    numbers = [phone for contact in _parts(item, "contacts") for phone in _parts(contact, "phones")]
    numbers += _parts(item, "phones")
    return _text(numbers[0], "number", most=_most(DirectoryService, "phone"), cut=cut) if numbers else ""


def _place(item: Row, cut: Callable[[str], None]) -> tuple[str, str, str]:
    """Take the first address, its postcode, and what is said of getting in."""
    places = [at["location"] for at in _parts(item, "service_at_locations") if isinstance(at.get("location"), dict)]
    if not places:
        return "", "", ""
    addresses = _parts(places[0], "addresses")
    lines = [_text(addresses[0], name, most=100, cut=cut) for name in ("address_1", "city")] if addresses else []
    whole = {"address": ", ".join(dict.fromkeys(line for line in lines if line and not line.isspace()))}
    if len(lines) == 2 and lines[0].endswith(lines[1]):  # our own: the town stands in the line already
        whole = {"address": lines[0]}
    access = [_text(part, "description", most=300, cut=cut) for part in _parts(places[0], "accessibility")]
    postcode = (
        _text(addresses[0], "postal_code", most=_most(DirectoryService, "postcode"), cut=cut) if addresses else ""
    )
    said = {"accessibility": " ".join(text for text in access if text)}
    return (
        _text(whole, "address", most=_most(DirectoryService, "address"), cut=cut),
        postcode,
        _text(said, "accessibility", most=_most(DirectoryService, "access_note"), cut=cut),
    )


def _hours(item: Row, cut: Callable[[str], None]) -> tuple[str, list[list[str]]]:
    """Take opening hours in words, and by day where both times are given."""
    said, days = "", []
    for row in _parts(item, "schedules"):
        said = said or _text(row, "description", most=_most(DirectoryService, "opening"), cut=cut)
        opens, closes = _clock(row, "opens_at"), _clock(row, "closes_at")
        named = [day.strip()[-2:].upper() for day in _text(row, "byday", most=40, cut=cut).split(",")]
        if opens and closes:
            days += [[day, opens, closes] for day in named if day in OpeningHours.Day.values]
    return said, days[:MOST_PARTS]


def _clock(row: Row, name: str) -> str:
    given = row.get(name)
    try:
        found = parse_time(given[:8]) if isinstance(given, str) else None
    except ValueError:
        found = None
    return f"{found:%H:%M}" if found else ""


def _words(item: Row) -> tuple[tuple[str, str], ...]:
    """Name the terms of a service by id and name, as far as they have one."""
    terms = [
        part["taxonomy_term"] for part in _parts(item, "attributes") if isinstance(part.get("taxonomy_term"), dict)
    ]
    terms += _parts(item, "service_areas") + _parts(item, "languages")
    named = [(str(term.get("id", ""))[:40], str(term.get("name", ""))[:60].strip()) for term in terms]
    return tuple(dict.fromkeys(pair for pair in named if pair[1]))

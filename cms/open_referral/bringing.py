"""Brings checked services in: new ones as drafts, changes into drafts, and never over what a person wrote since."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_date

from cms.models import DirectoryOrganisation, DirectoryService, DirectoryTerm, OpeningHours
from cms.open_referral.file import Organisation, Read, Row, Service


@dataclass(frozen=True)
class Kept:
    """A field that a person changed since the last file: ours stands, and this shows what the file has."""

    row: DirectoryService | DirectoryOrganisation
    field: str
    ours: str
    theirs: str


@dataclass
class Outcome:
    """What came of a file."""

    new: list[DirectoryService] = field(default_factory=list)
    changed: list[DirectoryService] = field(default_factory=list)
    same: int = 0
    kept: list[Kept] = field(default_factory=list)
    unknown_words: set[str] = field(default_factory=set)


def bring(read: Read) -> Outcome:
    """Write all of a file into rows; what the public reads does not change by it."""
    outcome, terms = Outcome(), list(DirectoryTerm.objects.published())
    for organisation in read.organisations:
        _organisation(organisation, outcome)
    for service in read.services:
        _service(service, terms, outcome)
    return outcome


def _organisation(told: Organisation, outcome: Outcome) -> DirectoryOrganisation:
    row = DirectoryOrganisation.objects.filter(key=told.key).first()
    if row is None:
        made: DirectoryOrganisation = DirectoryOrganisation.objects.create(
            key=told.key, **told.values, brought=told.values
        )
        return made
    is_shown = DirectoryService.objects.published().filter(organisation=row).exists()
    taken = _taken(row, row.brought if not is_shown else {}, told.values, outcome, ours=told.values.keys())
    if taken:
        for name, value in taken.items():
            setattr(row, name, value)
        row.brought = told.values
        row.save()
    return row


def _service(told: Service, terms: Iterable[DirectoryTerm], outcome: Outcome) -> None:
    owner = _organisation(told.organisation, outcome)
    row = DirectoryService.objects.filter(key=told.key).first()
    if row is None:
        draft = DirectoryService(key=told.key, organisation=owner, live=False, has_unpublished_changes=True)
        draft.cost = DirectoryService.Cost.ASK  # a file says fees in words alone
        _set(draft, told.values)
        draft.brought = told.values
        draft.terms.set(_known(told, terms, outcome))
        draft.save()
        draft.save_revision(clean=False)
        outcome.new.append(draft)
        return
    draft = row.get_latest_revision_as_object()
    taken = _taken(draft, draft.brought, told.values, outcome, ours=told.values.keys())
    if not taken:
        outcome.same += 1
        return
    _set(draft, taken)
    draft.brought = draft.brought | taken
    draft.save_revision(clean=False)
    outcome.changed.append(row)


def _taken(
    row: DirectoryService | DirectoryOrganisation, base: Row, theirs: Row, outcome: Outcome, *, ours: Iterable[str]
) -> Row:
    """Give the fields that the file may change: those that nobody has touched since it last brought them."""
    taken: Row = {}
    for name in ours:
        now = _value(row, name)
        if theirs[name] in (base.get(name, _Nothing), now):
            continue
        if now == base.get(name, _Nothing):
            taken[name] = theirs[name]
        else:
            outcome.kept.append(Kept(row, _title(row, name), _shown(now), _shown(theirs[name])))
    return taken


class _Nothing:
    """What no field ever holds."""


def _value(row: DirectoryService | DirectoryOrganisation, name: str) -> Any:
    """Give a field of ours in the form in which a file has it."""
    if name == "hours" and isinstance(row, DirectoryService):
        return [[one.day, f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"] for one in row.hours.all()]
    value = getattr(row, name)
    return value.isoformat() if isinstance(value, dt.date) else value


def _set(draft: DirectoryService, values: Row) -> None:
    for name, value in values.items():
        if name == "hours":
            draft.hours = [  # modelcluster keeps them with the draft
                OpeningHours(day=day, opens=dt.time.fromisoformat(opens), closes=dt.time.fromisoformat(closes))
                for day, opens, closes in value
            ]
        else:
            setattr(draft, name, parse_date(value) if name == "checked_on" and value else value)


def _known(told: Service, terms: Iterable[DirectoryTerm], outcome: Outcome) -> list[DirectoryTerm]:
    """Find our own words for those of the file, by id and then by name; what we do not have is named, not made."""
    by_key = {term.key: term for term in terms}
    by_name = {term.name.casefold(): term for term in by_key.values()}
    found = []
    for key, name in told.words:
        term = by_key.get(_as_key(key)) or by_name.get(name.casefold())  # type: ignore[arg-type]
        if term is None:
            outcome.unknown_words.add(name)
        else:
            found.append(term)
    return list(dict.fromkeys(found))


def _as_key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _title(row: DirectoryService | DirectoryOrganisation, name: str) -> str:
    return str(getattr(row._meta.get_field(name), "verbose_name", name))


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(" ".join(one) for one in value)
    return "" if value is None else str(value)

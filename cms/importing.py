"""Brings a waiting list file in: a family a transaction, nothing half-saved, the same file twice changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from django.db import IntegrityError

from cms.waiting_list.file import Bad, Good, WaitingListFile
from notifications import numbers
from notifications.actions import contacts
from notifications.models import ContactPoint
from peer import families, gate
from peer.actions import imports
from peer.actions.imports import Admitted
from peer.families import Family
from peer.gate import SERVICE, System, action
from peer.models import ImportChange, ImportFault, ImportRun, Person, Referral, User
from peer.roles import Perm

BATCH = 200
SOURCE = "waiting list file"
DEAD = "this person has died; nothing of this row was taken over"
PERHAPS_DEAD = "somebody of this name and birth date has died; ask before you bring this row in"
IMPORTER = System("import_waiting_list", may=frozenset({Perm.IMPORT_WAITING_LIST, Perm.KEEP_CONTACTS}))


@dataclass
class Counts:
    """What a file brings."""

    added: int = 0
    same: int = 0
    changed: int = 0
    refused: int = 0

    def in_words(self) -> str:
        """Say the counts in one sentence."""
        return f"{self.added} new, {self.same} the same, {self.changed} changed, {self.refused} left out."


@dataclass
class Sorted:
    """A stretch of rows, by what is to be done with each."""

    new: list[Good] = field(default_factory=list)
    same: list[Referral] = field(default_factory=list)
    changed: list[tuple[Referral, Good]] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)


def sorted_rows(file: WaitingListFile) -> Iterator[Sorted]:
    """Read a file stretch by stretch and compare each row with what we hold; the whole file is never in memory."""
    seen: set[int] = set()
    while batch := list(islice(file.rows, BATCH)):
        references = [row.family.reference for row in batch if isinstance(row, Good)]
        ours = Referral.objects.filter(reference__in=references).select_related("person")
        held = {referral.reference: referral for referral in ours}
        dead = _names_of_the_dead([row.family for row in batch if isinstance(row, Good)])
        found = Sorted()
        for row in batch:
            _sort(row, found, held=held, seen=seen, dead=dead)
        yield found


Name = tuple[str, str, dt.date | None]


def _name(one: Family | Person) -> Name:
    return one.given_name.casefold(), one.family_name.casefold(), one.born_on


def _names_of_the_dead(families: list[Family]) -> set[Name]:
    """Find who of a stretch bears the name and birth date of somebody who has died (U6)."""
    days = {family.born_on for family in families}
    gone = Person.objects.filter(deceased_at__isnull=False, kind=Person.Kind.YOUNG_PERSON, born_on__in=days)
    return {_name(person) for person in gone}


def _sort(row: Good | Bad, found: Sorted, *, held: dict[str, Referral], seen: set[int], dead: set[Name]) -> None:
    if isinstance(row, Bad):
        found.bad.append(row)
        return
    key = hash(row.family.reference)
    if key in seen:
        found.bad.append(Bad(row.line, (f"the reference {row.family.reference} stands on an earlier line",), row.cells))
        return
    seen.add(key)
    referral = held.get(row.family.reference)
    if referral is not None and referral.person.deceased_at is not None:
        found.bad.append(Bad(row.line, (DEAD,), row.cells))
    elif referral is None and _name(row.family) in dead:
        found.bad.append(Bad(row.line, (PERHAPS_DEAD,), row.cells))
    elif referral is None:
        found.new.append(row)
    elif referral.row_hash == families.fingerprint(families.as_json(row.family)):
        found.same.append(referral)
    else:
        found.changed.append((referral, row))


Listener = Callable[[list[Bad]], None]


def look(file: WaitingListFile, *, told: Listener) -> Counts:
    """Say what a file would bring, and change nothing."""
    counts = Counts()
    for found in sorted_rows(file):
        counts.added += len(found.new)
        _count(found, counts)
        told(found.bad)
    return counts


def load(name: str, source: BinaryIO, file: WaitingListFile, *, by: User | System, told: Listener) -> ImportRun:
    """Bring every good row in and keep every bad one with its reason; `told` hears of the bad ones as they come."""
    run = imports.open_run(
        SERVICE, by=by, file_name=name, file_hash=_hash_of(source), headings=json.dumps(file.headings)
    )
    with gate.after_first():
        counts = Counts()
        for found in sorted_rows(file):
            _take_in(found, run=run, by=by, counts=counts)
            told(found.bad)
        return imports.close_run(run, by=by)


def _take_in(found: Sorted, *, run: ImportRun, by: User | System, counts: Counts) -> None:
    for row in found.new:
        _bring_in(row, found, run=run, by=by, counts=counts)
    for referral, row in found.changed:
        imports.note_change(referral, by=by, run=run, family=row.family)
    _count(found, counts)
    _close_batch(found, run=run, by=by, counts=counts)


def _count(found: Sorted, counts: Counts) -> None:
    counts.same += len(found.same)
    counts.changed += len(found.changed)
    counts.refused += len(found.bad)


def counts_of(run: ImportRun) -> Counts:
    """Give the counts of a file that was loaded."""
    return Counts(added=run.added, same=run.same, changed=run.changed, refused=run.refused)


def _bring_in(row: Good, found: Sorted, *, run: ImportRun, by: User | System, counts: Counts) -> None:
    try:
        bring_in(run, by=by, family=row.family)
    except IntegrityError:
        found.bad.append(Bad(row.line, ("somebody else loaded this reference at the same time",), row.cells))
    else:
        counts.added += 1


def _close_batch(found: Sorted, *, run: ImportRun, by: User | System, counts: Counts) -> None:
    seen = [referral.pk for referral in [*found.same, *(referral for referral, _row in found.changed)]]
    faults = [
        ImportFault(run=run, line=bad.line, reasons="\n".join(bad.why), cells=json.dumps(bad.cells))
        for bad in found.bad
    ]
    imports.close_batch(run, by=by, seen=seen, faults=faults, counts=vars(counts))


@action(Perm.IMPORT_WAITING_LIST)
def bring_in(run: ImportRun, *, by: User | System, family: Family) -> Referral:
    """Bring one family in whole or not at all: the people, the request and their numbers (decision 21)."""
    admitted = imports.admit(run, by=by, family=family, known=household(family))
    _keep_numbers(admitted, family, by=by)
    return admitted.referral


@action(Perm.IMPORT_WAITING_LIST)
def take_change(change: ImportChange, *, by: User) -> Referral:
    """Take over a changed row, its new numbers too; old numbers stay until somebody puts them aside."""
    family = families.from_json(change.row)
    taken = imports.take_change(change, by=by, known=household(family))
    _keep_numbers(taken, family, by=by)
    return taken.referral


def household(family: Family) -> list[Person | None]:
    """Find the adults whom we know by number and name already: siblings are one household for messages (U10)."""
    hashes = {numbers.hashed(adult.way.number) for adult in family.adults if adult.way.number}
    held = ContactPoint.objects.filter(where_hash__in=hashes, person__kind=Person.Kind.PARENT_CARER)
    known = {(one.where_hash, one.person.full_name().casefold()): one.person for one in held.select_related("person")}
    return [
        known.get((numbers.hashed(adult.way.number), f"{adult.given_name} {adult.family_name}".strip().casefold()))
        for adult in family.adults
    ]


def _keep_numbers(admitted: Admitted, family: Family, *, by: User | System) -> None:
    person = admitted.referral.person
    ways = [(person, family.way), *zip(admitted.adults, (adult.way for adult in family.adults), strict=True)]
    contacts.add(person, by=by, ways=ways, source=SOURCE)


def _hash_of(source: BinaryIO) -> str:
    """Give the SHA-256 (hex) of a file, and go back to where its reading stands."""
    place = source.tell()
    source.seek(0)
    found = hashlib.sha256()
    while chunk := source.read(65_536):
        found.update(chunk)
    source.seek(place)
    return found.hexdigest()

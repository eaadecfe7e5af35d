"""Waiting list files: families arrive on hold, changed rows wait for a person, nobody is taken off by a file (U10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from peer import clock, families, workdays
from peer.adults import weigh
from peer.families import Adult, Family
from peer.gate import System, TheService, action
from peer.models import (
    ImportChange,
    ImportFault,
    ImportRun,
    ParentRelationship,
    Person,
    Referral,
    TimelineEntry,
    User,
    WaitingListEntry,
)
from peer.models.waiting import RELEASE_WITHIN
from peer.roles import Perm, Role
from peer.states import RuleBroken

DECIDE_CHANGE_WITHIN = 5  # working days


@action(Perm.IMPORT_WAITING_LIST)
def open_run(service: TheService, *, by: User | System, file_name: str, file_hash: str, headings: str) -> ImportRun:
    """Begin to load a file."""
    who = None if isinstance(by, System) else by
    return ImportRun.objects.create(file_name=file_name[:120], file_hash=file_hash, headings=headings, by=who)


class Admitted(NamedTuple):
    """A family on the list, and its adults in the order of the row."""

    referral: Referral
    adults: list[Person]


@action(Perm.IMPORT_WAITING_LIST)
def admit(run: ImportRun, *, by: User | System, family: Family, known: Sequence[Person | None]) -> Admitted:
    """Put a family on the list, on hold; adults the service already knows are not made twice (one household)."""
    person = Person.objects.create(kind=Person.Kind.YOUNG_PERSON, language=family.way.language, **_of(family))
    adults = _adults(family.adults, known)
    joined = {found.pk: (adult, found) for adult, found in zip(family.adults, adults, strict=True)}
    ParentRelationship.objects.bulk_create(
        ParentRelationship(young_person=person, adult=found, **_terms(adult)) for adult, found in joined.values()
    )
    text = families.as_json(family)
    referral = Referral.objects.create(
        person=person,
        reference=family.reference,
        row=text,
        row_hash=families.fingerprint(text),
        seen_in=run,
        **_request(family),
    )
    entry = WaitingListEntry.objects.create(
        referral=referral, owner_role=Role.CO_ORDINATOR, due_at=workdays.due(days=RELEASE_WITHIN)
    )
    entry.follow_list()
    TimelineEntry.objects.create(
        person=person,
        referral=referral,
        kind=TimelineEntry.Kind.ARRIVED,
        words=_("The request for help is from %(day)s.") % {"day": f"{family.referred_on:%-d %B %Y}"},
        for_adults=TimelineEntry.ForAdults.ROUTINE,
    )
    return Admitted(referral, adults)


def _adults(adults: Sequence[Adult], known: Sequence[Person | None]) -> list[Person]:
    """Give a person for each adult, making in one go those whom nobody knows yet."""
    found = [who or _adult(adult) for adult, who in zip(adults, known, strict=True)]
    Person.objects.bulk_create(person for person in found if person.pk is None)
    return found


def _of(family: Family) -> dict[str, Any]:
    return {
        "given_name": family.given_name,
        "family_name": family.family_name,
        "born_on": family.born_on,
        "address": family.address,
        "doctor": family.doctor,
        "nhs_number": family.nhs_number,
        "location_hidden": family.location_hidden,
    }


def _request(family: Family) -> dict[str, Any]:
    return {
        "pathway": family.pathway,
        "team": family.team,
        "stage": family.stage,
        "referred_on": family.referred_on,
    }


def _adult(adult: Adult) -> Person:
    return Person(
        kind=Person.Kind.PARENT_CARER,
        given_name=adult.given_name,
        family_name=adult.family_name,
        language=adult.way.language,
    )


def _terms(adult: Adult) -> dict[str, Any]:
    return {"kind": adult.kind, "may_know": adult.may_know, "must_not_be_told": adult.must_not_be_told}


def _named(person: Person, adult: Adult) -> Person | None:
    around = Person.objects.filter(young_people__young_person=person)
    return around.filter(given_name__iexact=adult.given_name, family_name__iexact=adult.family_name).first()


@action(Perm.IMPORT_WAITING_LIST)
def note_change(referral: Referral, *, by: User | System, run: ImportRun, family: Family) -> ImportChange | None:
    """Keep a row that differs from ours until a person decides; the same difference is kept once."""
    text = families.as_json(family)
    change = ImportChange(run=run, referral=referral, row=text, row_hash=families.fingerprint(text))
    old = referral.changes.waiting().first()
    if old is not None and old.row_hash == change.row_hash:
        return None
    if old is not None:
        old.move_to(ImportChange.State.REPLACED)
    change.owner_role, change.due_at = Role.CO_ORDINATOR, workdays.due(days=DECIDE_CHANGE_WITHIN)
    change.save()
    return change


@action(Perm.IMPORT_WAITING_LIST)
def close_batch(
    run: ImportRun, *, by: User | System, seen: Sequence[int], faults: Sequence[ImportFault], counts: dict[str, int]
) -> ImportRun:
    """Write down what a stretch of the file brought: who is still in it, what was left out, and the counts so far."""
    Referral.objects.filter(pk__in=seen).update(seen_in=run)
    ImportFault.objects.bulk_create(faults)
    for name, value in counts.items():
        setattr(run, name, value)
    run.save(update_fields=list(counts))
    return run


@action(Perm.IMPORT_WAITING_LIST)
def close_run(run: ImportRun, *, by: User | System) -> ImportRun:
    """End the loading of a file."""
    run.ended_at = clock.now()
    run.save(update_fields=["ended_at"])
    return run


@action(Perm.IMPORT_WAITING_LIST)
def take_change(change: ImportChange, *, by: User, known: Sequence[Person | None]) -> Admitted:
    """Take over what a changed row says about the young person, the request and the adults."""
    referral, family = change.referral, families.from_json(change.row)
    if referral.person.deceased_at is not None:
        raise RuleBroken(_("This person has died. Nothing of a file is taken over."))
    change.move_to(ImportChange.State.TAKEN)
    Person.objects.filter(pk=referral.person_id).update(**_of(family))
    for name, value in {**_request(family), "row": change.row, "row_hash": change.row_hash}.items():
        setattr(referral, name, value)
    referral.save()
    pairs = zip(family.adults, known, strict=True)
    adults = _adults(family.adults, [who or _named(referral.person, adult) for adult, who in pairs])
    for adult, found in zip(family.adults, adults, strict=True):
        ParentRelationship.objects.update_or_create(young_person=referral.person, adult=found, defaults=_terms(adult))
    weigh(referral.person, by=by)
    referral.entry.follow_list()
    return Admitted(referral, adults)


@action(Perm.IMPORT_WAITING_LIST)
def keep_ours(change: ImportChange, *, by: User) -> ImportChange:
    """Leave everything as it is; the same row will not ask again."""
    change.move_to(ImportChange.State.KEPT)
    change.referral.row_hash = change.row_hash
    change.referral.save(update_fields=["row_hash"])
    return change

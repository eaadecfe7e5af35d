"""A waiting list comes in: good rows whole, bad rows out with their reason, and twice is once (U1, U10)."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cms import importing
from cms.sample import waiting_list as sample
from cms.waiting_list.file import open_file
from notifications.actions import contacts
from notifications.models import CallTask, ContactPoint, Notification
from peer import clock
from peer.actions import imports
from peer.models import (
    AuditEvent,
    ImportChange,
    ImportRun,
    ParentRelationship,
    Person,
    Referral,
    TimelineEntry,
    WaitingListEntry,
)
from peer.roles import Role
from tests.make import make_user

pytestmark = pytest.mark.django_db

HEAD = (
    "Reference,First name,Last name,Date of birth,Mobile,Parent 1 name,Parent 1 number,Parent 1 may know,"
    "Address,GP,Pathway,Team,Stage,Referred on\n"
)
ASHA = "R1,Asha,Rao,04/05/2011,07700900301,Uma Rao,07700900302,all,1 Elm Rd,Elm Surgery,Getting advice,North,,1/2/26\n"
BEN = "R2,Ben,Rao,04/05/2014,,Uma Rao,07700 900302,all,1 Elm Rd,Elm Surgery,Getting advice,North,,1/3/26\n"


def load(text: str, by: object = importing.IMPORTER) -> ImportRun:
    source = io.BytesIO(text.encode())
    return importing.load("list.csv", source, open_file(source, today=clock.today()), by=by, told=lambda bad: None)


def rows_of_everything() -> list[int]:
    kinds = (Person, ParentRelationship, Referral, WaitingListEntry, TimelineEntry, ContactPoint, ImportChange)
    return [kind.objects.count() for kind in kinds]


def test_a_family_comes_in_whole_and_on_hold_and_nothing_is_sent() -> None:
    run = load(HEAD + ASHA)
    referral = Referral.objects.get()
    asha, uma = referral.person, Person.objects.get(given_name="Uma")
    assert importing.counts_of(run) == importing.Counts(added=1)
    assert (referral.entry.state, referral.entry.owner_role) == ("on_hold", Role.CO_ORDINATOR)
    assert (asha.full_name(), asha.address, asha.doctor) == ("Asha Rao", "1 Elm Rd", "Elm Surgery")
    assert asha.adults.get().may_know == "all"
    assert {(point.person, point.where, point.state) for point in ContactPoint.objects.all()} == {
        (asha, "+447700900301", "unproved"),
        (uma, "+447700900302", "unproved"),
    }
    assert not Notification.objects.exists()
    assert not CallTask.objects.exists()


def test_the_same_file_twice_changes_nothing() -> None:
    load(HEAD + ASHA + BEN)
    before = rows_of_everything()
    again = load(HEAD + ASHA + BEN)
    assert importing.counts_of(again) == importing.Counts(same=2)
    assert rows_of_everything() == before


def test_siblings_share_their_parent_and_so_one_household() -> None:
    load(HEAD + ASHA + BEN)
    uma = Person.objects.get(given_name="Uma")
    assert uma.young_people.count() == 2
    assert not ContactPoint.objects.get(person=uma).is_shared


def test_a_number_in_two_hands_is_shared_for_both() -> None:
    load(HEAD + ASHA + BEN.replace("Uma Rao", "Dev Rao"))
    assert list(ContactPoint.objects.filter(where_hash__in=_hashes("+447700900302")).values_list("is_shared")) == [
        (True,),
        (True,),
    ]


def _hashes(number: str) -> list[str]:
    return list(ContactPoint.objects.at(number).values_list("where_hash", flat=True))


def test_bad_rows_stay_out_with_line_and_reason_and_good_ones_come_in() -> None:
    run = load(HEAD + ASHA + BEN.replace("R2", "") + BEN.replace("07700 900302", "12"))
    assert importing.counts_of(run) == importing.Counts(added=1, refused=2)
    assert [(fault.line, fault.reasons) for fault in run.faults.order_by("line")] == [
        (3, "there is no reference"),
        (4, "parent 1’s number “12”: That is a short or emergency number. Please give a mobile or a home number."),
    ]


def test_a_reference_that_comes_twice_in_a_file_comes_in_once() -> None:
    run = load(HEAD + ASHA + ASHA.replace("Asha", "Anna"))
    assert importing.counts_of(run) == importing.Counts(added=1, refused=1)
    assert Person.objects.filter(given_name="Anna").count() == 0


def test_a_family_that_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(contacts.ContactPoint.objects, "bulk_create", fail)
    with pytest.raises(RuntimeError):
        load(HEAD + ASHA)
    assert rows_of_everything() == [0] * 7


def test_a_changed_row_waits_for_a_person_and_is_asked_once() -> None:
    load(HEAD + ASHA)
    changed = HEAD + ASHA.replace("1 Elm Rd", "9 Oak Rd")
    assert importing.counts_of(load(changed)) == importing.Counts(changed=1)
    load(changed)
    assert Person.objects.get(given_name="Asha").address == "1 Elm Rd"
    assert ImportChange.objects.waiting().count() == 1
    load(HEAD + ASHA.replace("1 Elm Rd", "10 Oak Rd"))
    assert sorted(ImportChange.objects.values_list("state", flat=True)) == ["replaced", "waiting"]


def test_taking_a_change_brings_its_new_number_unproved_and_keeps_the_old_one() -> None:
    load(HEAD + ASHA)
    load(HEAD + ASHA.replace("1 Elm Rd", "9 Oak Rd").replace("07700900302", "07700900309"))
    kim = make_user(roles=(Role.CO_ORDINATOR,))
    importing.take_change(ImportChange.objects.waiting().get(), by=kim)
    uma = Person.objects.get(given_name="Uma")
    assert Person.objects.get(given_name="Asha").address == "9 Oak Rd"
    assert {point.where for point in uma.contact_points.all()} == {"+447700900302", "+447700900309"}
    assert uma.young_people.count() == 1
    assert importing.counts_of(
        load(HEAD + ASHA.replace("1 Elm Rd", "9 Oak Rd").replace("07700900302", "07700900309"))
    ) == (importing.Counts(same=1))


def test_keeping_ours_leaves_everything_and_does_not_ask_again() -> None:
    load(HEAD + ASHA)
    changed = HEAD + ASHA.replace("1 Elm Rd", "9 Oak Rd")
    load(changed)
    imports.keep_ours(ImportChange.objects.get(), by=make_user(roles=(Role.CO_ORDINATOR,)))
    assert importing.counts_of(load(changed)) == importing.Counts(same=1)
    assert Person.objects.get(given_name="Asha").address == "1 Elm Rd"


def test_who_is_gone_from_the_file_is_named_and_stays_on_the_list() -> None:
    load(HEAD + ASHA + BEN)
    run = load(HEAD + BEN)
    assert [referral.reference for referral in Referral.objects.gone_from(run)] == ["R1"]
    assert WaitingListEntry.objects.open().count() == 2


def test_a_file_says_started_and_the_wait_is_over() -> None:
    load(HEAD + ASHA.replace(",,1/2/26", ",started,1/2/26"))
    assert WaitingListEntry.objects.get().state == "started"


def test_the_sample_file_is_what_its_generator_writes() -> None:
    text = io.StringIO(newline="")
    sample.write(text)
    assert sample.FILE.read_bytes().decode("utf-8-sig") == text.getvalue()


def test_the_sample_loads_with_every_fault_told(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_waiting_list", str(sample.FILE))
    said = capsys.readouterr().out
    assert said.count("line ") == len(sample.FAULTS) == 25
    assert "475 new, 0 the same, 0 changed, 25 left out." in said
    assert WaitingListEntry.objects.on_hold().count() == 475
    assert AuditEvent.objects.filter(action="cms.importing.bring_in").count() == 475


def test_a_dry_run_tells_the_same_and_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_waiting_list", str(sample.FILE), "--dry-run")
    assert "475 new, 0 the same, 0 changed, 25 left out." in capsys.readouterr().out
    assert rows_of_everything() == [0] * 7
    assert not ImportRun.objects.exists()


def test_a_file_that_is_not_there_or_no_list_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_waiting_list", str(tmp_path / "none.csv"))
    (tmp_path / "letter.csv").write_text("Dear colleague,\n")
    with pytest.raises(CommandError, match="no column for the reference"):
        call_command("import_waiting_list", str(tmp_path / "letter.csv"))
    assert not ImportRun.objects.exists()


@pytest.mark.once
def test_reading_ten_times_the_rows_takes_the_same_memory(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        path.write_text(HEAD + "".join(ASHA.replace("R1", f"R{number}") for number in range(rows)))
        with path.open("rb") as source:
            tracemalloc.start()
            file = open_file(source, today=clock.today())
            count = sum(1 for _row in file.rows)
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert count == rows
        return found

    peak(20)
    assert peak(8000) < 1.1 * peak(1000)


def test_a_rival_who_loads_the_same_reference_at_the_same_time_costs_that_row_only() -> None:
    load(HEAD + ASHA)
    source = io.BytesIO((HEAD + ASHA).encode())
    (row,) = open_file(source, today=clock.today()).rows
    found, counts = importing.Sorted(), importing.Counts()
    importing._bring_in(row, found, run=ImportRun.objects.get(), by=importing.IMPORTER, counts=counts)  # type: ignore[arg-type]
    assert counts.added == 0
    assert "at the same time" in found.bad[0].why[0]
    assert Person.objects.filter(kind="young_person").count() == 1

"""Files of Open Referral UK: the standard's own examples, faults by line, drafts alone, and a person's words kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cms.actions import directory
from cms.models import DirectoryOrganisation, DirectoryService
from cms.open_referral.bringing import Outcome
from cms.open_referral.file import FileRefused, read
from peer import gate
from peer.roles import Role
from tests.architecture.code import ROOT
from tests.cms.directory import make_term
from tests.make import make_user

pytestmark = pytest.mark.django_db
PLACES = [Path(os.environ.get("SHARED_DATA", "")), ROOT.parent / "shared" / "data"]
ID, OWNER = "ac148810-d857-441c-9679-408f346de14b", "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610"


def example(name: str) -> Path:
    for place in PLACES:
        file = place / "open_referral_uk" / "examples" / f"{name}.json"
        if file.is_file():
            return file
    pytest.skip(f"{name}.json is not here: set SHARED_DATA to the folder of the collections")


def row(**changed: Any) -> dict[str, Any]:
    owner = {"id": OWNER, "name": "Example Org", "description": "Helps."}
    return {
        "id": ID,
        "name": "Counselling",
        "description": "Talk.",
        "status": "active",
        "organization": owner,
    } | changed


def bring(*rows: object) -> Outcome:
    found = read(json.dumps({"contents": rows}).encode())
    assert found.faults == []
    return directory.bring_in(gate.SERVICE, by=directory.IMPORTER, read=found)


def faults(*rows: object) -> list[str]:
    return [fault.why for fault in read(json.dumps({"contents": rows}).encode()).faults]


@pytest.mark.parametrize("name", ["service_full", "service_list", "organization_full"])
def test_the_standard_s_own_examples_come_in_as_drafts(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_open_referral", str(example(name)))
    assert "1 new, 0 changed, 0 the same." in capsys.readouterr().out
    service = DirectoryService.objects.get()
    assert (str(service.key), service.name, service.age_from, service.age_to) == (ID, "Community Counselling", 12, 100)
    assert service.organisation.name == "Example Organization Inc."
    assert not service.live
    assert not DirectoryService.objects.published().exists()
    call_command("import_open_referral", str(example(name)))
    assert "0 new, 0 changed, 1 the same." in capsys.readouterr().out
    assert DirectoryService.objects.count() == DirectoryOrganisation.objects.count() == 1


def test_hours_and_place_come_along() -> None:
    found = read(example("service_full").read_bytes())
    service = directory.bring_in(gate.SERVICE, by=directory.IMPORTER, read=found).new[0]
    draft = DirectoryService.objects.get(pk=service.pk).get_latest_revision_as_object()
    assert [(one.day, one.opens.hour) for one in draft.hours.all()] == [("TH", 10), ("FR", 10)]
    assert draft.address == "1-30 Main Street, MyCity"
    assert draft.access_note.startswith("The building is equipped")


def test_what_the_file_changes_waits_for_an_editor() -> None:
    service = bring(row()).new[0]
    service.get_latest_revision_as_object().save_revision(clean=False).publish()
    outcome = bring(row(name="Counselling for you"))
    assert len(outcome.changed) == 1
    service.refresh_from_db()
    assert (service.name, service.has_unpublished_changes) == ("Counselling", True)
    assert service.get_latest_revision_as_object().name == "Counselling for you"


def test_what_a_person_wrote_since_stays_and_is_named() -> None:
    service = bring(row()).new[0]
    draft = service.get_latest_revision_as_object()
    draft.plain_summary = "You can talk here, and nobody laughs."
    draft.save_revision(clean=False).publish()
    outcome = bring(row(description="Talk to us.", name="Counselling+"))
    assert [(kept.field, kept.ours, kept.theirs) for kept in outcome.kept] == [
        ("plain summary", "You can talk here, and nobody laughs.", "Talk to us.")
    ]
    draft = DirectoryService.objects.get().get_latest_revision_as_object()
    assert (draft.name, draft.plain_summary) == ("Counselling+", "You can talk here, and nobody laughs.")


def test_an_organisation_that_is_on_the_website_is_not_renamed_by_a_file() -> None:
    bring(row()).new[0].get_latest_revision_as_object().save_revision(clean=False).publish()
    outcome = bring(row(organization={"id": OWNER, "name": "Other", "description": "Helps."}))
    assert [kept.theirs for kept in outcome.kept] == ["Other"]
    assert DirectoryOrganisation.objects.get().name == "Example Org"


def test_words_are_found_among_ours_and_never_made() -> None:
    worry = make_term()
    told = [
        {"id": ID, "taxonomy_term": {"id": str(worry.key), "name": "Anxiety", "description": ""}},
        {"id": OWNER, "taxonomy_term": {"id": ID, "name": "Basket weaving", "description": ""}},
    ]
    outcome = bring(row(attributes=told))
    assert outcome.unknown_words == {"Basket weaving"}
    assert list(outcome.new[0].get_latest_revision_as_object().terms.all()) == [worry]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"id": "7"}, "The service has no id that is a UUID."),
        ({"name": ""}, "The service has no name."),
        ({"name": 7}, "name is not a text."),
        ({"status": "maybe"}, "status must be one of: active, temporarily closed, inactive, defunct."),
        ({"minimum_age": 20, "maximum_age": 10}, "minimum_age is higher than maximum_age."),
        ({"minimum_age": "ten"}, "minimum_age is not an age."),
        ({"minimum_age": 1e999}, "minimum_age is not an age."),
        ({"organization": None}, "It does not say which organisation runs it."),
        ({"organization": {"id": OWNER}}, "The organisation has no name."),
    ],
    ids=str,
)
def test_a_bad_service_is_left_out_with_its_reason(changed: dict[str, Any], why: str) -> None:
    found = read(json.dumps({"contents": [row(**changed), row()]}, indent=1).encode())
    assert [fault.why for fault in found.faults] == [why]
    assert len(found.services) == 1


def test_a_bad_part_is_left_out_or_cut_and_told() -> None:
    assert faults(row(url="javascript:alert(1)")) == ["url is not an address. It was left out."]
    assert faults(row(email="nobody")) == ["email is not an address. It was left out."]
    assert faults(row(assured_date="soon")) == ["assured_date is not a day. It was left out."]
    assert faults(row(alert="x" * 301)) == ["alert has 301 letters. It was cut to 300."]
    assert faults(row(schedules="none", contacts=[1], attributes={"a": 1})) == []


def test_a_fault_names_its_line() -> None:
    text = json.dumps({"contents": [row(id=OWNER.replace("d9", "aa")), row(status="?")]}, indent=1)
    found = read(text.encode())
    assert [text.splitlines()[fault.line - 1].strip() for fault in found.faults] == [f'"id": "{ID}",']


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b'{"contents": [\n{"id": }]}', "Line 2 is not JSON"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[]", "no service"),
        (b'"words"', "no service"),
        (b"[" * 100_000, "nested too deeply|not JSON"),
        (b" " * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (json.dumps([{}] * 2001).encode(), "more than 2000 services"),
    ],
    ids=["json", "bytes", "empty", "string", "deep", "large", "many"],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(source: bytes, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        read(source)


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("{")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import_open_referral", str(file))
    with pytest.raises(CommandError, match="Cannot open"):
        call_command("import_open_referral", str(tmp_path / "b.json"))


def test_an_editor_brings_a_file_in_on_a_page(client: Client) -> None:
    client.force_login(make_user(roles=(Role.EDITOR,)))
    page = reverse("directory-file")
    source = json.dumps([row(), row(status="?")]).encode()
    answer = client.post(page, {"file": SimpleUploadedFile("a.json", source), "form_nonce": "1"})
    assert "1 new service." in answer.content.decode()
    assert "status must be one of" in answer.content.decode()
    bad = client.post(page, {"file": SimpleUploadedFile("a.json", b"{"), "form_nonce": "2"})
    assert bad.status_code == 422
    assert "is not JSON" in bad.content.decode()

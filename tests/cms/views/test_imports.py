"""Loading a list by the page: looked at first, loaded once, faults told by line, changes decided by a person (U10)."""

from __future__ import annotations

import csv
import io
import itertools
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.views import imports
from cms.views.imports import harmless
from cms.waiting_list import forms
from peer.models import ImportChange, ImportRun, Person, User, WaitingListEntry
from peer.roles import Role
from tests.cms.test_importing import ASHA, BEN, HEAD
from tests.make import make_user

pytestmark = pytest.mark.django_db
_nonces = (f"nonce-{number}" for number in itertools.count())


@pytest.fixture
def kim(client: Client) -> User:
    user = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    client.force_login(user)
    return user


def send(client: Client, data: str | bytes, **words: str) -> Any:
    raw = data if isinstance(data, bytes) else data.encode()
    sent = {"file": SimpleUploadedFile("list.csv", raw), "form_nonce": next(_nonces), **words}
    return client.post("/staff/lists/", sent, follow=True)


def test_looking_changes_nothing_and_tells_what_would_come(client: Client, kim: User) -> None:
    page = send(client, HEAD + ASHA + BEN.replace("R2", ""), look_only="on").content.decode()
    assert "It would bring 1 new family." in page
    assert "there is no reference" in page
    assert not Person.objects.filter(kind="young_person").exists()
    assert not ImportRun.objects.exists()


def test_a_file_is_loaded_on_hold_with_its_report(client: Client, kim: User) -> None:
    page = send(client, HEAD + ASHA + BEN.replace("R2", "")).content.decode()
    assert "there is no reference" in page
    assert WaitingListEntry.objects.on_hold().count() == 1
    assert ImportRun.objects.get().by == kim


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04workbook", "This is an Excel workbook, not a CSV file."),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9, "This is not a text file."),
        (b"Dear colleague,\nhello\n", "no column for the reference"),
        (HEAD.encode(), "no rows"),
    ],
)
def test_a_file_that_is_no_list_gets_a_plain_sentence_and_changes_nothing(
    client: Client, kim: User, data: bytes, sentence: str
) -> None:
    page = send(client, data)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not ImportRun.objects.exists()


def test_no_file_and_a_file_too_big_get_a_plain_sentence(
    client: Client, kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Choose the file first." in client.post("/staff/lists/", {}).content.decode()
    monkeypatch.setattr(forms, "MOST_BYTES", 100)
    assert "Ask your operator to load it" in send(client, HEAD + ASHA).content.decode()


def test_rows_left_out_come_back_as_a_file_that_no_spreadsheet_runs(client: Client, kim: User) -> None:
    send(client, HEAD + ASHA.replace("Asha", "=HYPERLINK(1)"))
    answer = client.get(f"/staff/lists/{ImportRun.objects.get().public_id}/left-out.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Line", "Why it was left out", "Reference"]
    assert rows[1][3] == "'=HYPERLINK(1)"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert harmless(cell)[0] == "'"


def test_a_changed_row_is_shown_beside_ours_and_taken_or_kept(client: Client, kim: User) -> None:
    send(client, HEAD + ASHA + BEN)
    send(client, HEAD + ASHA.replace("1 Elm Rd", "9 Oak Rd") + BEN.replace("1 Elm Rd", "7 Fir Rd"))
    asha, ben = ImportChange.objects.order_by("referral__reference")
    page = client.get(f"/staff/lists/changes/{asha.public_id}/").content.decode()
    assert "1 Elm Rd" in page
    assert "9 Oak Rd" in page
    client.post(f"/staff/lists/changes/{asha.public_id}/take/")
    client.post(f"/staff/lists/changes/{ben.public_id}/keep/")
    assert Person.objects.get(given_name="Asha").address == "9 Oak Rd"
    assert Person.objects.get(given_name="Ben").address == "1 Elm Rd"
    assert client.post(f"/staff/lists/changes/{asha.public_id}/keep/").status_code == 409


def test_the_same_upload_sent_twice_loads_once(client: Client, kim: User) -> None:
    send(client, HEAD + ASHA + BEN, form_nonce="once")
    page = send(client, HEAD + ASHA + BEN, form_nonce="once")
    assert page.status_code == 200
    assert ImportRun.objects.count() == 1


def test_who_is_gone_is_named_on_the_report(client: Client, kim: User) -> None:
    send(client, HEAD + ASHA + BEN)
    page = send(client, HEAD + BEN).content.decode()
    assert "1 person on our list is not in this file" in page
    assert "Asha Rao" in page


def test_everybody_who_is_gone_can_be_reached_page_by_page(
    client: Client, kim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SHOWN", 2)
    rows = [ASHA.replace("R1", f"A{number}").replace("09003", f"0900{number + 4}") for number in range(5)]
    send(client, HEAD + "".join(rows) + BEN)
    send(client, HEAD + BEN)
    address, seen, pages = ImportRun.objects.latest("pk").get_absolute_url(), list[str](), 0
    while address and pages < 9:
        page = client.get(address).content.decode()
        assert "5 people on our list are not in this file" in page
        seen += re.findall(r"</a> \((A\d)\)", page)
        further = re.search(r'rel="next" href="([^"#]+)', page)
        address, pages = (address.partition("?")[0] + further[1] if further else ""), pages + 1
    assert (sorted(seen), pages) == (["A0", "A1", "A2", "A3", "A4"], 3)


@pytest.mark.parametrize(
    "cursor", ["x", "_", "2026-02-30_1", "2026-01-01_", "1_1_1", "2026-01-01_99999999999999999999"]
)
def test_a_page_mark_that_is_none_shows_the_first_page(client: Client, kim: User, cursor: str) -> None:
    send(client, HEAD + ASHA + BEN)
    send(client, HEAD + BEN)
    page = client.get(ImportRun.objects.latest("pk").get_absolute_url(), {"after": cursor})
    assert page.status_code == 200

"""Open Referral UK: every answer against the published schemas, the parameters of the profile, and good manners."""

from __future__ import annotations

import datetime as dt
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from cms.example.directory import load_directory
from cms.models import DirectoryOrganisation, DirectoryService, DirectoryTerm, OpeningHours
from tests.architecture.code import ROOT
from tests.cms.directory import make_service, make_term

pytestmark = pytest.mark.django_db
PLACES = [Path(os.environ.get("SHARED_DATA", "")), ROOT.parent / "shared" / "data"]
API = "/api/open-referral/"


@cache
def schema(name: str) -> Draft202012Validator:
    for place in PLACES:
        file = place / "open_referral_uk" / "schema" / f"{name}.json"
        if file.is_file():
            return Draft202012Validator(json.loads(file.read_text()), format_checker=FormatChecker())
    pytest.skip(f"{name}.json is not here: set SHARED_DATA to the folder of the collections")


def get(client: Client, path: str, **asked: Any) -> Any:
    answer = client.get(API + path, asked)
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def faults(name: str, row: object) -> list[str]:
    return [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in schema(name).iter_errors(row)]


def test_every_answer_is_what_the_standard_says(client: Client) -> None:
    load_directory()
    services = get(client, "services", per_page=100)
    assert services["total_items"] == len(services["contents"]) > 10
    for row in services["contents"]:
        assert faults("service_list", row) == []
        assert faults("service", get(client, f"services/{row['id']}")) == []
    for row in get(client, "organizations")["contents"]:
        assert faults("organization_list", row) == []
        assert faults("organization", get(client, f"organizations/{row['id']}")) == []
        assert faults("organization", get(client, f"organizations/{row['id']}", full_service="true")) == []
    full = get(client, "services", full="true")["contents"]
    assert [fault for row in full for fault in faults("service", row)] == []


def test_the_check_sees_a_fault() -> None:
    assert faults("service", {"id": "7", "name": "x", "status": "maybe"})
    assert faults("service_list", {"id": "0b0e3f0c-7a53-4a3b-9d0e-7a2b6c1d4e5f", "name": "x"})


def test_the_envelope_counts(client: Client) -> None:
    for number in range(5):
        make_service(name=f"Service {number}")
    middle = get(client, "services", per_page=2, page=2)
    contents = middle.pop("contents")
    assert [row["name"] for row in contents] == ["Service 2", "Service 3"]
    assert middle == {
        "total_items": 5,
        "total_pages": 3,
        "page_number": 2,
        "size": 2,
        "first_page": False,
        "last_page": False,
        "empty": False,
    }
    beyond = get(client, "services", per_page=2, page=9)
    assert (beyond["empty"], beyond["last_page"], beyond["contents"]) == (True, True, [])


def test_each_parameter_of_the_profile_narrows(client: Client) -> None:
    worry = make_term()
    kitchen = make_service(name="Kitchen", terms=(worry,), age_from=13, age_to=18)
    OpeningHours.objects.create(service=kitchen, day="TH", opens=dt.time(17), closes=dt.time(19))
    old = make_service(name="Owls", age_from=5, age_to=25)
    DirectoryService.objects.filter(pk=old.pk).update(changed_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    taxonomy = get(client, "taxonomies")["contents"][1]["id"]
    owner = str(DirectoryOrganisation.objects.get().key)

    def names(**asked: Any) -> list[str]:
        return [row["name"] for row in get(client, "services", **asked)["contents"]]

    assert names(search="kitchen") == ["Kitchen"]
    assert names(taxonomy_term_id=worry.key) == names(taxonomy_id=taxonomy) == ["Kitchen"]
    assert names(minimum_age=10) == names(maximum_age=20) == ["Kitchen"]
    assert names(day="TH") == names(start_time="16:00") == names(end_time="19:00") == ["Kitchen"]
    assert names(day="TH", start_time="18:00") == names(day="MO") == []
    assert names(modified_after="2021-01-01T00:00:00Z") == ["Kitchen"]
    assert names(organization_id=owner) == ["Kitchen", "Owls"]
    assert get(client, "services", minimal="true")["contents"][0].keys() == {"id", "name", "status", "last_modified"}


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "0"},
        {"page": "²"},
        {"per_page": "101"},
        {"per_page": "-1"},
        {"taxonomy_id": "worry"},
        {"minimum_age": "teen"},
        {"start_time": "25:61"},
        {"day": "someday"},
        {"modified_after": "2026-13-45"},
        {"full": "perhaps"},
    ],
    ids=str,
)
def test_a_question_that_cannot_be_understood_gets_a_sentence(client: Client, asked: dict[str, str]) -> None:
    answer = client.get(API + "services", asked)
    assert answer.status_code == 400
    assert json.loads(answer.content)["error"].startswith(next(iter(asked)))


def test_what_is_not_on_the_website_is_not_here_either(client: Client) -> None:
    hidden = [make_service(name="Draft", live=False), make_service(name="Gone", status="defunct")]
    assert get(client, "services")["empty"]
    assert get(client, "organizations")["empty"]
    for service in hidden:
        assert client.get(f"{API}services/{service.key}").status_code == 404
    assert client.get(f"{API}organizations/{hidden[0].organisation.key}").status_code == 404
    assert client.get(f"{API}services/nonsense").status_code == 404


def test_any_site_may_read_it_and_keep_it_and_no_cookie_is_set(client: Client) -> None:
    service = make_service()
    for path in ("", "services", f"services/{service.key}", "organizations", "taxonomies", "taxonomy_terms"):
        first = client.get(API + path)
        assert first.status_code == 200, path
        assert first["Access-Control-Allow-Origin"] == "*"
        assert not first.cookies
        again = client.get(API + path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{API}services/{service.key}")["Last-Modified"]
    assert client.post(API + "services").status_code == 405


def test_words_have_their_own_addresses(client: Client) -> None:
    make_term()
    kind = get(client, "taxonomies")["contents"][1]
    term = get(client, "taxonomy_terms", taxonomy_id=kind["id"])["contents"][0]
    assert get(client, f"taxonomies/{kind['id']}") == kind
    assert get(client, f"taxonomy_terms/{term['id']}") == term
    assert term["id"] == str(DirectoryTerm.objects.get().key)


@pytest.mark.parametrize("services", [2, 30])
def test_a_page_of_full_services_costs_the_same_however_long(
    client: Client, services: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(services):
        make_service(name=f"Service {number}", terms=(make_term(),))
    with django_assert_max_num_queries(6):
        get(client, "services", full="true")

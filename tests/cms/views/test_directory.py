"""The directory without an account: looking, reading, and telling about a mistake that somebody answers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cms.models import DirectoryCorrection
from peer import clock
from peer.knocks import KNOCKS_AN_HOUR
from peer.models import User
from peer.roles import Role
from tests.cms.directory import make_service, make_term
from tests.make import make_user

pytestmark = pytest.mark.django_db
INDEX = "/directory/"


def mistake(client: Client, service: object, words: str, nonce: str = "n1") -> object:
    return client.post(reverse("directory-mistake", args=[service.key]), {"words": words, "form_nonce": nonce})


@pytest.mark.parametrize("services", [3, 40])
def test_the_list_costs_the_same_however_long_it_is(
    client: Client, services: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    terms = (make_term(), make_term(kind="area", name="Northfield"))
    for number in range(services):
        make_service(name=f"Service {number:02}", terms=terms)
    with django_assert_max_num_queries(6):
        page = client.get(INDEX, {"need": "worry", "words": "service"})
    assert page.status_code == 200
    assert b"Service 00" in page.content
    assert not page.cookies


def test_the_second_page_goes_on_where_the_first_ended(client: Client) -> None:
    for number in range(14):
        make_service(name=f"Service {number:02}")
    first, second = (client.get(INDEX, {"page": page}).content.decode() for page in ("1", "2"))
    assert "Service 11" in first
    assert "Service 12" not in first
    assert "Service 12" in second
    assert client.get(INDEX, {"page": "999999999"}).status_code == 200


def test_where_nothing_is_found_it_says_what_else_helps(client: Client) -> None:
    make_service(name="Thursday Kitchen", terms=(make_term(),))
    page = client.get(INDEX, {"words": "kichen", "need": "worry"}).content.decode()
    assert 'href="?words=kitchen"' in page
    assert 'href="?words=kichen"' in page  # the need left out
    assert "Call 116 123" in page.partition("If it can’t wait")[2]


def test_what_cannot_be_understood_is_told_and_kept(client: Client) -> None:
    make_service()
    page = client.get(INDEX, {"age": "old", "words": "kitchen", "need": "nonsense"})
    assert page.status_code == 422
    assert "Write the age as a number" in page.content.decode()
    assert '<input type="text" name="age" value="old"' in page.content.decode()
    assert "Thursday Kitchen" in page.content.decode()


def test_words_that_worry_meet_crisis_help_and_rest_nowhere(client: Client) -> None:
    page = client.get(INDEX, {"words": "i want to kill myself"}).content.decode()
    assert "nobody is on the way" in page
    assert not DirectoryCorrection.objects.exists()


def test_a_service_shows_how_to_get_in_and_when_it_was_checked(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    service = make_service(
        phone="020 7946 0111",
        terms=(make_term(kind="access", name="Step-free"),),
        way_in="Just turn up.",
        website="https://kitchen.example.org/",
    )
    with django_assert_max_num_queries(5):
        page = client.get(service.get_absolute_url()).content.decode()
    for words in (
        'href="tel:02079460111"',
        "Step-free",
        "Just turn up.",
        "Last checked",
        "https://kitchen.example.org/",
    ):
        assert words in page
    assert "Ring first" not in page


def test_an_overdue_one_says_so_and_offers_others(client: Client) -> None:
    need = make_term()
    old = make_service(name="Old", terms=(need,), again=-1)
    make_service(name="New one", terms=(need,))
    page = client.get(old.get_absolute_url()).content.decode()
    assert "Ring first" in page
    assert "New one" in page


@pytest.mark.parametrize("fields", [{"live": False}, {"status": "defunct"}, {"status": "inactive"}])
def test_what_is_not_on_the_website_was_never_there(client: Client, fields: dict[str, object]) -> None:
    service = make_service(**fields)
    assert client.get(service.get_absolute_url()).status_code == 404
    assert mistake(client, service, "It is gone").status_code == 404
    assert "Thursday Kitchen" not in client.get(INDEX).content.decode()


# ── A mistake ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def editor() -> User:
    return make_user(roles=(Role.EDITOR,))


def test_a_mistake_is_owed_an_answer_that_stands_on_the_page_of_whoever_told_us(client: Client, editor: User) -> None:
    answer = mistake(client, make_service(), "The number is wrong.")
    told = DirectoryCorrection.objects.get()
    assert answer["Location"] == told.get_absolute_url()
    assert told.owner_role == Role.EDITOR
    assert told.due_at
    assert b"Somebody reads it by" in client.get(told.get_absolute_url()).content
    client.force_login(editor)
    assert b"The number is wrong." in client.get(reverse("directory-desk")).content
    desk = reverse("directory-correction", args=[told.public_id])
    assert client.post(desk, {"state": "mended", "words": ""}).status_code == 422
    client.post(desk, {"state": "mended", "words": "We put the new number in.", "form_nonce": "a"})
    client.logout()
    page = client.get(told.get_absolute_url()).content
    assert b"We put the new number in." in page
    assert b"The number is wrong." not in page


def test_the_same_form_counts_once_and_an_empty_one_keeps_the_page(client: Client) -> None:
    service = make_service()
    assert mistake(client, service, "Wrong.")["Location"] == mistake(client, service, "Wrong.")["Location"]
    assert mistake(client, service, "  ", "n2").status_code == 422
    assert mistake(client, service, "x" * 1001, "n3").status_code == 422
    assert DirectoryCorrection.objects.count() == 1


def test_a_flood_from_one_place_is_slowed(client: Client) -> None:
    service = make_service()
    for number in range(KNOCKS_AN_HOUR):
        mistake(client, service, "Wrong.", f"n{number}")
    last = mistake(client, service, "One more.", "last")
    assert last.status_code == 422
    assert "a bit later" in last.content.decode()
    assert "One more." in last.content.decode()


def test_words_that_worry_go_to_a_clinician_alone_within_minutes(client: Client, editor: User) -> None:
    page = client.get(mistake(client, make_service(), "Nobody answers and I want to kill myself")["Location"])
    assert "nobody is on the way" in page.content.decode()
    told = DirectoryCorrection.objects.get()
    assert told.owner_role == Role.CLINICIAN
    assert told.due_at
    assert told.due_at < clock.now() + dt.timedelta(hours=1)
    desk = reverse("directory-correction", args=[told.public_id])
    client.force_login(editor)
    assert client.get(desk).status_code == 404
    assert b"kill" not in client.get(reverse("directory-desk")).content
    client.force_login(make_user(roles=(Role.CLINICIAN,)))
    assert client.get(desk).status_code == 200


def test_editors_find_what_must_be_checked_again(client: Client, editor: User) -> None:
    make_service(name="Old one", again=-1)
    make_service(name="New one")
    client.force_login(editor)
    page = client.get(reverse("directory-desk")).content.decode()
    assert "Old one" in page
    assert "New one" not in page

"""Signing in by code: one's own number alone, the same page for everybody, and no number kept anywhere else (U9)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache

from notifications.actions import codes
from notifications.models import ContactPoint, Delivery
from peer import clock
from tests.make import make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db

ASHA = "+447700900123"
LOGIN, CONFIRM = "/account/login/", "/account/login/code/confirm/"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def asha():
    person = make_person()
    make_contact(person=person, number=ASHA, state="unproved", your_word=None)
    return make_user(name="Asha", person=person)


def code() -> str:
    return re.search(r"\d{6}", Delivery.objects.get().body)[0]


@pytest.mark.parametrize("typed", ["07700 900123", "+447700900123", " 07700900123 "])
def test_a_code_to_one_s_own_phone_signs_in_and_proves_the_number(client, asha, typed: str) -> None:
    assert client.post(LOGIN, {"login": typed}).headers["Location"] == CONFIRM
    row = Delivery.objects.get()
    assert (row.duty, row.contact.where) == ("code", ASHA)
    assert row.expires_at - row.not_before_at <= dt.timedelta(minutes=10)
    page = client.post(CONFIRM, {"code": code()}, follow=True).content.decode()
    assert "You’re signed in." in page
    assert "Successfully" not in page
    assert client.session["_auth_user_id"] == str(asha.pk)
    assert ContactPoint.objects.get().state == "proved"


def test_a_wrong_code_signs_nobody_in_and_keeps_the_page(client, asha) -> None:
    client.post(LOGIN, {"login": ASHA})
    wrong = "000000" if code() != "000000" else "111111"
    page = client.post(CONFIRM, {"code": wrong})
    assert page.status_code == 200
    assert "press “Send a new code”" in page.content.decode()
    assert "_auth_user_id" not in client.session


def strangers():
    yield "unknown", lambda: None
    yield "shared", lambda: ContactPoint.objects.update(is_shared=True)
    yield "two people's", lambda: make_contact(number=ASHA)
    yield "in doubt", lambda: ContactPoint.objects.update(state="suspect", proved_at=clock.now())
    yield "suspended", lambda: ContactPoint.objects.update(state="suspended")
    yield (
        "of somebody who died",
        lambda: type(ContactPoint.objects.get().person).objects.update(deceased_at=clock.now()),
    )


@pytest.mark.parametrize(("what", "make"), list(strangers()), ids=[what for what, _ in strangers()])
def test_a_number_that_is_nobody_s_alone_gets_no_text_and_the_same_page(client, asha, what: str, make) -> None:
    make()
    typed = "07700 900555" if what == "unknown" else ASHA
    answer = client.post(LOGIN, {"login": typed})
    assert answer.headers["Location"] == CONFIRM
    assert not Delivery.objects.exists()
    assert client.get(CONFIRM).status_code == 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "required"),
        ("hello", "phone number"),
        ("999", "emergency"),
        ("01632 960123", "Ring me with the code"),
        ("07700 90012", "check each digit"),
    ],
)
def test_a_number_that_cannot_be_is_answered_in_plain_words_and_kept_in_the_box(client, typed: str, words: str) -> None:
    page = client.post(LOGIN, {"login": typed}).content.decode()
    assert words in page
    assert f'value="{typed}"' in page or not typed


def test_the_number_is_kept_nowhere_but_with_the_person(client, asha) -> None:
    client.post(LOGIN, {"login": ASHA})
    client.get(CONFIRM)
    kept = [str(Session.objects.get().get_decoded())]
    assert all("7700900123" not in one.replace(" ", "") for one in kept)


def test_the_day_s_codes_are_counted(asha) -> None:
    contact = ContactPoint.objects.get()
    sent = [codes.send(contact, by=codes.SIGN_IN, code="123456") for _ in range(12)]
    assert [one is not None for one in sent] == [True] * 10 + [False] * 2


def test_nobody_signs_up(client) -> None:
    page = client.get("/account/signup/").content.decode()
    assert "invitation" in page
    assert "form_nonce" not in page

"""Signing in without a code by text: by call, by card, together, by a way back; nothing tells whether there is one (U9)."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from notifications.models import ContactPoint, Delivery
from peer import clock
from peer.actions import cards
from peer.models import AccountRecovery, ParentRelationship, Person, SignInCard, User
from peer.roles import Role
from tests.make import make_person, make_phone, make_user, make_wait
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db
LOGIN, CONFIRM = "/account/login/", "/account/login/code/confirm/"
CARD, TOGETHER, WAY_BACK, COME_BACK = (
    reverse(f"sign-in-{name}") for name in ("card", "together", "way-back", "come-back")
)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", person=make_person(kind=Person.Kind.STAFF), roles=(Role.CO_ORDINATOR,))


@pytest.fixture
def staff(kim: User) -> Client:
    client = Client()
    client.force_login(kim)
    return client


def young(years: int) -> Person:
    born_on = clock.today().replace(day=1) - dt.timedelta(days=366 * years + 40)
    person = make_person(given_name="Ada", family_name="Lark", born_on=born_on)
    make_wait(person=person)
    return person


def words_of(page: str) -> str:
    """Leave out what differs on every page: tokens, nonces and the number to come back with."""
    page = re.sub(r'(name="(?:csrfmiddlewaretoken|form_nonce)" value=)"[^"]*"', r"\1", page)
    return re.sub(r'class="code-big">[^<]*', "", page)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ── A code by call ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", ["+447700900123", "+441632960123"])
def test_a_code_comes_by_call_to_a_mobile_and_to_a_phone_on_the_wall(client: Client, number: str) -> None:
    user = make_user(person=make_person())
    make_contact(person=user.person, number=number, your_word=None)
    assert client.post(LOGIN, {"login": number, "call": "yes"}).headers["Location"] == CONFIRM
    call = Delivery.objects.get()
    assert (call.channel, call.duty, call.contact.where) == ("call", "code", number)
    assert "Press 1" in client.get(CONFIRM).content.decode()
    code = re.search(r"(?:\d, ){5}\d", call.body)[0].replace(", ", "")
    client.post(CONFIRM, {"code": code})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_new_code_comes_the_same_way(client: Client) -> None:
    make_contact(person=make_user(person=make_person()).person, number="+447700900123", your_word=None)
    client.post(LOGIN, {"login": "+447700900123", "call": "yes"})
    client.post(CONFIRM, {"action": "resend"})
    assert list(Delivery.objects.values_list("channel", flat=True)) == ["call", "call"]


def test_a_phone_on_the_wall_gets_no_text(client: Client) -> None:
    page = client.post(LOGIN, {"login": "01632 960123"}).content.decode()
    assert "Press “Ring me with the code instead”" in page
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("way", [{}, {"call": "yes"}])
def test_unknown_and_shared_numbers_get_the_same_page_and_nothing_is_sent(client: Client, known, way) -> None:
    if known:
        make_contact(person=make_user(person=make_person()).person, number="+447700900123", is_shared=True)
    client.post(LOGIN, {"login": "07700 900123", **way})
    shown = words_of(client.get(CONFIRM).content.decode())
    other = Client()
    other.post(LOGIN, {"login": "07700 900777", **way})
    assert words_of(other.get(CONFIRM).content.decode()) == shown
    assert not Delivery.objects.exists()


def test_a_known_number_shows_that_page_too(client: Client) -> None:
    make_contact(person=make_user(person=make_person()).person, number="+447700900123", your_word=None)
    client.post(LOGIN, {"login": "07700 900123", "call": "yes"})
    other = Client()
    other.post(LOGIN, {"login": "07700 900777", "call": "yes"})
    assert words_of(client.get(CONFIRM).content.decode()) == words_of(other.get(CONFIRM).content.decode())


# ── A card ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def card_of(page: str) -> str:
    return re.search(r'class="code-big">([^<]+)', page)[1]


def test_from_the_printed_card_to_the_first_sign_in_alone(staff: Client) -> None:
    ada = young(12)
    number = card_of(staff.post(reverse("accounts-card", args=[ada.public_id])).content.decode())
    read_out = card_of(staff.post(reverse("accounts-together", args=[ada.public_id])).content.decode())
    hers = Client()
    assert hers.post(TOGETHER, {"number": read_out}).headers["Location"] == reverse("account-words")
    assert hers.post(reverse("account-words"), {"one": "ox", "two": "ox", "three": "ox"}).status_code == 422
    hers.post(reverse("account-words"), {"one": "kettle", "two": "otter", "three": "stairs"})
    alone = Client()
    answer = alone.post(CARD, {"number": number, "words": "kettle otter stairs"})
    assert answer.headers["Location"] == "/home/"
    assert alone.get("/home/").status_code == 200
    alone.post(reverse("account-card-lost"))
    assert Client().post(CARD, {"number": number, "words": "kettle otter stairs"}).status_code == 422


def test_the_number_is_shown_once(staff: Client) -> None:
    ada = young(12)
    form = {"form_nonce": "one-and-the-same"}
    number = card_of(staff.post(reverse("accounts-card", args=[ada.public_id]), form).content.decode())
    again = staff.post(reverse("accounts-card", args=[ada.public_id]), form, follow=True)
    assert number not in again.content.decode()
    assert SignInCard.objects.count() == 1


def wrong_tries():
    yield "no such card", lambda number: {"number": "0000 0000 0000", "words": "kettle otter stairs"}
    yield "wrong words", lambda number: {"number": number, "words": "kettle otter door"}


def test_every_wrong_try_gets_the_same_page(staff: Client) -> None:
    ada = young(12)
    number = card_of(staff.post(reverse("accounts-card", args=[ada.public_id])).content.decode())
    typed = [make(number) for _what, make in wrong_tries()]
    before = [Client().post(CARD, one) for one in typed]  # no words chosen yet
    cards.choose_words(ada.user, by=ada.user, words=["kettle", "otter", "stairs"])
    after = [Client().post(CARD, one) for one in typed]
    pages = {words_of(answer.content.decode()).replace(number, "") for answer in [*before, *after]}
    assert len({page.replace("0000 0000 0000", "") for page in pages}) == 1
    assert {answer.status_code for answer in [*before, *after]} == {422}


def test_many_tries_from_one_place_are_slowed_down(client: Client) -> None:
    answers = [client.post(CARD, {"number": "1", "words": "a b c"}).status_code for _try in range(12)]
    assert answers == [422] * 10 + [429] * 2
    assert "999" in client.post(CARD, {}).content.decode()


@pytest.mark.parametrize("path", [CARD, TOGETHER, WAY_BACK, COME_BACK])
def test_nothing_typed_is_said_in_plain_words(client: Client, path: str) -> None:
    page = client.post(path, {})
    assert page.status_code == 422
    assert "Type " in page.content.decode()
    assert "school" in client.get(path).content.decode()


# ── U9: a parent holding the phone ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("age", [*range(4, 20), None])
@pytest.mark.parametrize("whose", ["shared", "the parent's", "in both their names"])
def test_a_parent_holding_the_phone_fails_sign_in_and_recovery(client: Client, whose: str, age: int | None) -> None:
    ada = young(age or 12)
    Person.objects.filter(pk=ada.pk, born_on__isnull=age is None).update(born_on=None)
    pat = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat")
    ParentRelationship.objects.create(young_person=ada, adult=pat)
    user = make_user(person=ada)
    cards.choose_words(user, by=user, words=["kettle", "otter", "stairs"])
    number = "+447700900123"
    if whose != "the parent's":
        make_contact(person=ada, number=number, is_shared=whose == "shared", your_word=None)
    if whose != "shared":
        make_contact(person=pat, number=number, your_word="Bluebell")
    for way in ({}, {"call": "yes"}):
        client.post(LOGIN, {"login": number, **way})
    assert not Delivery.objects.exists()
    born = ada.born_on.isoformat() if ada.born_on else "2014-01-01"
    for secret in ("Bluebell", born, "Ada Lark", "kettle otter", "123456"):
        cache.clear()
        client.post(WAY_BACK, {"who": number, "secret": secret})
    assert not AccountRecovery.objects.exists()
    assert not signed_in(client)


# ── A way back ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def asha() -> User:
    user = make_user(name="Asha", person=make_person(given_name="Asha", family_name="Rahman"))
    make_phone(person=user.person, number="07700 900101")
    cards.choose_words(user, by=user, words=["kettle", "otter", "stairs"])
    return user


def test_a_way_back_from_asking_to_coming_in(client: Client, asha: User) -> None:
    old = Client()
    old.force_login(asha)
    page = client.post(WAY_BACK, {"who": "07700 900101", "secret": "kettle otter stairs"}).content.decode()
    number = card_of(page)
    assert "Somebody asked for a new way into your account" in old.get("/home/").content.decode()
    assert client.post(COME_BACK, {"number": number}).status_code == 422
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        assert client.post(COME_BACK, {"number": number}).headers["Location"] == reverse("account-sessions")
        assert client.get("/home/").status_code == 200
    assert old.get("/home/").headers["Location"].startswith(LOGIN)


def test_whoever_is_signed_in_stops_it_from_any_page(client: Client, asha: User) -> None:
    number = card_of(client.post(WAY_BACK, {"who": "07700900101", "secret": "kettle otter stairs"}).content.decode())
    mine = Client()
    mine.force_login(asha)
    assert reverse("account-stop") in mine.get("/groups/").content.decode()
    mine.post(reverse("account-stop"))
    assert "Somebody asked" not in mine.get("/groups/").content.decode()
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        assert client.post(COME_BACK, {"number": number}).status_code == 422
    assert not signed_in(client)


@pytest.mark.parametrize(
    "typed",
    [
        {"who": "07700 900101", "secret": "kettle otter stairs"},
        {"who": "07700 900101", "secret": "wrong words here"},
        {"who": "07700 900999", "secret": "kettle otter stairs"},
        {"who": "1234 5678 9012", "secret": "some-code-kept-here"},
        {"who": "nobody", "secret": "x"},
    ],
)
def test_asking_tells_nobody_whether_there_is_an_account(client: Client, asha: User, typed: dict[str, str]) -> None:
    page = client.post(WAY_BACK, typed)
    assert page.status_code == 200
    unknown = Client().post(WAY_BACK, {"who": "07700 900998", "secret": "a b c"}).content.decode()
    assert words_of(page.content.decode()) == words_of(unknown)


def test_a_number_that_was_lost_still_names_its_owner(client: Client, asha: User) -> None:
    ContactPoint.objects.update(state="suspended")
    client.post(WAY_BACK, {"who": "07700 900101", "secret": "kettle otter stairs"})
    assert AccountRecovery.objects.exists()
    assert not Delivery.objects.exists()


# ── The desk ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_co_ordinator_vouches_and_calls_off(staff: Client, asha: User) -> None:
    detail = reverse("accounts-detail", args=[asha.person.public_id])
    vouch = reverse("accounts-vouch", args=[asha.person.public_id])
    assert staff.post(vouch, {"reason": ""}).status_code == 422
    staff.post(vouch, {"reason": "I have known her for a year and saw her today."})
    assert "It was not them: stop it" in staff.get(detail).content.decode()
    staff.post(reverse("accounts-call-off", args=[asha.person.public_id]))
    assert AccountRecovery.objects.get().state == "stopped"


@pytest.mark.parametrize("role", [None, Role.EDITOR, Role.YOUNG_PERSON, Role.PARENT_CARER])
def test_the_desk_is_a_404_to_everybody_else(client: Client, asha: User, role: Role | None) -> None:
    client.force_login(make_user(person=make_person(), roles=(role,) if role else ()))
    assert client.get(reverse("accounts-index")).status_code == 404
    for public_id in (asha.person.public_id, "never-was"):
        assert client.get(reverse("accounts-detail", args=[public_id])).status_code == 404
        for name in ("card", "card-end", "together", "vouch", "call-off", "end-sessions", "email"):
            assert client.post(reverse(f"accounts-{name}", args=[public_id])).status_code == 404

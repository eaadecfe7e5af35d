"""The pages of the hard acts: a death with its confirm page, and restrictions; for anybody else they never were."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from peer import clock
from peer.actions import deaths
from peer.models import Death, Person, Restriction, User
from peer.roles import Role
from tests.make import make_person, make_user
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> Person:
    return make_entry(state="released").person


@pytest.fixture
def lee(client: Client) -> User:
    user = make_user(name="Lee", roles=(Role.CLINICIAN,))
    client.force_login(user)
    return user


def address(person: Person, page: str = "died/") -> str:
    return f"/staff/people/{person.public_id}/{page}"


@pytest.mark.parametrize("page", ["died/", "died/mistake/", "restriction/"])
@pytest.mark.parametrize("role", [None, Role.EDITOR, Role.YOUNG_PERSON], ids=str)
def test_for_anybody_else_the_page_never_was(client: Client, asha: Person, page: str, role: Role | None) -> None:
    deaths.record_death(asha, by=make_user(roles=(Role.CLINICIAN,)), died_on=clock.today(), known_how="x")
    client.force_login(make_user(roles=(role,) if role else ()))
    assert client.get(address(asha, page)).status_code == 404
    assert client.get("/staff/people/died/").status_code == 404


def test_a_death_is_asked_for_checked_and_shown(client: Client, asha: Person, lee: User) -> None:
    assert "Asha has died" in client.get(f"/staff/waiting/{asha.public_id}/").content.decode()
    said = {"died_on": clock.today().isoformat(), "known_how": "Her mother rang."}
    sure = client.post(address(asha), said)
    assert sure.status_code == 200
    assert "You cannot take this back yourself" in sure.content.decode()
    assert not Death.objects.exists()
    page = client.post(address(asha), said | {"sure": "yes"}, follow=True).content.decode()
    assert "somebody else must take it back" in page
    assert Death.objects.get().recorded_by == lee
    page = client.get(f"/staff/waiting/{asha.public_id}/").content.decode()
    assert "This person has died. Nothing is sent to anybody." in page
    assert "Write down a decision" not in page


@pytest.mark.parametrize(
    ("days", "how", "says"),
    [
        (1, "She rang.", "That day has not come yet."),
        (-9000, "She rang.", "before they were born"),
        (0, " ", "Say how you know."),
    ],
)
def test_a_wrong_day_or_no_source_changes_nothing_and_keeps_what_was_typed(
    client: Client, asha: Person, lee: User, days: int, how: str, says: str
) -> None:
    day = clock.today() + dt.timedelta(days=days)
    page = client.post(address(asha), {"died_on": day.isoformat(), "known_how": how, "sure": "yes"})
    assert page.status_code == 422
    assert says in page.content.decode()
    assert day.isoformat() in page.content.decode()
    assert not Death.objects.exists()


def test_a_manager_who_sees_no_caseload_can_take_back_what_a_colleague_wrote_down(client: Client, asha: Person) -> None:
    deaths.record_death(asha, by=make_user(roles=(Role.CLINICIAN,)), died_on=clock.today(), known_how="x")
    client.force_login(make_user(roles=(Role.SERVICE_MANAGER,)))
    assert asha.full_name() in client.get("/staff/people/died/").content.decode()
    assert "This was a mistake" in client.get(address(asha)).content.decode()
    assert client.post(address(asha, "died/mistake/"), {"reason": " "}).status_code == 422
    assert client.post(address(asha, "died/mistake/"), {"reason": "She rang us."}, follow=True).status_code == 200
    asha.refresh_from_db()
    assert asha.deceased_at is None


def test_taking_back_one_s_own_word_is_refused_on_the_page(client: Client, asha: Person, lee: User) -> None:
    deaths.record_death(asha, by=lee, died_on=clock.today(), known_how="x")
    page = client.post(address(asha, "died/mistake/"), {"reason": "A mistake."})
    assert page.status_code == 422
    assert "Somebody else must take it back." in page.content.decode()


def test_an_adult_s_death_can_be_written_down_too(client: Client, asha: Person, lee: User) -> None:
    pat = make_person(kind="parent_carer", given_name="Pat")
    asha.adults.create(adult=pat)
    assert address(pat) in client.get(f"/staff/waiting/{asha.public_id}/").content.decode()
    client.post(address(pat), {"died_on": clock.today().isoformat(), "known_how": "x", "sure": "yes"})
    assert "Has died" in client.get(f"/staff/waiting/{asha.public_id}/").content.decode()


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.SAFEGUARDING_LEAD])
def test_a_record_is_restricted_and_lifted_with_a_reason_each(client: Client, asha: Person, role: Role) -> None:
    client.force_login(make_user(name="Sam", roles=(role,)))
    page = client.post(address(asha, "restriction/"), {"reason": "  "})
    assert page.status_code == 422
    assert "Say why." in page.content.decode()
    client.post(address(asha, "restriction/"), {"reason": "Her phone is read by others."})
    asha.refresh_from_db()
    assert asha.restricted_at is not None
    shown = client.get(f"/staff/waiting/{asha.public_id}/").content.decode()
    assert "Her phone is read by others." in shown
    assert "Lift the restriction" in shown
    client.post(address(asha, "restriction/"), {"reason": "She has a new phone."})
    asha.refresh_from_db()
    assert asha.restricted_at is None
    assert Restriction.objects.get().lifted_why == "She has a new phone."


def test_a_co_ordinator_sees_a_restriction_and_cannot_set_one(client: Client, asha: Person) -> None:
    client.force_login(make_user(roles=(Role.CO_ORDINATOR,)))
    assert client.get(address(asha, "restriction/")).status_code == 404
    assert "restriction/" not in client.get(f"/staff/waiting/{asha.public_id}/").content.decode()

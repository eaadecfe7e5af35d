"""Somebody comes without a list: written down, offered a group, in by the same steps as anybody (U19)."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import Client

from notifications.models import ContactPoint, Delivery
from peer import eligibility
from peer.actions import newcomers
from peer.models import Invitation, PartnerReferral, Person, SupportGroup, User, WaitingListEntry
from peer.roles import Role
from tests.make import make_open_group, make_person, make_user

pytestmark = pytest.mark.django_db

RILEY = {
    "kind": "young_person",
    "given_name": "Riley",
    "family_name": "Stone",
    "born_on": "2011-06-01",
    "number": "07700 900555",
    "partner": "",
}


@pytest.fixture
def kim() -> User:
    return make_user(roles=(Role.CO_ORDINATOR,))


@pytest.fixture
def staff(kim: User) -> Client:
    client = Client()
    client.force_login(kim)
    return client


def test_from_a_phone_call_to_an_offer_without_any_list(staff: Client) -> None:
    group = make_open_group()
    SupportGroup.objects.update(eligibility="asked")
    answer = staff.post("/staff/people/new/", RILEY)
    riley = Person.objects.get(given_name="Riley")
    assert answer["Location"] == f"/staff/invitations/offer/{riley.public_id}/"
    assert staff.post(answer["Location"], {"group": group.pk}).status_code == 302
    assert Invitation.objects.get().person == riley
    assert Delivery.objects.get().contact == ContactPoint.objects.get(person=riley)
    assert not WaitingListEntry.objects.exists()


def test_a_partner_opens_the_groups_of_partners(staff: Client) -> None:
    group = make_open_group()
    SupportGroup.objects.update(eligibility="partner")
    group.refresh_from_db()
    staff.post("/staff/people/new/", RILEY | {"partner": "Elm Road Youth Club"})
    riley = Person.objects.get(given_name="Riley")
    assert PartnerReferral.objects.get().partner == "Elm Road Youth Club"
    assert eligibility.why_not_asked(riley, group) == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"born_on": ""}, "Write down their birth date"),
        ({"born_on": "2031-01-01"}, "That day has not come yet"),
        ({"number": "12"}, "number"),
        ({"given_name": ""}, "Please answer this one"),
        ({"kind": "staff"}, "Please pick one from the list"),
    ],
)
def test_what_is_missing_or_wrong_comes_back_with_a_sentence(staff: Client, changes: dict[str, str], said: str) -> None:
    answer = staff.post("/staff/people/new/", RILEY | changes)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Person.objects.filter(family_name="Stone").exists()


def test_nobody_is_written_down_twice(staff: Client) -> None:
    staff.post("/staff/people/new/", RILEY)
    answer = staff.post("/staff/people/new/", RILEY | {"given_name": "RILEY"})
    assert answer.status_code == 422
    assert Person.objects.filter(family_name="Stone").count() == 1


def test_a_partner_of_somebody_we_know_is_noted_once_and_opens_the_groups_of_partners(staff: Client) -> None:
    group = make_open_group()
    SupportGroup.objects.update(eligibility="partner")
    group.refresh_from_db()
    person = make_person()
    page = f"/staff/invitations/offer/{person.public_id}/"
    assert eligibility.why_not_asked(person, group)
    empty = staff.post(f"{page}partner/", {"partner": " "})
    assert empty.status_code == 422
    assert "Say which partner." in empty.content.decode()
    for _time in range(2):
        told = staff.post(f"{page}partner/", {"partner": "Youth club"}, follow=True).content.decode()
    assert PartnerReferral.objects.get().partner == "Youth club"
    assert "Youth club, written down" in told
    assert eligibility.why_not_asked(person, group) == ""


def test_a_clinician_reads_who_sent_somebody_and_writes_down_nothing(kim: User) -> None:
    person, lee = make_person(), Client()
    newcomers.note_partner(person, by=kim, partner="Youth club")
    lee.force_login(make_user(roles=(Role.CLINICIAN,)))
    page = f"/staff/invitations/offer/{person.public_id}/"
    assert "Youth club" in lee.get(page).content.decode()
    assert f"{page}partner/" not in lee.get(page).content.decode()
    assert lee.post(f"{page}partner/", {"partner": "School"}).status_code == 404


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.SERVICE_MANAGER, Role.EDITOR, None])
def test_only_a_co_ordinator_finds_the_page(role: Role | None) -> None:
    client = Client()
    client.force_login(make_user(roles=(role,) if role else ()))
    assert client.get("/staff/people/new/").status_code == 404
    assert client.post("/staff/people/new/", RILEY).status_code == 404


def test_a_charity_opens_a_group_without_any_file(site_tree, capsys: pytest.CaptureFixture[str]) -> None:
    for _time in range(2):
        call_command("load_example_site", "charity")
    group = SupportGroup.objects.get()
    assert (group.state, group.eligibility, group.lacks()) == ("open", "asked", [])
    assert not WaitingListEntry.objects.exists()
    assert "needed no file" in capsys.readouterr().out

"""The desk of invitations: what goes where before anybody presses, what was said to a person, and page by page."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.test import Client

from notifications.models import CallTask, ContactPoint, Delivery
from peer import clock
from peer.actions import invitations
from peer.models import Consent, HelloCall, Invitation, Membership, ParentRelationship, Person, SupportGroup, User
from peer.roles import Role
from tests.make import make_group, make_member, make_open_group, make_person, make_phone, make_user, make_wait
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db

BORN = dt.date(clock.today().year - 15, 1, 1)


@pytest.fixture
def kim(client: Client) -> User:
    user = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    client.force_login(user)
    return user


@pytest.fixture
def noor() -> Person:
    person = make_person(given_name="Noor", family_name="Hadley", born_on=BORN)
    make_wait(person=person)
    return person


@pytest.fixture
def invitation(kim: User, noor: Person) -> Invitation:
    make_contact(person=noor)
    return invitations.offer(noor, by=kim, group=make_open_group())


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


SHOWN = [
    ({}, "It goes by text, to ••• "),
    ({"preferred_channel": "call"}, "It goes by an automatic call, to ••• "),
    ({"number": "01632 960123"}, "It goes by an automatic call, to ••• 123"),
    ({"is_shared": True}, "A person rings"),
    (None, "We know no phone number of theirs."),
]


@pytest.mark.parametrize(("number", "words"), SHOWN)
def test_before_anybody_presses_the_page_says_what_will_go_where(client, kim, noor, number, words: str) -> None:
    make_open_group()
    if number is not None:
        make_contact(person=noor, **number)
    shown = page(client, f"/staff/invitations/offer/{noor.public_id}/")
    assert words in shown
    assert not Delivery.objects.exists()
    for contact in ContactPoint.objects.all():
        assert contact.where not in shown
        assert contact.national not in shown


def test_an_offer_that_a_person_brings_is_a_call_to_make_with_its_words(client, kim, noor) -> None:
    make_contact(person=noor, is_shared=True)
    group = make_open_group(title="Lantern")
    assert client.post(f"/staff/invitations/offer/{noor.public_id}/", {"group": group.pk}).status_code == 302
    task = CallTask.objects.get()
    assert not Delivery.objects.exists()
    shown = page(client, f"/staff/calls/{task.public_id}/")
    assert "say nothing of an offer or a group to anybody else" in shown
    assert f"/staff/invitations/{Invitation.objects.get().public_id}/said/" in shown


@pytest.mark.parametrize(
    ("said", "state", "calls"), [("yes", "accepted", 1), ("no", "declined", 0), ("ask", "asked", 0)]
)
def test_what_somebody_told_a_person_is_written_down(client, invitation, said: str, state: str, calls: int) -> None:
    address = f"/staff/invitations/{invitation.public_id}/said/"
    page(client, address)
    assert client.post(address, {"said": said, "question": "Is it on Tuesdays?"}).status_code == 302
    invitation.refresh_from_db()
    assert invitation.state == state
    assert HelloCall.objects.count() == calls
    assert not User.objects.filter(person=invitation.person).exists()
    assert client.get(address).status_code == (200 if said == "ask" else 404)


@pytest.mark.parametrize(
    "form", [{"form_nonce": "n"}, {"said": "maybe"}, {"said": "ask"}, {"said": "ask", "question": "x" * 1001}]
)
def test_what_is_not_clear_changes_nothing(client, invitation, form: dict[str, str]) -> None:
    answer = client.post(f"/staff/invitations/{invitation.public_id}/said/", form)
    invitation.refresh_from_db()
    assert (answer.status_code, invitation.state) == (422, "offered")


def test_an_answer_takes_the_call_off_the_list(client, kim, noor) -> None:
    make_contact(person=noor, is_shared=True)
    invitation = invitations.offer(noor, by=kim, group=make_open_group())
    client.post(f"/staff/invitations/{invitation.public_id}/said/", {"said": "no"})
    assert CallTask.objects.get().state == "cancelled"


def test_a_young_person_and_a_parent_get_the_page_that_never_was(client, invitation) -> None:
    for user in (make_user(person=invitation.person), make_user(person=make_person(kind=Person.Kind.PARENT_CARER))):
        client.force_login(user)
        for part in ("said", "answer"):
            assert client.get(f"/staff/invitations/{invitation.public_id}/{part}/").status_code == 404


def test_open_offers_come_page_by_page_each_once(client, kim) -> None:
    group = make_group()
    for number in range(120):
        person = make_person(given_name=f"P{number:03}")
        until = clock.now() + dt.timedelta(days=20, minutes=number // 3)
        Invitation.objects.create(
            person=person, group=group, secret_hash=f"{number:064}", offered_by=kim, expires_at=until,
            owner_role=Role.CO_ORDINATOR, due_at=until,
        )  # fmt: skip
    seen, address = [], "/staff/invitations/"
    while address:
        shown = page(client, address)
        seen += re.findall(r"P\d{3} Example</th>", shown)
        older = re.search(r'rel="next" href="([^"]+)"', shown)
        address = f"/staff/invitations/{older[1]}" if older else ""
    assert (len(seen), len(set(seen))) == (120, 120)
    assert client.get("/staff/invitations/?after=nonsense").status_code == 200


def parents_group() -> SupportGroup:
    return make_open_group_for("parents")


def make_open_group_for(audience: str) -> SupportGroup:
    group = make_open_group(title="Harbour for parents")
    SupportGroup.objects.filter(pk=group.pk).update(audience=audience)
    group.refresh_from_db()
    return group


def make_parent(child: Person, **relation: object) -> Person:
    pat = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat", born_on=None)
    ParentRelationship.objects.create(**({"young_person": child, "adult": pat, "may_know": "routine"} | relation))
    make_phone(person=pat)
    return pat


def test_a_parent_is_offered_a_parents_group_and_answers_without_the_question_about_parents(client, kim, noor) -> None:
    pat, group = make_parent(noor), parents_group()
    make_open_group(title="Lantern")
    shown = page(client, f"/staff/invitations/offer/{pat.public_id}/")
    assert "Harbour for parents" in shown
    assert "Lantern" not in shown
    assert f"/staff/invitations/offer/{pat.public_id}/" in page(client, f"/staff/waiting/{noor.public_id}/")
    client.post(f"/staff/invitations/offer/{pat.public_id}/", {"group": group.pk})
    link = re.search(r"/i/\S+", Delivery.objects.get().body or "")
    assert link
    phone = Client()
    phone.post(f"{link[0]}/code")
    code = re.search(r"\d{6}", Delivery.objects.latest("pk").body or "")
    assert code
    assert "May we tell a parent" not in page(phone, f"{link[0]}/yes")
    assert phone.post(f"{link[0]}/yes", {"code": code[0], "join": "on", "limits": "on"}).status_code == 302
    assert Membership.objects.get(person=pat).state == "accepted"
    assert set(Consent.objects.values_list("purpose", flat=True)) == {"join", "limits"}


WITHOUT = ["must not be told", "may know nothing", "the young person is restricted", "sixteen and no yes"]


@pytest.mark.parametrize("why", WITHOUT)
def test_a_parent_who_may_not_be_reminded_of_the_wait_is_offered_nothing(client, kim, noor, why: str) -> None:
    relation = {"must not be told": {"must_not_be_told": True}, "may know nothing": {"may_know": "nothing"}}
    pat, group = make_parent(noor, **relation.get(why, {})), parents_group()
    if why == "the young person is restricted":
        Person.objects.filter(pk=noor.pk).update(restricted_at=clock.now())
    if why == "sixteen and no yes":
        Person.objects.filter(pk=noor.pk).update(born_on=BORN.replace(year=BORN.year - 2))
    answer = client.post(f"/staff/invitations/offer/{pat.public_id}/", {"group": group.pk})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_from_sixteen_a_parent_is_offered_a_group_on_the_young_persons_yes(client, kim, noor) -> None:
    Person.objects.filter(pk=noor.pk).update(born_on=BORN.replace(year=BORN.year - 2))
    pat, group = make_parent(noor), parents_group()
    Consent.objects.say(noor, Consent.Purpose.PARENT_NEWS, given=True, basis="own", by=make_user(person=noor))
    assert client.post(f"/staff/invitations/offer/{pat.public_id}/", {"group": group.pk}).status_code == 302


def test_the_clinician_reads_out_what_nobody_has_read_yet(client, kim, invitation) -> None:
    client.post(f"/staff/invitations/{invitation.public_id}/said/", {"said": "yes"})
    lee = make_member(group=invitation.group, role=Role.CLINICIAN, name="Dr Moss").user
    assert lee is not None
    lee.service_roles.create(role=Role.CLINICIAN)
    client.force_login(lee)
    shown = page(client, f"/staff/hello-calls/{HelloCall.objects.get().public_id}/")
    assert "They said yes by phone and have read nothing yet" in shown
    assert "I want to join this group." in shown

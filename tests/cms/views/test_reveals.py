"""Who is this? A reason, a second step just shown, a trace of each look, and somebody who checks it (safety B2)."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client

from peer import clock, looks, workdays
from peer.actions import reveals
from peer.models import AuditEvent, Membership, Reveal, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.cms.test_second_factor import AGAIN, SECRET, code_of, sign_in
from tests.make import make_member, make_open_group, make_person, make_phone, make_user

pytestmark = pytest.mark.django_db
WHY = "She wrote that she is alone tonight"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    person = make_person(given_name="Ashavera", family_name="Quillfeather")
    make_phone(person=person, number="07700 900811")
    return make_member(group=group, user=make_user(person=person), name="Fern")


@pytest.fixture
def lee(group: SupportGroup) -> User:
    """Make the clinician of the group who is on duty."""
    user = User.objects.get(memberships__pseudonym="Dr Lee", memberships__group=group)
    user.service_roles.create(role=Role.CLINICIAN)
    return user


@pytest.fixture
def june() -> User:
    return make_user(name="June", roles=(Role.SAFEGUARDING_LEAD,))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def main(page: HttpResponse) -> str:
    """Leave out the header, in which the page always stands for those who check."""
    return page.content.decode().partition("<main")[2]


def page_of(asha: Membership) -> str:
    return f"/staff/places/{asha.public_id}/who/"


def test_a_name_and_a_number_for_a_quarter_of_an_hour(asha, lee) -> None:
    client, page = browser(lee), page_of(asha)
    assert "Ashavera" not in client.get(page).content.decode()
    assert page in client.get(f"/staff/places/{asha.public_id}/").content.decode()
    assert client.post(page, {"reason": WHY}).headers["Location"] == page
    shown = client.get(page).content.decode()
    assert "Ashavera Quillfeather" in shown
    assert "07700 900811" in shown
    assert 'href="tel:14107700900811"' in shown
    with clock.at(clock.now() + dt.timedelta(minutes=14)):
        assert "Ashavera" in client.get(page).content.decode()
    with clock.at(clock.now() + dt.timedelta(minutes=15)):
        assert "Ashavera" not in client.get(page).content.decode()


@pytest.mark.parametrize("reason", ["", " ", "because"])
def test_without_a_reason_nothing_is_shown_and_what_was_typed_stays(asha, lee, reason: str) -> None:
    answer = browser(lee).post(page_of(asha), {"reason": reason})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert reason.strip() in answer.content.decode()
    assert "Ashavera" not in answer.content.decode()
    assert not Reveal.objects.exists()


def test_b2_an_old_second_step_is_asked_for_anew_and_the_reason_is_kept(asha, lee) -> None:
    client, page = Client(), page_of(asha)
    TOTP.activate(lee, SECRET)
    sign_in(client, lee)
    client.post("/account/2fa/authenticate/", {"code": code_of(SECRET)})
    cache.clear()  # the same half-minute gives the same code, which is taken once
    with clock.at(clock.now() + dt.timedelta(minutes=6)):
        asked = client.post(page, {"reason": WHY})
        assert asked.headers["Location"].startswith(AGAIN)
        assert not Reveal.objects.exists()
        assert "show your second step once more" in client.get(asked.headers["Location"]).content.decode()
        assert client.post(AGAIN, {"code": "000000", "next": page}).status_code == 200
        assert not Reveal.objects.exists()
    assert client.post(AGAIN, {"code": code_of(SECRET), "next": page}).headers["Location"] == page
    assert Reveal.objects.get().reason == WHY
    assert "Ashavera Quillfeather" in client.get(page).content.decode()


def test_b2_whoever_came_by_single_sign_on_goes_there_again(asha, lee) -> None:
    client, page = browser(lee), page_of(asha)
    with clock.at(clock.now() + dt.timedelta(minutes=6)):
        there = client.post(page, {"reason": WHY}).headers["Location"]
    assert there.startswith("/account/oidc/staff/login/?process=login&auth_params=prompt%3Dlogin&next=")
    assert not Reveal.objects.exists()


def test_each_look_is_on_the_person_s_own_list_and_in_the_audit(asha, lee) -> None:
    client = browser(lee)
    client.post(page_of(asha), {"reason": WHY})
    client.get(page_of(asha))
    client.get(page_of(asha))
    assert [look.why for look in looks.of(asha.person)[0]] == [looks.reasons()["who is this"]] * 2
    act = AuditEvent.objects.get(action="peer.actions.reveals.reveal")
    assert (act.by_id, act.as_role, act.reason) == (lee.pk, "clinician", WHY)
    assert looks.reasons()["who is this"] in browser(asha.user).get("/my-data/who-looked/").content.decode()
    assert WHY not in browser(asha.user).get("/my-data/who-looked/").content.decode()


def test_the_safeguarding_lead_reads_why_and_nobody_checks_themselves(asha, group, june) -> None:
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    shown = reveals.reveal(asha, by=sam, reason=WHY)
    assert shown.owner_role == Role.SAFEGUARDING_LEAD
    assert shown.due_at == workdays.due(days=2)
    assert "Names looked up" in main(browser(june).get("/home/"))
    assert "Names looked up" not in main(browser(sam).get("/home/"))
    for client in (browser(june), browser(sam)):
        page = client.get("/staff/looked-up/").content.decode()
        assert f"Sam looked up Fern in {group.title}" in page
        assert WHY in page
        assert "Ashavera" not in page
    check = f"/staff/looked-up/{shown.public_id}/checked/"
    assert "Somebody else must check it." in browser(sam).post(check, follow=True).content.decode()
    assert Reveal.objects.get().state == "shown"
    assert "Nothing to check" in browser(june).post(check, follow=True).content.decode()
    assert Reveal.objects.get().checked_by == june


def test_nobody_else_has_such_pages(asha, lee, group) -> None:
    shown = reveals.reveal(asha, by=lee, reason=WHY)
    mo = User.objects.get(memberships__pseudonym="Mo", memberships__group=group)
    elsewhere = make_member(group=make_open_group(title="Elsewhere"), role=Role.CLINICIAN, name="Dr Far").user
    elsewhere.service_roles.create(role=Role.CLINICIAN)
    for user in (mo, asha.user, elsewhere, make_user(roles=(Role.CO_ORDINATOR,))):
        client = browser(user)
        assert client.get(page_of(asha)).status_code == 404
        assert client.post(page_of(asha), {"reason": WHY}).status_code == 404
        assert client.get("/staff/looked-up/").status_code == 404
        assert client.post(f"/staff/looked-up/{shown.public_id}/checked/").status_code == 404
    assert Reveal.objects.get().state == "shown"


def test_what_one_has_opened_another_has_not(asha, lee, group) -> None:
    okafor = make_member(group=group, role=Role.CLINICIAN, name="Dr Okafor").user
    okafor.service_roles.create(role=Role.CLINICIAN)
    reveals.reveal(asha, by=lee, reason=WHY)
    assert "Ashavera" not in browser(okafor).get(page_of(asha)).content.decode()


def test_b3_nobody_looks_up_more_than_twenty_in_an_hour(asha, lee) -> None:
    for _ in range(20):
        reveals.reveal(asha, by=lee, reason=WHY)
    with pytest.raises(RuleBroken, match="safeguarding lead"):
        reveals.reveal(asha, by=lee, reason=WHY)
    with clock.at(clock.now() + dt.timedelta(minutes=61)):
        reveals.reveal(asha, by=lee, reason=WHY)


def test_who_works_here_is_not_looked_up(group, lee) -> None:
    rae = make_member(group=group, user=make_user(person=make_person(kind="staff")), name="Rae")
    assert browser(lee).get(page_of(rae)).status_code == 404
    with pytest.raises(RuleBroken, match="works here"):
        reveals.reveal(rae, by=lee, reason=WHY)


def test_the_database_knows_that_another_checks(asha, lee) -> None:
    shown = reveals.reveal(asha, by=lee, reason=WHY)
    for wrong in ({"checked_by": lee}, {"due_at": None}, {"until_at": shown.at}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reveal.objects.filter(pk=shown.pk).update(**wrong)

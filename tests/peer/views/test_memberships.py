"""The honest page: for that person alone, with why, a second look and ways on; for anybody else it never was (U12)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from peer import clock
from peer.actions import groups, memberships
from peer.models import Appeal, Membership, MembershipDecision, SupportGroup, User
from peer.roles import Role
from tests.make import make_member, make_open_group, make_person, make_phone, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    person = make_person()
    make_phone(person=person)
    return make_member(group=group, user=make_user(person=person), name="Fern")


@pytest.fixture
def lee(group: SupportGroup) -> User:
    user = User.objects.get(memberships__pseudonym="Dr Lee")
    user.service_roles.create(role=Role.CLINICIAN)
    return user


@pytest.fixture
def sam() -> User:
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))


def browser(user: User | None) -> Client:
    assert user
    client = Client()
    client.force_login(user)
    return client


def ended(asha: Membership, lee: User, sam: User, kind: str = "remove") -> MembershipDecision:
    asked = memberships.ask_end(asha, by=lee, kind=kind, reason="You told a school.", note="Secret note.")
    return memberships.agree(asked, by=sam)


def way_out(how: str, asha: Membership, lee: User, sam: User) -> None:
    if how == "left":
        groups.leave(asha, by=asha.user)
    elif how == "paused":
        day = clock.today() + dt.timedelta(days=5)
        memberships.pause(asha, by=lee, until_on=day, reason="You told a school.", note="Secret note.")
    else:
        ended(asha, lee, sam, how)


WAYS = {
    "left": "You left Lantern on",
    "paused": "Your place in Lantern is paused",
    "remove": "You are not in Lantern any more",
    "ban": "You are not in Lantern any more",
}


@pytest.mark.parametrize("how", WAYS)
def test_the_address_of_a_group_says_honestly_that_one_is_out(group, asha, lee, sam, how: str) -> None:
    way_out(how, asha, lee, sam)
    answer = browser(asha.user).get(group.get_absolute_url())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert WAYS[how] in page
    assert "Your place on the waiting list" in page
    assert "116 123" in page  # somebody to talk to, day and night
    assert "Secret note" not in page
    assert ("Ask us to look again" in page) == (how != "left")
    assert ("You told a school." in page) == (how != "left")
    assert "Dr Lee" not in page


@pytest.mark.parametrize("how", WAYS)
def test_the_list_of_groups_says_only_what_is_true_of_somebody_who_is_out(group, asha, lee, sam, how: str) -> None:
    way_out(how, asha, lee, sam)
    page = browser(asha.user).get("/groups/").content.decode()
    assert "You are not in a group yet" not in page
    assert group.get_absolute_url() in page
    assert "You are not in a group yet" in browser(make_user(person=make_person())).get("/groups/").content.decode()


@pytest.mark.parametrize("how", WAYS)
def test_for_anybody_else_it_is_the_404_of_a_page_that_never_was(group, asha, lee, sam, how: str) -> None:
    outsider, parent = make_user(), make_user(person=make_person(kind="parent_carer"))
    way_out(how, asha, lee, sam)
    for user in (outsider, parent):
        client = browser(user)
        seen = {}
        for address in (group.get_absolute_url(), "/groups/AAAAAAAAAAAAAAAA/"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                answer = client.get(address)
            seen[answer.status_code, answer.content] = [q["sql"].replace(address.split("/")[2], "X") for q in queries]
        assert len(seen) == 1
        assert next(iter(seen))[0] == 404


def test_what_never_began_and_what_is_only_asked_stay_unsaid(group, asha, lee) -> None:
    memberships.ask_end(asha, by=lee, kind="ban", reason="You told a school.", note="x")
    assert "You told a school" not in browser(asha.user).get(group.get_absolute_url()).content.decode()
    person = make_person()
    user = make_user(person=person)
    coming = Membership.objects.create(group=group, person=person, user=user)
    groups.leave(coming, by=user)
    assert browser(user).get(group.get_absolute_url()).status_code == 404


def test_nothing_of_the_group_is_readable_from_outside(group, asha, lee, sam) -> None:
    post = make_post(author=make_member(group=group), body="Gnomes have hats.", state="approved")
    client = browser(asha.user)
    assert client.get(post.thread.get_absolute_url()).status_code == 200
    ended(asha, lee, sam)
    assert client.get(post.thread.get_absolute_url()).status_code == 404
    for page in ("", "write/", "how-we-treat-each-other/", "my-words/", "appeal/", "moving-on/", "leave/"):
        assert "Gnomes" not in client.get(f"{group.get_absolute_url()}{page}").content.decode()


def test_one_s_own_words_stay_one_s_own(group, asha, lee, sam) -> None:
    make_post(author=asha, body="My own words.", state="approved")
    ended(asha, lee, sam)
    assert "My own words." in browser(asha.user).get(f"{group.get_absolute_url()}my-words/").content.decode()
    assert browser(make_user()).get(f"{group.get_absolute_url()}my-words/").status_code == 404


def test_m5_appeal_from_the_page_to_the_answer(group, asha, lee, sam) -> None:
    """M5: somebody who was put out asks for a second look, and reads why it stays so, or that they are back."""
    ended(asha, lee, sam, kind="ban")
    member, nia = browser(asha.user), browser(make_user(name="Nia", roles=(Role.SAFEGUARDING_LEAD,)))
    address = f"{group.get_absolute_url()}appeal/"
    empty = member.post(address, {"words": ""})
    assert (empty.status_code, Appeal.objects.count()) == (422, 0)
    assert "Write a few words first" in empty.content.decode()
    assert member.post(address, {"words": "It was a joke."}).status_code == 302
    assert "at the latest" in member.get(address).content.decode()
    assert "at the latest" in member.get(group.get_absolute_url()).content.decode()
    assert browser(make_user()).get(address).status_code == 404

    appeal = Appeal.objects.get()
    assert "a colleague answers" in browser(sam).get("/staff/appeals/").content.decode()
    page = nia.get(appeal.get_absolute_url()).content.decode()
    assert "It was a joke." in page
    assert "Secret note." in page
    mine = browser(sam).post(appeal.get_absolute_url(), {"outcome": "uphold", "answer": "No."})
    assert mine.status_code == 422
    assert nia.post(appeal.get_absolute_url(), {"outcome": "overturn", "answer": "You were right."}).status_code == 302
    assert "You were right." in member.get(group.get_absolute_url()).content.decode()


def test_worrying_words_are_met_honestly_at_once(group, asha, lee, sam) -> None:
    ended(asha, lee, sam)
    member = browser(asha.user)
    member.post(f"{group.get_absolute_url()}appeal/", {"words": "I want to kill myself tonight"})
    page = member.get(f"{group.get_absolute_url()}appeal/").content.decode()
    assert "Nobody has read them yet" in page
    assert "talk to somebody right now" in page


def test_the_desk_pauses_and_a_second_person_ends(group, asha, lee, sam) -> None:
    desk = browser(lee)
    assert "Fern" in desk.get("/staff/places/").content.decode()
    place = f"/staff/places/{asha.public_id}/"
    assert desk.get(place).status_code == 200
    wrong = desk.post(f"{place}pause/", {"until_on": "2020-01-01", "reason": "Kind."})
    assert wrong.status_code == 422
    assert "Kind." in wrong.content.decode()
    until = clock.today() + dt.timedelta(days=3)
    assert desk.post(f"{place}pause/", {"until_on": until.isoformat(), "reason": "Kind."}).status_code == 302
    decision = MembershipDecision.objects.get()
    resume = f"/staff/places/decisions/{decision.public_id}/resume/"
    assert desk.get(resume).status_code == 200
    assert desk.post(resume).status_code == 302
    asked = {"kind": "remove", "reason": "Kind words.", "note": "What happened."}
    assert desk.post(f"{place}end/", asked).status_code == 302
    second = browser(sam)
    assert "What happened." in second.get("/staff/places/").content.decode()
    decision = MembershipDecision.objects.get(state="asked")
    assert desk.post(f"/staff/places/decisions/{decision.public_id}/agree/").status_code == 422
    assert second.post(f"/staff/places/decisions/{decision.public_id}/agree/").status_code == 302
    asha.refresh_from_db()
    assert asha.state == "removed"


def test_a_manager_sees_no_list_of_names_and_a_moderator_no_desk(group, asha, lee, sam) -> None:
    """Matrix row 17: names for the clinician on call alone."""
    assert "Fern" not in browser(sam).get("/staff/places/").content.decode()
    group.duties.all().delete()
    assert "Fern" not in browser(lee).get("/staff/places/").content.decode()
    mo = browser(User.objects.get(memberships__pseudonym="Mo"))
    for page in ("/staff/places/", f"/staff/places/{asha.public_id}/", f"/staff/places/{asha.public_id}/pause/"):
        assert mo.get(page).status_code == 404


def test_m5_a_manager_finds_a_place_by_the_name_somebody_has_there_and_pauses_it(group, asha, sam) -> None:
    desk = browser(sam)
    for name in ("Tide", "Fe", ""):
        answer = desk.post("/staff/places/find/", {"group": group.pk, "name": name})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert ("Nobody in that group has this name." in page) == bool(name)
        assert "Fern<" not in page
    place = desk.post("/staff/places/find/", {"group": group.pk, "name": "fern"}).headers["Location"]
    assert place == f"/staff/places/{asha.public_id}/"
    assert "Fern" in desk.get(place).content.decode()
    until = clock.today() + dt.timedelta(days=3)
    assert desk.post(f"{place}pause/", {"until_on": until.isoformat(), "reason": "Kind."}).status_code == 302
    asha.refresh_from_db()
    assert asha.state == "suspended"


def test_m5_a_place_is_found_only_in_a_group_in_which_one_may_pause(group, asha, lee) -> None:
    elsewhere = make_open_group(title="Elsewhere")
    make_member(group=elsewhere, name="Willow")
    answer = browser(lee).post("/staff/places/find/", {"group": elsewhere.pk, "name": "Willow"})
    assert answer.status_code == 422
    assert "Elsewhere" not in answer.content.decode()
    mo = browser(User.objects.get(memberships__pseudonym="Mo", memberships__group=group))
    assert mo.post("/staff/places/find/", {"group": group.pk, "name": "Fern"}).status_code == 404


def test_the_list_of_groups_leads_to_the_honest_page(group, asha, lee, sam) -> None:
    ended(asha, lee, sam)
    page = browser(asha.user).get("/groups/").content.decode()
    assert group.get_absolute_url() in page
    assert "You are not in this group any more" in page

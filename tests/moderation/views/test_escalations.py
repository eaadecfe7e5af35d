"""The board, taking something in hand, writing it up, and the act sheet (E5, E12, U4)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from cms import nav
from moderation import links
from moderation.actions import escalations
from moderation.models import Escalation, EscalationStep
from notifications.models import ContactPoint
from peer.events import emit
from peer.models import AuditEvent, Membership, ParentRelationship, Person, Post, User
from peer.news import PostHeldForRisk
from peer.roles import Role
from tests.make import make_duty, make_group, make_member, make_person, make_post, make_user

pytestmark = pytest.mark.django_db
WORDS = "Canary words that may mean harm"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def clinician(author: Membership, name: str) -> User:
    person = make_person(given_name=name, born_on=dt.date(1980, 1, 1))
    return make_member(group=author.group, user=make_user(name=name, person=person), role=Role.CLINICIAN).user


@pytest.fixture
def asha() -> Membership:
    person = make_person(given_name="Asha", family_name="Rahman")
    person.address, person.doctor = "1 Invented Road", "Dr Imaginary"
    person.save()
    return make_member(group=make_group(), user=make_user(person=person), name="Fern")


@pytest.fixture
def lee(asha: Membership) -> User:
    lee = clinician(asha, "Dr Lee")
    make_duty(group=asha.group, user=lee)
    return lee


@pytest.fixture
def worry(asha: Membership, lee: User) -> Escalation:
    emit(PostHeldForRisk(make_post(author=asha, state=Post.State.HELD_RISK, body=WORDS), "red"))
    return Escalation.objects.get()


def test_e5_signing_in_and_pressing_takes_it(worry: Escalation, lee: User) -> None:
    page = signed_in(lee).post(f"/escalations/{worry.public_id}/acknowledge/", follow=True)
    worry.refresh_from_db()
    assert (worry.owner, worry.acknowledged_by_how) == (lee, "sign_in")
    assert WORDS in page.content.decode()


def test_opening_the_board_or_the_page_takes_nothing(worry: Escalation, lee: User) -> None:
    client = signed_in(lee)
    client.get("/escalations/")
    client.get(f"/escalations/{worry.public_id}/")
    assert client.get(f"/escalations/{worry.public_id}/acknowledge/").status_code == 405
    worry.refresh_from_db()
    assert worry.state == "paging"


def test_a_manager_sees_the_clocks_and_not_a_word(worry: Escalation) -> None:
    sam = signed_in(make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)))
    board = sam.get("/escalations/").content.decode()
    assert worry.group.title in board
    assert "Fern" not in board
    assert WORDS not in board
    assert sam.get(f"/escalations/{worry.public_id}/").status_code == 404
    assert sam.get(f"/escalations/{worry.public_id}/act-sheet/").status_code == 404


def test_a_manager_has_another_clinician_rung(worry: Escalation, asha: Membership) -> None:
    may = clinician(asha, "Dr May")
    sam = signed_in(make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)))
    sam.post(f"/escalations/{worry.public_id}/reassign/", {"to": may.pk})
    assert EscalationStep.objects.get(rung="chosen").user == may


def test_nobody_else_learns_that_there_is_one(worry: Escalation, asha: Membership) -> None:
    mo = make_member(group=asha.group, role=Role.PEER_MODERATOR).user
    for user in (asha.user, mo, make_user()):
        client = signed_in(user)
        assert worry.public_id not in client.get("/escalations/").content.decode()
        assert client.get(f"/escalations/{worry.public_id}/").status_code == 404
        assert client.post(f"/escalations/{worry.public_id}/acknowledge/").status_code == 404


def test_e5_the_signed_link_takes_it_for_its_person_only_by_a_press(worry: Escalation, lee: User) -> None:
    address = "/" + links.for_step(EscalationStep.objects.get(rung="first")).split("/", 3)[3]
    stranger = Client()
    page = stranger.get(address).content.decode()
    assert WORDS not in page
    assert "Fern" not in page
    worry.refresh_from_db()
    assert worry.state == "paging"
    stranger.post(address)
    worry.refresh_from_db()
    assert (worry.owner, worry.acknowledged_by_how) == (lee, "link")
    assert "Somebody else has it already" in stranger.post(address).content.decode()


def test_a_forged_or_altered_link_is_not_there(worry: Escalation) -> None:
    token = links.for_step(EscalationStep.objects.get(rung="first")).rstrip("/").rsplit("/", 1)[1]
    for forged in (token[:-1] + ("a" if token[-1] != "a" else "b"), "nonsense"):
        assert Client().post(f"/page/{forged}/").status_code == 404
    worry.refresh_from_db()
    assert worry.state == "paging"


def test_from_the_first_note_to_the_end(worry: Escalation, lee: User) -> None:
    client = signed_in(lee)
    address = f"/escalations/{worry.public_id}"
    client.post(f"{address}/acknowledge/")
    client.post(f"{address}/do/promise/", {"before": "23:59"})
    post = worry.posts.get()
    assert post.note_to_author == "Dr Lee read this and will ring you before 11.59pm."
    client.post(f"{address}/do/note/", {"words": "Rang, she is with her mother."})
    ending = {"outcome": "spoke", "told": "Her mother, with her yes", "words": "Spoke.", "was_needed": "yes"}
    wrong = client.post(f"{address}/do/resolve/", ending | {"told": ""})
    assert wrong.status_code == 422
    assert "Spoke." in wrong.content.decode()
    client.post(f"{address}/do/resolve/", ending)
    early = client.post(f"{address}/do/close/")
    assert "still waiting for your decision" in early.content.decode()
    client.post(
        f"/risk/{post.public_id}/return/", {"content_hash": post.content_hash, "own_words": "Thank you for telling us."}
    )
    client.post(f"{address}/do/close/")
    worry.refresh_from_db()
    assert (worry.state, worry.was_needed) == ("closed", True)


def test_u4_the_act_sheet_is_for_the_one_who_has_it_and_each_look_is_on_record(
    worry: Escalation, lee: User, asha: Membership
) -> None:
    mum, dad = (make_person(kind="parent_carer", given_name=name) for name in ("Pat", "Dan"))
    ParentRelationship.objects.create(young_person=asha.person, adult=mum, kind="mother")
    ParentRelationship.objects.create(young_person=asha.person, adult=dad, kind="father", must_not_be_told=True)
    for person, number in ((asha.person, "07700 900101"), (mum, "07700 900121"), (dad, "07700 900122")):
        ContactPoint.for_number(number, person=person, source="test").save()
    client = signed_in(lee)
    address = f"/escalations/{worry.public_id}/act-sheet/"
    assert client.get(address).status_code == 302, "who it is shows only to the one who has it in hand"
    client.post(f"/escalations/{worry.public_id}/acknowledge/")
    page = client.get(address).content.decode()
    for known in ("Asha Rahman", "1 Invented Road", "Dr Imaginary", "07700 900101", "07700 900121", "Must not be told"):
        assert known in page
    assert "900122" not in page, "who must not be told has no number to press by mistake"
    looks = AuditEvent.objects.filter(action="looked", target_kind="peer.person", target_id=asha.person_id)
    assert looks.get().by_id == lee.pk


def test_what_must_be_acted_on_stands_first_on_the_home_page_of_the_one_on_call(worry: Escalation, lee: User) -> None:
    client = signed_in(lee)
    html = client.get("/home/").content.decode()
    assert f"Somebody in {worry.group.title} may need you now" in html
    assert f'href="/escalations/{worry.public_id}/"' in html
    assert WORDS not in html
    client.post(f"/escalations/{worry.public_id}/acknowledge/")
    html = client.get("/home/").content.decode()
    assert f"You have a worry in {worry.group.title} in hand" in html
    assert f'href="/escalations/{worry.public_id}/act-sheet/"' in html


def test_a_manager_s_home_shows_a_worry_when_nobody_has_answered(worry: Escalation) -> None:
    sam = signed_in(make_user(name="Sam", roles=(Role.SERVICE_MANAGER,)))
    assert worry.group.title not in sam.get("/home/").content.decode()
    Escalation.objects.update(exhausted_at=worry.opened_at)
    html = sam.get("/home/").content.decode()
    assert f"Nobody has answered a worry in {worry.group.title}" in html
    assert f'href="/escalations/{worry.public_id}/"' not in html, "a manager reads no words of it"


def test_nobody_else_s_home_says_a_word_of_it(worry: Escalation, asha: Membership) -> None:
    mo = make_member(group=asha.group, role=Role.PEER_MODERATOR).user
    for user in (asha.user, mo, make_user(), make_user(roles=(Role.CO_ORDINATOR,))):
        assert "escalations" not in signed_in(user).get("/home/").content.decode()


def test_act_now_is_never_hidden_under_more(lee: User) -> None:
    titles = [str(entry["title"]) for entry in nav.entries_for(nav.roles_of(lee))]
    assert titles.index("Act now") < nav.IN_SIGHT


def in_hand(worry: Escalation, lee: User) -> Client:
    client = signed_in(lee)
    client.post(f"/escalations/{worry.public_id}/acknowledge/")
    return client


def test_u4_the_act_sheet_rings_without_showing_the_clinician_s_number_and_names_the_crisis_team(
    worry: Escalation, lee: User, asha: Membership, settings: Any
) -> None:
    settings.CRISIS_TEAM_PHONE = "020 7946 0911"
    ContactPoint.for_number("07700 900101", person=asha.person, source="test").save()
    page = in_hand(worry, lee).get(f"/escalations/{worry.public_id}/act-sheet/").content.decode()
    assert 'href="tel:14107700900101"' in page
    assert "tel:+44" not in page
    assert "Or the crisis team: 020 7946 0911." in page
    assert "<dd>English</dd>" in page


def test_a_service_without_a_crisis_team_names_none_and_no_address_is_not_said_to_stand_below(
    worry: Escalation, lee: User, asha: Membership, settings: Any
) -> None:
    settings.CRISIS_TEAM_PHONE = ""
    Person.objects.filter(pk=asha.person_id).update(address=None)
    page = in_hand(worry, lee).get(f"/escalations/{worry.public_id}/act-sheet/").content.decode()
    assert "crisis team" not in page
    assert "with the address below" not in page


@pytest.mark.parametrize(
    ("how", "words"), [("key", "pressed 1 on the phone"), ("link", "the link in the text"), ("sign_in", "signed in")]
)
def test_what_was_done_says_who_took_it_and_how(worry: Escalation, lee: User, how: str, words: str) -> None:
    escalations.acknowledge(worry, by=lee, how=how)
    done = signed_in(lee).get(f"/escalations/{worry.public_id}/").content.decode().split("What was done</h2>")[1]
    assert words in done


def test_the_board_names_the_worry_to_its_clinician_and_only_the_group_to_a_manager(
    worry: Escalation, lee: User, asha: Membership
) -> None:
    title = f"{asha.pseudonym} · {asha.group.title}"
    assert title in signed_in(lee).get("/escalations/").content.decode()
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    page = signed_in(sam).get("/escalations/").content.decode()
    assert asha.group.title in page
    assert asha.pseudonym not in page


def test_from_the_board_a_paused_group_can_be_found_and_opened_again(worry: Escalation, lee: User) -> None:
    link = 'href="/pause/"'
    assert link in signed_in(lee).get("/escalations/").content.decode()
    lead = signed_in(make_user(roles=(Role.SAFEGUARDING_LEAD,)))
    assert link not in lead.get("/escalations/").content.decode(), "to them that page is a 404"

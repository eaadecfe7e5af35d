"""Asking for a place: answered by a person, never decided by silence, the same consent as by a link (S1, S31, U3)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections
from django.test import Client

from notifications.models import Delivery
from peer import clock, gate
from peer.actions import invitations, join_requests
from peer.models import Consent, HelloCall, Invitation, JoinRequest, KeptApart, Membership, Person, SupportGroup, User
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken, StaleMove
from tests.make import make_member, make_open_group, make_person, make_phone, make_user, make_wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    """Make an open group that 14 and 15 year olds who wait can find."""
    made = make_open_group()
    SupportGroup.objects.filter(pk=made.pk).update(listed=True)
    made.refresh_from_db()
    return made


@pytest.fixture
def omar() -> User:
    """Make a 15-year-old who waits, signed in, in no group."""
    person = make_person(given_name="Omar", born_on=clock.today() - dt.timedelta(days=15 * 366))
    make_wait(person=person)
    make_phone(person=person)
    return make_user(person=person)


@pytest.fixture
def kim() -> User:
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


def asked(user: User, group: SupportGroup, note: str = "") -> JoinRequest:
    assert user.person
    return join_requests.ask(user.person, by=user, group=group, note=note)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_question_has_an_owner_and_is_due_in_two_working_days(omar: User, group: SupportGroup) -> None:
    one = asked(omar, group)
    assert (one.state, one.owner_role) == ("asked", "co_ordinator")
    assert one.due_at == dt.datetime(2026, 11, 18, 17, tzinfo=dt.UTC)  # Monday noon, then Wednesday at five


@pytest.mark.parametrize(("note", "level"), [("I want to die", "red"), ("I can draw", "")])
def test_worrying_words_beside_it_go_to_a_clinician_in_minutes_and_head_the_list(
    omar: User, group: SupportGroup, kim: User, note: str, level: str
) -> None:
    older = make_user(person=make_person(born_on=omar.person.born_on))
    make_wait(person=older.person)
    asked(older, group)
    one = asked(omar, group, note)
    assert one.note_level == level
    assert (one.owner_role == "clinician") is bool(level)
    assert (JoinRequest.objects.visible_to(kim).waiting().first() == one) is bool(level)
    page = signed_in(omar).get(one.get_absolute_url()).content.decode()
    assert ("Nobody has read it yet, and nobody is on the way" in page) is bool(level)


def test_from_the_card_to_the_hello_call_by_the_pages_alone(omar: User, group: SupportGroup, kim: User) -> None:
    young, staff = signed_in(omar), signed_in(kim)
    assert "Groups you could join" in young.get("/groups/").content.decode()
    assert young.post(f"/groups/ask/{group.public_id}/", {"note": "I like drawing"}).status_code == 302
    one = JoinRequest.objects.get()
    assert "One of our team answers you here" in young.get("/groups/").content.decode()
    assert "Omar Example would like to join Lantern" in staff.get("/staff/invitations/").content.decode()
    answer = f"/staff/invitations/asked/{one.public_id}/"
    assert "I like drawing" in staff.get(answer).content.decode()
    assert staff.post(answer, {"outcome": "accept", "words": "Good to have you."}).status_code == 302
    text = Delivery.objects.get().body
    assert "there is an answer to what you asked us" in text
    assert "Lantern" not in text
    home = young.get("/groups/").content.decode()
    assert "There is a place for you" in home
    assert "Good to have you." in home
    place = f"/groups/place/{Invitation.objects.get().public_id}/yes/"
    assert young.post(place, {"join": "on"}).status_code == 422
    assert young.post(place, {"join": "on", "limits": "on", "parent_told": "no"}).status_code == 302
    membership = Membership.objects.get(person=omar.person)
    assert (membership.state, membership.user) == ("accepted", omar)
    assert HelloCall.objects.get().membership == membership
    said = Consent.objects.filter(person=omar.person).values_list("purpose", "given")
    assert set(said) == {("join", True), ("limits", True), ("parent_told", False)}
    assert young.get(place).status_code == 404
    assert "There is a place for you" not in young.get("/groups/").content.decode()


def test_a_no_needs_kind_words_and_says_what_else_there_is(omar: User, group: SupportGroup, kim: User) -> None:
    other = make_open_group(title="Beacon")
    SupportGroup.objects.filter(pk=other.pk).update(listed=True)
    one = asked(omar, group)
    staff = signed_in(kim)
    page = f"/staff/invitations/asked/{one.public_id}/"
    assert staff.post(page, {"outcome": "decline", "words": " "}).status_code == 422
    assert staff.post(page, {"outcome": "decline", "words": "It is full until May."}).status_code == 302
    html = signed_in(omar).get(one.get_absolute_url()).content.decode()
    assert "It is full until May." in html
    assert "Beacon" in html
    assert signed_in(omar).post(f"{one.get_absolute_url()}put-away/").status_code == 302
    assert "It is full until May." not in signed_in(omar).get("/groups/").content.decode()
    assert asked(omar, group).pk != one.pk


def test_a_place_that_must_not_be_given_is_refused_to_staff_in_neutral_words(
    omar: User, group: SupportGroup, kim: User
) -> None:
    one = asked(omar, group)
    KeptApart.objects.create(one=omar.person, other=make_member(group=group).person, why="x", by=kim)
    with pytest.raises(RuleBroken, match="ask a clinician"):
        join_requests.accept(one, by=kim)
    one.refresh_from_db()
    assert one.state == "asked"


def test_what_was_answered_is_not_answered_again_and_what_was_taken_back_neither(
    omar: User, group: SupportGroup, kim: User
) -> None:
    one = asked(omar, group)
    stale = JoinRequest.objects.get(pk=one.pk)
    join_requests.decline(one, by=kim, words="Not now.")
    with pytest.raises((IllegalMove, StaleMove)):
        join_requests.accept(stale, by=kim)
    again = asked(omar, group)
    join_requests.withdraw(again, by=omar)
    with pytest.raises((IllegalMove, StaleMove)):
        join_requests.accept(again, by=kim)
    assert not Invitation.objects.exists()


def test_nobody_asks_for_somebody_else_or_answers_without_the_right(omar: User, group: SupportGroup) -> None:
    rival = make_user(person=make_person(given_name="Ivo"))
    with pytest.raises(gate.NotAllowed):
        join_requests.ask(omar.person, by=rival, group=group)
    one = asked(omar, group)
    for act in (join_requests.withdraw, join_requests.accept):
        with pytest.raises(gate.NotAllowed):
            act(one, by=rival)
    mo = User.objects.get(memberships__pseudonym="Mo")
    with pytest.raises(gate.NotAllowed):
        join_requests.decline(one, by=mo, words="No.")


@pytest.mark.parametrize("who", ["another", "parent", "moderator"])
def test_somebody_elses_question_is_a_page_that_never_was(omar: User, group: SupportGroup, who: str) -> None:
    one = asked(omar, group)
    user = {
        "another": lambda: make_user(person=make_person()),
        "parent": lambda: make_user(person=make_person(kind=Person.Kind.PARENT_CARER)),
        "moderator": lambda: User.objects.get(memberships__pseudonym="Mo"),
    }[who]()
    client = signed_in(user)
    for real, random in (
        (one.get_absolute_url(), "/groups/asked/AbCdEfGhIjKlMnOp/"),
        (f"/staff/invitations/asked/{one.public_id}/", "/staff/invitations/asked/AbCdEfGhIjKlMnOp/"),
    ):
        answers = [client.get(address) for address in (real, random)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def test_a_place_is_kept_thirty_days_and_can_be_refused(omar: User, group: SupportGroup, kim: User) -> None:
    invitation = join_requests.accept(asked(omar, group), by=kim)
    with clock.at(clock.now() + dt.timedelta(days=31)), pytest.raises(RuleBroken, match="not kept any more"):
        invitations.take(invitation, by=omar, parent_told=None)
    client = signed_in(omar)
    assert client.post(f"/groups/place/{invitation.public_id}/no/").status_code == 302
    invitation.refresh_from_db()
    assert invitation.state == "declined"
    assert not Membership.objects.filter(person=omar.person).exists()


def test_a_mixed_group_is_entered_only_by_a_yes_to_the_others(omar: User, group: SupportGroup, kim: User) -> None:
    SupportGroup.objects.filter(pk=group.pk).update(audience="mixed", eligibility="asked")
    group.refresh_from_db()
    invitation = join_requests.accept(asked(omar, group), by=kim)
    client, place = signed_in(omar), f"/groups/place/{invitation.public_id}/yes/"
    assert "parents and carers" in client.get(place).content.decode()
    answers = {"join": "on", "limits": "on", "parent_told": "later"}
    assert client.post(place, answers).status_code == 422
    with pytest.raises(RuleBroken):
        invitations.take(invitation, by=omar, parent_told=None)
    assert client.post(place, answers | {"mixed": "on"}).status_code == 302
    assert Consent.objects.holds(omar.person, "mixed")


def test_a_note_that_is_too_long_comes_back_with_its_words(omar: User, group: SupportGroup) -> None:
    answer = signed_in(omar).post(f"/groups/ask/{group.public_id}/", {"note": "x" * 1_001})
    assert answer.status_code == 422
    assert "x" * 1_001 in answer.content.decode()
    assert not JoinRequest.objects.exists()


def test_asking_twice_is_one_question(omar: User, group: SupportGroup) -> None:
    asked(omar, group)
    with pytest.raises(RuleBroken):
        asked(omar, group)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_rival_askers_on_postgresql_one_wins(omar: User, group: SupportGroup) -> None:
    outcomes: list[str] = []

    def ask() -> None:
        try:
            asked(omar, group)
            outcomes.append("asked")
        except RuleBroken:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked"] + ["refused"] * 5
    assert JoinRequest.objects.count() == 1


def test_nothing_goes_by_machine_to_somebody_whose_record_was_restricted_meanwhile(
    omar: User, group: SupportGroup, kim: User
) -> None:
    one = asked(omar, group)
    Person.objects.filter(pk=omar.person_id).update(restricted_at=clock.now())
    one = JoinRequest.objects.get(pk=one.pk)
    with pytest.raises(RuleBroken, match="A clinician rings"):
        join_requests.accept(one, by=kim)
    join_requests.decline(one, by=kim, words="We would like to talk first.")
    assert not Delivery.objects.exists()


def test_worrying_words_are_not_taken_back_or_answered_away_before_a_clinician_reads_them(
    omar: User, group: SupportGroup, kim: User
) -> None:
    one = asked(omar, group, "I want to die")
    client = signed_in(omar)
    assert "Take it back" not in client.get(one.get_absolute_url()).content.decode()
    assert client.post(f"{one.get_absolute_url()}take-back/").status_code == 302
    for act in (join_requests.accept, join_requests.decline):
        with pytest.raises(RuleBroken, match="A clinician reads this first"):
            act(one, by=kim, words="All right.")
    one.refresh_from_db()
    assert (one.state, one.owner_role) == ("asked", "clinician")
    lee = make_user(roles=(Role.CLINICIAN,))
    assert join_requests.decline(one, by=lee, words="I rang you. Let us start next week.").state == "declined"

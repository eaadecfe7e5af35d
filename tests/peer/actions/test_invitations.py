"""Invitations: to the right person, once, by a link and a code, and nothing given away (safety M1)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connections

from peer import clock, gate
from peer.actions import hello_calls, invitations
from peer.actions.invitations import LINK
from peer.events import on
from peer.models import Consent, HelloCall, Invitation, Membership, Person, SupportGroup, User
from peer.news import InvitationCodeAsked, InvitationOffered
from peer.roles import Role
from peer.states import RuleBroken, StaleMove
from peer.sweeps.invitations import close_late_invitations
from tests.make import make_member, make_open_group, make_person, make_phone, make_user, make_wait

pytestmark = pytest.mark.django_db
heard: dict[str, str] = {}


@on(InvitationOffered)
def _keep_secret(news: InvitationOffered) -> None:
    heard["secret"] = news.secret


@on(InvitationCodeAsked)
def _keep_code(news: InvitationCodeAsked) -> None:
    heard["code"] = news.code


@pytest.fixture
def kim() -> User:
    """Make a co-ordinator."""
    return make_user(roles=(Role.CO_ORDINATOR,))


@pytest.fixture
def lee() -> User:
    """Make a clinician."""
    return make_user(roles=(Role.CLINICIAN,))


@pytest.fixture
def group() -> SupportGroup:
    """Make an open group for 14 and 15 year olds."""
    return make_open_group()


def aged(years: int | None) -> Person:
    """Make a person of that age who waits."""
    born = None if years is None else clock.today().replace(day=1) - dt.timedelta(days=365 * years + years // 4 + 40)
    person = make_person(given_name="Noor", family_name="Hadley", born_on=born)
    make_wait(person=person)
    make_phone(person=person)
    return person


@pytest.fixture
def invitation(group: SupportGroup, kim: User) -> Invitation:
    """Offer the group to a 15-year-old."""
    return invitations.offer(aged(15), by=kim, group=group)


def say_yes(invitation: Invitation) -> Membership:
    """Ask for the code and accept with it."""
    invitations.ask_code(invitation, by=LINK)
    invitation.refresh_from_db()
    return invitations.accept(invitation, by=LINK, code=heard["code"], parent_told=False)


@pytest.mark.parametrize("years", [None, *range(4, 20)])
def test_only_a_known_age_within_the_band_is_offered(group: SupportGroup, kim: User, years: int | None) -> None:
    person = aged(years)
    if years in {14, 15}:
        assert invitations.offer(person, by=kim, group=group).state == "offered"
        return
    with pytest.raises(RuleBroken):
        invitations.offer(person, by=kim, group=group)
    assert not Invitation.objects.exists()


def test_the_link_lasts_thirty_days_and_its_secret_is_stored_as_a_hash(invitation: Invitation) -> None:
    assert invitation.expires_at - invitation.offered_at == dt.timedelta(days=30)
    assert len(heard["secret"]) >= 22
    assert heard["secret"] not in str(Invitation.objects.values().get())
    assert Invitation.objects.live().of_link(heard["secret"]) == invitation


def test_without_a_number_nothing_is_offered(group: SupportGroup, kim: User) -> None:
    person = make_person()
    make_wait(person=person)
    with pytest.raises(RuleBroken):
        invitations.offer(person, by=kim, group=group)
    assert not Invitation.objects.exists()


def test_who_does_not_wait_or_is_on_hold_is_not_asked(group: SupportGroup, kim: User) -> None:
    nobody = make_person()
    held = make_person()
    make_wait(person=held, state="on_hold")
    for person in (nobody, held):
        with pytest.raises(RuleBroken):
            invitations.offer(person, by=kim, group=group)


def test_a_second_offer_waits_until_the_first_is_out_of_date(invitation: Invitation, kim: User) -> None:
    with pytest.raises(RuleBroken):
        invitations.offer(invitation.person, by=kim, group=invitation.group)
    Invitation.objects.update(expires_at=clock.now() - dt.timedelta(seconds=1))
    again = invitations.offer(invitation.person, by=kim, group=invitation.group)
    invitation.refresh_from_db()
    assert (invitation.state, again.state) == ("expired", "offered")


def test_a_moderator_and_a_member_do_not_invite(group: SupportGroup) -> None:
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user
    with pytest.raises(gate.NotAllowed):
        invitations.offer(aged(15), by=mo, group=group)


def test_kept_apart_is_refused_in_neutral_words(group: SupportGroup, kim: User, lee: User) -> None:
    other = make_member(group=group).person
    person = aged(15)
    hello_calls.keep_apart(person, by=lee, other=other, why="A court order.")
    with pytest.raises(RuleBroken) as refused:
        invitations.offer(person, by=kim, group=group)
    assert "apart" not in str(refused.value)
    assert "court" not in str(refused.value)


def test_yes_makes_an_account_the_answers_and_a_hello_call(invitation: Invitation) -> None:
    membership = say_yes(invitation)
    assert membership.state == "accepted"
    assert membership.user
    assert membership.user.person == invitation.person
    assert not membership.user.has_usable_password()
    said = dict(Consent.objects.values_list("purpose", "given"))
    assert said == {"join": True, "limits": True, "parent_told": False}
    assert all(Consent.objects.values_list("text_hash", flat=True))
    call = HelloCall.objects.get()
    assert (call.owner_role, call.state) == ("clinician", "due")
    assert call.due_at
    assert call.due_at > clock.now()
    assert not SupportGroup.objects.visible_to(membership.user).exists()


def test_a_link_works_once_and_of_two_clicks_one_wins(invitation: Invitation) -> None:
    invitations.ask_code(invitation, by=LINK)
    first, second = (Invitation.objects.get(pk=invitation.pk) for _ in range(2))
    invitations.accept(first, by=LINK, code=heard["code"], parent_told=None)
    with pytest.raises(StaleMove):
        invitations.accept(second, by=LINK, code=heard["code"], parent_told=None)
    assert Membership.objects.filter(person=invitation.person).count() == 1
    assert Invitation.objects.live().of_link(heard["secret"]) is None


def test_a_code_has_five_tries_and_ten_minutes(invitation: Invitation) -> None:
    invitations.ask_code(invitation, by=LINK)
    wrong = "000000" if heard["code"] != "000000" else "111111"
    for _try in range(5):
        assert not invitations.try_code(invitation, by=LINK, code=wrong)
    assert not invitations.try_code(invitation, by=LINK, code=heard["code"])
    invitations.ask_code(invitation, by=LINK)
    assert invitations.try_code(invitation, by=LINK, code=heard["code"])
    Invitation.objects.update(code_expires_at=clock.now())
    assert not invitations.try_code(invitation, by=LINK, code=heard["code"])


def test_codes_are_not_sent_without_end(invitation: Invitation) -> None:
    for _code in range(6):
        invitations.ask_code(invitation, by=LINK)
    with pytest.raises(RuleBroken):
        invitations.ask_code(invitation, by=LINK)


def test_without_the_code_nobody_says_yes(invitation: Invitation) -> None:
    with pytest.raises(RuleBroken):
        invitations.accept(invitation, by=LINK, code="", parent_told=None)
    assert not Membership.objects.filter(person=invitation.person).exists()


def test_no_is_no_and_closes_the_link(invitation: Invitation) -> None:
    invitations.decline(invitation, by=LINK)
    assert Invitation.objects.live().of_link(heard["secret"]) is None


def test_a_question_is_owed_and_its_answer_opens_the_link_again(invitation: Invitation, kim: User) -> None:
    invitations.ask(invitation, by=LINK, question="Do I have to talk?")
    assert (invitation.owner_role, invitation.question_level) == ("co_ordinator", "")
    assert invitation.due_at
    assert Invitation.objects.live().of_link(heard["secret"])
    invitations.answer_question(invitation, by=kim, answer="No, reading is fine.")
    assert invitation.state == "offered"


def test_worrying_words_in_a_question_go_to_a_clinician_soon(invitation: Invitation) -> None:
    invitations.ask(invitation, by=LINK, question="I want to die, can I still join")
    assert (invitation.owner_role, invitation.question_level) == ("clinician", "red")
    assert invitation.due_at
    assert invitation.due_at - clock.now() < dt.timedelta(minutes=11)


def test_the_clock_closes_what_nobody_answered(invitation: Invitation) -> None:
    assert close_late_invitations() == 0
    Invitation.objects.update(expires_at=clock.now())
    assert close_late_invitations() == 1
    assert Invitation.objects.get().state == "expired"
    assert close_late_invitations() == 0


def rush(invitation: Invitation, code: str) -> tuple[int, int]:
    """Press the same yes in twenty browsers at once; count who is in and who is told that the link is used."""
    won: list[int] = []
    told: list[int] = []

    def press(number: int) -> None:
        try:
            mine = Invitation.objects.get(pk=invitation.pk)
            invitations.accept(mine, by=LINK, code=code, parent_told=None)
            won.append(number)
        except (StaleMove, RuleBroken):
            told.append(number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return len(won), len(told)


def rivals(kim: User) -> None:
    """Let twenty rivals use one link."""
    invitation = invitations.offer(aged(15), by=kim, group=make_open_group(title="Rivals"))
    invitations.ask_code(invitation, by=LINK)
    assert rush(invitation, heard["code"]) == (1, 19)
    assert Membership.objects.filter(person=invitation.person).count() == 1
    assert User.objects.filter(person=invitation.person).count() == 1
    assert HelloCall.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_twenty_rival_clicks_one_wins(kim: User) -> None:
    rivals(kim)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twenty_rival_clicks_on_postgresql_one_wins(kim: User) -> None:
    rivals(kim)

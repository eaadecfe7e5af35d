"""A way back: by what only its owner has, a day later, announced and stoppable; a parent's phone is never enough (B5)."""

from __future__ import annotations

import datetime as dt

import pytest

from notifications.models import Delivery
from peer import clock, gate, ways_in
from peer.actions import cards, recoveries
from peer.gate import SERVICE
from peer.models import AccountRecovery, Person, User
from peer.models.recoveries import THEN_OPEN, WAITS
from peer.roles import Role
from peer.states import RuleBroken, StaleMove
from peer.sweeps.recoveries import close_late_recoveries
from tests.make import make_person, make_phone, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> User:
    user = make_user(name="Asha", person=make_person())
    cards.choose_words(user, by=user, words=["kettle", "otter", "stairs"])
    return user


@pytest.fixture
def lee() -> User:
    return make_user(roles=(Role.CLINICIAN,))


def later(**span: float):
    return clock.at(clock.now() + dt.timedelta(**span))


def test_own_words_bring_a_way_back_after_a_day_and_old_sessions_end(asha: User) -> None:
    before = asha.get_session_auth_hash()
    number = ways_in.ask_back(asha.person, "stairs kettle otter")
    recovery = AccountRecovery.objects.get()
    assert (recovery.state, recovery.how, recovery.owner_role) == ("asked", "words", "co_ordinator")
    assert recovery.due_at == recovery.asked_at + WAITS + THEN_OPEN
    assert ways_in.come_back(number) is None
    with later(hours=23, minutes=59):
        assert ways_in.come_back(number) is None
    with later(hours=24, minutes=1):
        assert ways_in.come_back(number) == asha
        assert ways_in.come_back(number) is None
    asha.refresh_from_db()
    assert asha.get_session_auth_hash() != before
    assert asha.recovery_asked_at is None


def test_a_code_that_was_kept_does_too_until_there_is_a_newer_one(asha: User) -> None:
    old = cards.keep_code(asha, by=asha).code
    new = cards.keep_code(asha, by=asha).code
    ways_in.ask_back(asha.person, old)
    assert not AccountRecovery.objects.exists()
    ways_in.ask_back(asha.person, new.upper())
    assert AccountRecovery.objects.get().how == "code"


@pytest.mark.parametrize("typed", ["kettle otter door", "kettle", "2011-05-04", "", "x" * 120])
def test_whatever_else_is_typed_a_number_is_given_and_nothing_begins(asha: User, typed: str) -> None:
    assert len(ways_in.ask_back(asha.person, typed)) == 19
    assert len(ways_in.ask_back(None, typed)) == 19
    assert not AccountRecovery.objects.exists()
    asha.refresh_from_db()
    assert asha.recovery_asked_at is None


def test_five_wrong_tries_rest_here_too(asha: User) -> None:
    for _try in range(5):
        ways_in.ask_back(asha.person, "kettle otter door")
    ways_in.ask_back(asha.person, "kettle otter stairs")
    assert not AccountRecovery.objects.exists()


def test_the_owner_hears_of_it_by_their_own_phone_in_words_that_say_nothing(asha: User) -> None:
    make_phone(person=asha.person)
    ways_in.ask_back(asha.person, "kettle otter stairs")
    text = Delivery.objects.get()
    assert (text.channel, text.duty) == ("sms", "code")
    assert "press Stop" in text.body
    assert "Asha" not in text.body


def test_a_shared_phone_hears_nothing(asha: User) -> None:
    make_phone(person=asha.person, is_shared=True)
    ways_in.ask_back(asha.person, "kettle otter stairs")
    assert not Delivery.objects.exists()


def test_whoever_is_signed_in_stops_it(asha: User) -> None:
    number = ways_in.ask_back(asha.person, "kettle otter stairs")
    recoveries.stop(asha, by=asha)
    assert AccountRecovery.objects.get().state == "stopped"
    with later(hours=25):
        assert ways_in.come_back(number) is None


def test_a_second_one_waits_for_the_first(asha: User) -> None:
    first = ways_in.ask_back(asha.person, "kettle otter stairs")
    second = ways_in.ask_back(asha.person, "kettle otter stairs")
    with later(hours=25):
        assert ways_in.come_back(second) is None
        assert ways_in.come_back(first) == asha


def test_somebody_of_staff_who_knows_them_vouches_and_reads_a_number_a_day_later(asha: User, lee: User) -> None:
    recoveries.vouch(asha.person, by=lee, reason="I see her each week, and she rang from school.")
    with pytest.raises(RuleBroken):
        cards.start_together(asha.person, by=lee)
    with later(hours=25):
        started = cards.start_together(asha.person, by=lee)
        assert cards.take_number(SERVICE, by=cards.DOOR, number=started.number) == asha
    assert AccountRecovery.objects.get().state == "done"


@pytest.mark.parametrize("role", [None, Role.SERVICE_MANAGER, Role.PARENT_CARER, Role.YOUNG_PERSON])
def test_nobody_else_vouches(asha: User, role: Role | None) -> None:
    with pytest.raises(gate.NotAllowed):
        recoveries.vouch(asha.person, by=make_user(roles=(role,) if role else ()), reason="I am her dad.")


def test_vouching_needs_a_reason_an_account_and_nobody_of_staff(asha: User, lee: User) -> None:
    for person, reason in (
        (asha.person, " "),
        (make_person(), "I know him."),
        (make_user(person=make_person(kind=Person.Kind.STAFF)).person, "I know her."),
    ):
        with pytest.raises(RuleBroken):
            recoveries.vouch(person, by=lee, reason=reason)
    assert not AccountRecovery.objects.exists()


def test_nobody_stops_or_ends_what_is_somebody_else_s(asha: User) -> None:
    other = make_user(person=make_person())
    ways_in.ask_back(asha.person, "kettle otter stairs")
    with pytest.raises(gate.NotAllowed):
        recoveries.stop(asha, by=other)
    recoveries.stop(other, by=other)
    assert AccountRecovery.objects.get().state == "asked"


def test_after_a_week_the_clock_closes_it(asha: User) -> None:
    number = ways_in.ask_back(asha.person, "kettle otter stairs")
    with later(days=8, hours=1):
        assert ways_in.come_back(number) is None
        assert close_late_recoveries() == 1
        assert close_late_recoveries() == 0
    asha.refresh_from_db()
    assert (AccountRecovery.objects.get().state, asha.recovery_asked_at) == ("lapsed", None)


def test_of_a_stop_and_a_return_at_once_one_wins(asha: User) -> None:
    ways_in.ask_back(asha.person, "kettle otter stairs")
    mine = AccountRecovery.objects.get()
    recoveries.stop(asha, by=asha)
    with later(hours=25), pytest.raises((RuleBroken, StaleMove)):
        recoveries.come_back(mine, by=cards.DOOR)

"""A card, own words and a number read out: in comes who has both, and nobody learns whether there is a card (U9)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, connections, transaction

from peer import clock, gate, ways_in
from peer.actions import cards
from peer.actions.cards import DOOR
from peer.gate import SERVICE
from peer.models import OwnFactor, Person, SignInCard, StartedSignIn, User
from peer.models.cards import STARTED_TRIES, TRIES
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_group, make_member, make_person, make_user

pytestmark = pytest.mark.django_db
WORDS = ["Kettle", "otter", "Stairs"]


@pytest.fixture
def kim() -> User:
    return make_user(roles=(Role.CO_ORDINATOR,))


@pytest.fixture
def ada() -> Person:
    """Ada is 12 and has no phone."""
    return aged(12)


def aged(years: int | None) -> Person:
    born = None if years is None else clock.today().replace(day=1) - dt.timedelta(days=366 * years + 40)
    return make_person(given_name="Ada", family_name="Lark", born_on=born)


@pytest.fixture
def card(ada: Person, kim: User) -> SignInCard:
    """A card with its three words."""
    made = cards.give(ada, by=kim)
    cards.choose_words(ada.user, by=ada.user, words=WORDS)
    made.state = SignInCard.State.READY
    return made


def test_a_card_makes_an_account_and_its_number_is_kept_nowhere(ada: Person, kim: User) -> None:
    card = cards.give(ada, by=kim)
    assert User.objects.get(person=ada).display_name == "Ada"
    assert len(card.number.replace(" ", "")) == 12
    row = SignInCard.objects.filter(pk=card.pk).values().get()
    assert card.number.replace(" ", "") not in str(row)
    assert (row["state"], row["owner_role"]) == ("made", "co_ordinator")
    assert row["due_at"] > clock.now()


def test_a_card_alone_opens_nothing_until_its_words_are_chosen(ada: Person, kim: User) -> None:
    card = cards.give(ada, by=kim)
    assert ways_in.by_card(card.number, "kettle otter stairs") is None


@pytest.mark.parametrize("typed", ["kettle otter stairs", " STAIRS, kettle  Otter. "])
def test_card_and_words_together_let_in_in_any_order(card: SignInCard, typed: str) -> None:
    assert ways_in.by_card(card.number, typed) == card.person.user
    assert ways_in.by_card(card.number.replace(" ", "-"), typed) == card.person.user
    words = OwnFactor.objects.get()
    assert "otter" not in words.secret_hash
    assert words.tries == 0


@pytest.mark.parametrize(("number", "typed"), [("0000 0000 0000", "kettle otter stairs"), ("", "kettle otter stairs")])
def test_a_wrong_number_lets_nobody_in(card: SignInCard, number: str, typed: str) -> None:
    assert ways_in.by_card(number, typed) is None


def test_after_five_wrong_tries_the_card_rests_and_then_wakes(card: SignInCard) -> None:
    for _try in range(TRIES):
        assert ways_in.by_card(card.number, "kettle otter door") is None
    assert ways_in.by_card(card.number, "kettle otter stairs") is None
    with clock.at(clock.now() + dt.timedelta(minutes=31)):
        assert ways_in.by_card(card.number, "kettle otter stairs") == card.person.user


def test_an_ended_card_opens_nothing_whoever_ended_it(card: SignInCard, kim: User) -> None:
    cards.end(card, by=kim)
    assert ways_in.by_card(card.number, "kettle otter stairs") is None
    again = cards.give(card.person, by=kim)
    assert again.state == "ready"  # own words stay
    cards.give_up(card.person.user, by=card.person.user)
    assert ways_in.by_card(again.number, "kettle otter stairs") is None


def test_a_new_card_ends_the_old_one(card: SignInCard, kim: User) -> None:
    cards.give(card.person, by=kim)
    assert ways_in.by_card(card.number, "kettle otter stairs") is None
    assert SignInCard.objects.current().count() == 1


def test_nobody_comes_in_for_somebody_who_died(card: SignInCard) -> None:
    Person.objects.update(deceased_at=clock.now())
    assert ways_in.by_card(card.number, "kettle otter stairs") is None


@pytest.mark.parametrize("years", [None, *range(4, 20)])
def test_cards_begin_at_eleven_and_an_unknown_age_is_not_eligible(kim: User, years: int | None) -> None:
    person = aged(years)
    if years is not None and years >= 11:
        assert cards.give(person, by=kim).state == "made"
        return
    with pytest.raises(RuleBroken):
        cards.give(person, by=kim)
    assert not User.objects.filter(person=person).exists()


def test_staff_get_no_card_and_no_number(kim: User) -> None:
    staff = make_person(kind=Person.Kind.STAFF)
    lee = make_member(group=make_group(), role=Role.CLINICIAN, user=make_user(person=aged(30))).person
    for person in (staff, lee):
        for act in (cards.give, cards.start_together):
            with pytest.raises(RuleBroken):
                act(person, by=kim)


@pytest.mark.parametrize("role", [None, Role.SERVICE_MANAGER, Role.EDITOR, Role.YOUNG_PERSON])
def test_nobody_else_gives_cards(ada: Person, role: Role | None) -> None:
    with pytest.raises(gate.NotAllowed):
        cards.give(ada, by=make_user(roles=(role,) if role else ()))


@pytest.mark.parametrize(
    "words",
    [["kettle", "otter", "otter"], ["kettle", "otter", "ox"], ["kettle", "otter", "ADA"], ["kettle", "otter", "!!!!"]],
)
def test_weak_words_are_refused_and_change_nothing(ada: Person, kim: User, words: list[str]) -> None:
    cards.give(ada, by=kim)
    with pytest.raises(RuleBroken):
        cards.choose_words(ada.user, by=ada.user, words=words)
    assert not OwnFactor.objects.exists()


def test_nobody_chooses_words_for_somebody_else(card: SignInCard, kim: User) -> None:
    with pytest.raises(gate.NotAllowed):
        cards.choose_words(card.person.user, by=kim, words=["one", "two", "three"])


# ── A number read out ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_number_read_out_works_once_and_for_ten_minutes(card: SignInCard, kim: User) -> None:
    first = cards.start_together(card.person, by=kim)
    assert cards.take_number(SERVICE, by=DOOR, number=first.number) == card.person.user
    assert cards.take_number(SERVICE, by=DOOR, number=first.number) is None
    second = cards.start_together(card.person, by=kim)
    with clock.at(clock.now() + dt.timedelta(minutes=11)):
        assert cards.take_number(SERVICE, by=DOOR, number=second.number) is None


def test_only_the_newest_number_of_a_person_is_good(card: SignInCard, kim: User) -> None:
    old = cards.start_together(card.person, by=kim)
    cards.start_together(card.person, by=kim)
    assert cards.take_number(SERVICE, by=DOOR, number=old.number) is None


def test_guessing_ends_the_number_before_it_is_found(card: SignInCard, kim: User) -> None:
    started = cards.start_together(card.person, by=kim)
    wrong = "000000" if started.number != "000 000" else "000001"
    for _try in range(STARTED_TRIES):
        assert cards.take_number(SERVICE, by=DOOR, number=wrong) is None
    assert cards.take_number(SERVICE, by=DOOR, number=started.number) is None


def test_without_a_card_nobody_is_signed_in_by_staff(ada: Person, kim: User) -> None:
    make_user(person=ada)
    with pytest.raises(RuleBroken):
        cards.start_together(ada, by=kim)
    assert not StartedSignIn.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE peer_signincard SET state = 'lent'",
        "UPDATE peer_signincard SET due_at = NULL",
        "UPDATE peer_signincard SET owner_role = ''",
    ],
)
def test_the_database_refuses_what_the_rules_do(card: SignInCard, sql: str) -> None:
    with pytest.raises(Exception, match=r"(?i)constraint|check"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_type_the_same_number_one_comes_in() -> None:
    kim, ada = make_user(roles=(Role.CO_ORDINATOR,)), aged(12)
    cards.give(ada, by=kim)
    started = cards.start_together(ada, by=kim)
    barrier, came = threading.Barrier(2), []

    def rival() -> None:
        barrier.wait()
        came.append(cards.take_number(SERVICE, by=DOOR, number=started.number))
        connections.close_all()

    threads = [threading.Thread(target=rival) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one is not None for one in came) == [False, True]

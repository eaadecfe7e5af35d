"""Pointing somebody to other help: they hear once and alone, say what came of it, and somebody asks (S5, S72)."""

from __future__ import annotations

import uuid

import pytest

from notifications.models import Delivery, Notification
from peer import clock, desks, gate
from peer.actions import signposts
from peer.models import Person, Signpost, User
from peer.roles import Role
from peer.states import IllegalMove, RuleBroken
from tests.make import make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db
WHY = "You said evenings are long."


@pytest.fixture
def lee() -> User:
    return make_user(name="Dr Lee", roles=(Role.CLINICIAN,))


@pytest.fixture
def asha() -> User:
    return make_user(person=make_person())


def person_of(user: User) -> Person:
    assert user.person
    return user.person


def point(asha: User, lee: User, *titles: str) -> Signpost:
    return signposts.point(person_of(asha), by=lee, services={uuid.uuid4(): title for title in titles}, why=WHY)


def test_each_has_an_owner_and_a_day_and_the_person_hears_once_in_neutral_words(asha: User, lee: User) -> None:
    make_contact(person=person_of(asha))
    point(asha, lee, "Kitchen", "Night Owls")
    assert set(Signpost.objects.values_list("title", "owner", "owner_role", "state")) == {
        ("Kitchen", lee.pk, "clinician", "open"),
        ("Night Owls", lee.pk, "clinician", "open"),
    }
    assert all(one.due_at > clock.now() for one in Signpost.objects.all() if one.due_at)
    told = Notification.objects.get(purpose="other_help")
    assert told.recipient == asha.person
    words = " ".join(str(one.body) for one in Delivery.objects.filter(notification=told))
    assert words
    assert not any(word in words for word in ("Kitchen", "help", "evenings"))


def test_the_person_says_what_came_of_it_and_nobody_else_does(asha: User, lee: User) -> None:
    one = point(asha, lee, "Kitchen")
    with pytest.raises(gate.NotAllowed):
        signposts.say(one, by=make_user(person=make_person()), state="helped")
    signposts.say(one, by=asha, state="helped")
    one.refresh_from_db()
    assert (one.state, one.due_at, one.said_by_person) == ("helped", None, True)
    with pytest.raises(IllegalMove):
        signposts.say(one, by=asha, state="tried")


def test_where_they_could_not_get_in_somebody_looks_for_another_way(asha: User, lee: User) -> None:
    one = signposts.say(point(asha, lee, "Kitchen"), by=asha, state="not_in")
    assert one.due_at
    assert list(Signpost.objects.to_ask()) == [one]
    assert "signposts-index" in {work.desk.route for work in desks.work(lee, {Role.CLINICIAN})}
    with pytest.raises(RuleBroken, match="few words"):
        signposts.note(one, by=lee, state="ended", words=" ")
    signposts.note(one, by=lee, state="ended", words="We rang together; they start in May.")
    assert not Signpost.objects.waiting().exists()
    assert Signpost.objects.figures()[0]["not_in"] == 1


@pytest.mark.parametrize(
    ("titles", "why"), [([], "at least one"), (["a", "b", "c", "d"], "three at most")], ids=["none", "four"]
)
def test_one_to_three_at_a_time(asha: User, lee: User, titles: list[str], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        point(asha, lee, *titles)
    assert not Signpost.objects.exists()


def test_the_same_service_is_not_pointed_to_twice_at_once(asha: User, lee: User) -> None:
    key = uuid.uuid4()
    one = signposts.point(person_of(asha), by=lee, services={key: "Kitchen"}, why=WHY)
    with pytest.raises(RuleBroken, match="already"):
        signposts.point(person_of(asha), by=lee, services={key: "Kitchen"}, why=WHY)
    signposts.note(one, by=lee, state="not_for_me")
    signposts.point(person_of(asha), by=lee, services={key: "Kitchen"}, why=WHY)


def test_nobody_is_pointed_anywhere_after_their_death(asha: User, lee: User) -> None:
    person = person_of(asha)
    person.deceased_at = clock.now()
    with pytest.raises(RuleBroken, match="died"):
        signposts.point(person, by=lee, services={uuid.uuid4(): "Kitchen"}, why=WHY)


def test_figures_count_by_service(asha: User, lee: User) -> None:
    key, other = uuid.uuid4(), uuid.uuid4()
    for state in ("helped", "tried", "not_for_me"):
        one = signposts.point(make_person(), by=lee, services={key: "Kitchen"}, why=WHY)
        signposts.note(one, by=lee, state=state)
    signposts.point(person_of(asha), by=lee, services={other: "Owls"}, why=WHY)
    kitchen, owls = Signpost.objects.figures()
    assert {"title": "Kitchen", "made": 3, "tried": 2, "helped": 1, "not_for_me": 1}.items() <= kitchen.items()
    assert {"title": "Owls", "made": 1, "tried": 0}.items() <= owls.items()

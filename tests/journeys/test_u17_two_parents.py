"""U17, C8: two parents with different rights: each hears what they may, and nothing of the other, by any way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from notifications.models import CallTask, Delivery, Letter
from peer import clock
from peer.actions import adults, data_requests, waiting
from peer.actions.adults import Noted
from peer.models import DataRequest, ParentRelationship, Person, User, WaitingListEntry
from peer.roles import Role
from tests.make import make_person, make_user
from tests.notifications.make import make_contact
from tests.notifications.test_offers import send
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon(site_tree: None):
    with clock.at(NOON):
        yield


@dataclass
class Parent:
    """One of the two, and what the other must never meet."""

    user: User
    relation: ParentRelationship
    number: str
    marks: tuple[str, ...]

    @property
    def person(self) -> Person:
        assert self.user.person
        return self.user.person


@dataclass
class Family:
    entry: WaitingListEntry
    mother: Parent
    father: Parent
    lee: User


def make_parent(child: Person, name: str, family_name: str, number: str, *, hidden: bool, may_know: str) -> Parent:
    person = make_person(
        kind="parent_carer", given_name=name, family_name=family_name, born_on=None, location_hidden=hidden
    )
    relation = ParentRelationship.objects.create(young_person=child, adult=person, may_know=may_know)
    make_contact(person=person, number=number, your_word=name.lower())
    marks = (name, family_name, number, number.replace(" ", ""), number.replace(" ", "")[-6:])
    return Parent(make_user(name=name, person=person), relation, number, marks)


@pytest.fixture
def family() -> Family:
    """Asha, 12; her mother may know all and lives at a hidden place, her father may know routine news."""
    entry = make_entry(state="released", person=make_person(given_name="Asha", born_on=dt.date(2014, 5, 4)))
    child = entry.person
    mother = make_parent(child, "Marigold", "Quillfeather", "07700 900411", hidden=True, may_know="all")
    father = make_parent(child, "Barnaby", "Thistledown", "07700 900733", hidden=False, may_know="routine")
    return Family(entry, mother, father, make_user(name="Dr Lee", roles=(Role.CLINICIAN,)))


def decide(family: Family, outcome: str) -> list[str]:
    """Let a clinician decide, and give what goes out."""
    waiting.decide(family.entry, by=family.lee, outcome=outcome, reason="You fit what we do.")
    return send()


def told(parent: Parent) -> list[str]:
    return list(Delivery.objects.filter(notification__recipient=parent.person).values_list("channel", flat=True))


def everything_seen_by(parent: Parent) -> str:
    """Give every page without an argument that opens for this parent, and whatever hangs on it, as one text."""
    client = Client()
    client.force_login(parent.user)
    routes = [str(one.pattern) for one in get_resolver().url_patterns if isinstance(one, URLPattern)]
    open_pages = [f"/{route}" for route in routes if "<" not in route and "^" not in route]
    answers = [
        client.get(page)
        for page in {*open_pages, "/home/", "/messages/", "/me/yes/", "/my-data/", "/my-data/decisions/"}
    ]
    seen = [answer.content.decode() for answer in answers if answer.status_code == 200 and not answer.streaming]
    assert len(seen) > 3
    return "\n".join(seen)


@pytest.mark.parametrize("viewer", ["mother", "father"])
def test_no_page_no_message_and_no_list_of_one_names_the_other(family: Family, viewer: str) -> None:
    decide(family, "accepted")
    mine = getattr(family, viewer)
    other = family.father if viewer == "mother" else family.mother
    seen = everything_seen_by(mine)
    assert "Asha" in seen
    for row in Delivery.objects.filter(notification__recipient=mine.person):
        seen += row.body or ""
    assert [mark for mark in other.marks if mark in seen] == []


def test_routine_news_reaches_both_and_weighty_news_only_who_may_know_all(family: Family) -> None:
    decide(family, "accepted")
    assert (bool(told(family.mother)), bool(told(family.father))) == (True, True)
    before = told(family.father)
    waiting.decide(family.entry, by=family.lee, outcome="not_accepted", reason="Another service fits better.")
    send()
    rung = set(CallTask.objects.filter(about="weighty_news").values_list("person", flat=True))
    assert rung == {family.mother.person.pk}
    assert told(family.father) == before
    assert not Letter.objects.filter(recipient=family.father.person).exists()


def test_whoever_must_not_be_told_any_more_hears_and_sees_nothing_new_at_the_next_request(family: Family) -> None:
    decide(family, "accepted")
    assert "Asha" in everything_seen_by(family.father)
    noted = Noted(
        may_know="nothing", must_not_be_told=True, lives_with=False, has_parental_responsibility=False, says=""
    )
    adults.note(family.father.relation, by=family.lee, noted=noted)
    before = told(family.father)
    decide(family, "offered")
    assert told(family.father) == before
    assert len(told(family.mother)) > 1
    assert not WaitingListEntry.objects.visible_to(family.father.user).exists()
    assert WaitingListEntry.objects.visible_to(family.mother.user).exists()


def test_a_copy_asked_for_by_each_waits_for_a_person_and_neither_sees_the_other_s(family: Family) -> None:
    for parent in (family.mother, family.father):
        data_requests.ask_of_child(parent.relation, by=parent.user)
    assert set(DataRequest.objects.values_list("state", flat=True)) == {"asked"}
    assert all(row.owner_role and row.due_at for row in DataRequest.objects.all())
    for parent in (family.mother, family.father):
        mine = DataRequest.objects.visible_to(parent.user)
        assert [row.asked_by for row in mine] == [parent.person]

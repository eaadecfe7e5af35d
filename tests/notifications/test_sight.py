"""What "What my parent can see" says is what the parent's account reaches, for every level and age (S18)."""

from __future__ import annotations

import itertools

import pytest
from django.test import Client

from notifications import sight
from notifications.models import Delivery
from peer import clock
from peer.actions import competence, waiting
from peer.models import ParentRelationship, Person, TimelineEntry, User
from peer.roles import Role
from tests.make import make_group, make_member, make_person, make_user
from tests.notifications.make import make_contact
from tests.peer.actions.test_consents import found
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db

LEVELS = [(knows, hidden) for knows in ("nothing", "routine", "all") for hidden in (False, True)]


def make_family(*, age: int, knows: str, must_not: bool, able: bool) -> tuple[Person, User]:
    """Make a young person with one entry of each kind and level, news that went out, and a group."""
    lee = make_user(name="Dr Lee", roles=(Role.CLINICIAN,))
    today = clock.today()
    child = make_person(given_name="Asha", born_on=today.replace(year=today.year - age, day=1))
    pat = make_person(kind="parent_carer", given_name="Pat", born_on=None)
    ParentRelationship.objects.create(young_person=child, adult=pat, may_know=knows, must_not_be_told=must_not)
    for person in (child, pat):
        make_contact(person=person)
    entry = make_entry(state="released", person=child)
    for kind, level in itertools.product(TimelineEntry.Kind.values, TimelineEntry.ForAdults.values):
        TimelineEntry.objects.create(person=child, kind=kind, words=f"Token-{kind}-{level}.", for_adults=level)
    if able:
        competence.assess(child, by=lee, found=found())
    waiting.decide(entry, by=lee, outcome="accepted", reason="It fits.")
    Delivery.objects.update(state="delivered")
    make_member(group=make_group(title="Lantern"), user=make_user(person=child), name="Fern")
    return child, make_user(person=pat)


@pytest.mark.parametrize(("age", "able"), [(12, False), (15, False), (15, True), (16, False)])
@pytest.mark.parametrize(("knows", "must_not"), LEVELS)
def test_the_page_and_the_parents_account_agree(age: int, able: bool, knows: str, must_not: bool) -> None:
    child, parent = make_family(age=age, knows=knows, must_not=must_not, able=able)
    client = Client()
    client.force_login(parent)
    reached = client.get("/home/").content.decode()
    sent = client.get("/messages/").content.decode()
    client.force_login(child.user)
    told = client.get("/me/parents/").content.decode()
    (mine,) = sight.of(child)
    lines = {line.key: seen for line, seen in mine.lines}

    for words in TimelineEntry.objects.filter(person=child).values_list("words", flat=True):
        shown = [one for one in lines.get("happened", []) if one.startswith(words)]
        assert bool(shown) is (words in reached), words
        assert bool(shown) is (words in told), words
    assert ("place" in lines) is ("Last heard from us" in reached or "We haven’t written or rung yet" in reached)
    assert bool(lines.get("messages")) is ("News: on the list" in sent or "there is news" in sent)
    assert "Lantern" not in reached + sent
    assert not lines or (knows != "nothing" and not must_not and age < 16 and not able)


def test_nobody_else_has_such_a_page(client: Client) -> None:
    for kind in ("parent_carer", "staff"):
        client.force_login(make_user(person=make_person(kind=kind)))
        assert client.get("/me/parents/").status_code == 404
    client.force_login(make_user())
    assert client.get("/me/parents/").status_code == 404

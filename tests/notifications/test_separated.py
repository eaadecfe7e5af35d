"""When one adult agrees and another objects, machines are silent and a person decides; no family page changes (U17)."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from notifications import outbox, sweeps
from notifications.models import CallTask, Delivery, Duty, Letter, Notification
from peer import clock, gate
from peer.actions import adults, deaths, invitations, restrictions, waiting
from peer.actions.adults import Noted
from peer.models import ParentRelationship, Person, Restriction, User, WaitingListEntry
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_open_group, make_person, make_user
from tests.notifications.make import make_contact, make_delivery
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def lee() -> User:
    return make_user(name="Lee", roles=(Role.CLINICIAN,))


@pytest.fixture
def entry() -> WaitingListEntry:
    """Asha, whose parents Pat and Sam each have a proved phone and may know all."""
    entry = make_entry(state="released", person=make_person(born_on=dt.date(2014, 5, 4)))
    for name in ("Pat", "Sam"):
        adult = make_person(kind="parent_carer", given_name=name)
        make_contact(person=adult)
        ParentRelationship.objects.create(young_person=entry.person, adult=adult, may_know="all")
    return entry


def says(entry: WaitingListEntry, name: str, word: str, *, by: User, **more: object) -> None:
    relation = entry.person.adults.get(adult__given_name=name)
    known = {"may_know": relation.may_know, "must_not_be_told": relation.must_not_be_told} | more
    adults.note(relation, by=by, noted=Noted(lives_with=True, has_parental_responsibility=None, says=word, **known))


def disagree(entry: WaitingListEntry, by: User) -> None:
    says(entry, "Pat", "agrees", by=by)
    says(entry, "Sam", "objects", by=by)


def leaving() -> list[object]:
    token = outbox.claim(duties=tuple(Duty), most=50)
    return list(outbox.begin(token)) if token else []


@pytest.mark.parametrize(("pat", "sam", "silent"), [
    ("agrees", "agrees", False), ("objects", "objects", False), ("agrees", "", False), ("objects", "", False),
    ("", "", False), ("agrees", "objects", True), ("objects", "agrees", True),
])  # fmt: skip
def test_news_goes_unless_one_agrees_and_the_other_objects(entry, lee, pat: str, sam: str, silent: bool) -> None:
    says(entry, "Pat", pat, by=lee)
    says(entry, "Sam", sam, by=lee)
    entry.refresh_from_db()
    waiting.decide(entry, by=lee, outcome="accepted", reason="It fits.")
    assert (len(leaving()) == 0) is silent
    assert CallTask.objects.filter(about="safeguarding").exists() is silent
    rings = CallTask.objects.filter(about="not_reached")
    assert {task.owner_role for task in rings} == ({Role.CLINICIAN} if silent else set())


def test_what_is_queued_already_stays_and_a_clinician_owns_the_decision(entry, lee) -> None:
    waiting.decide(entry, by=lee, outcome="accepted", reason="It fits.")
    disagree(entry, lee)
    assert leaving() == []
    with clock.at(NOON + dt.timedelta(days=60)):
        sweeps.sweep()
        assert leaving() == []
    assert not Delivery.objects.filter(state__in=["accepted", "sent"]).exists()
    assert not Letter.objects.exists()
    task = CallTask.objects.get(about="safeguarding")
    assert (task.person, task.owner_role, task.state) == (entry.person, Role.CLINICIAN, "open")
    assert NOON < task.due_at < NOON + dt.timedelta(days=2)


def test_a_letter_that_nobody_printed_becomes_a_call_by_a_clinician(entry, lee) -> None:
    pat = Person.objects.get(given_name="Pat")
    told = make_delivery(contact=pat.contact_points.get(), state="failed").notification
    Notification.objects.filter(pk=told.pk).update(subject=entry.person)
    Letter.objects.create(
        notification=told, recipient=pat, address="1 Elm Road", body="x", owner_role=Role.CO_ORDINATOR, due_at=NOON
    )
    restrictions.restrict(entry.person, by=lee, reason="Somebody opens the letters.")
    assert Letter.objects.get().state == "cancelled"
    assert CallTask.objects.get().owner_role == Role.CLINICIAN


def test_it_ends_when_they_agree_and_the_task_with_it(entry, lee) -> None:
    disagree(entry, lee)
    says(entry, "Sam", "agrees", by=lee)
    entry.person.refresh_from_db()
    assert entry.person.restricted_at is None
    assert CallTask.objects.get().state == "done"


@pytest.mark.parametrize("change", [{"must_not_be_told": True}, {"may_know": "nothing"}])
def test_it_ends_when_whoever_objects_may_know_nothing_any_more(entry, lee, change) -> None:
    disagree(entry, lee)
    says(entry, "Sam", "objects", by=lee, **change)
    assert not Restriction.objects.current().exists()


def test_it_ends_when_one_of_them_dies(entry, lee) -> None:
    disagree(entry, lee)
    deaths.record_death(Person.objects.get(given_name="Sam"), by=lee, died_on=clock.today(), known_how="x")
    assert not Restriction.objects.current().exists()


def test_a_decision_ends_it_and_stands_until_one_says_something_new(entry, lee) -> None:
    disagree(entry, lee)
    adults.decide(Restriction.objects.get(), by=lee, reason="We ring Pat alone.")
    says(entry, "Sam", "objects", by=lee)
    assert not Restriction.objects.current().exists()
    says(entry, "Sam", "agrees", by=lee)
    says(entry, "Sam", "objects", by=lee)
    assert Restriction.objects.current().exists()


def test_another_reason_for_silence_outlives_the_disagreement(entry, lee) -> None:
    restrictions.restrict(entry.person, by=lee, reason="Her phone is read by others.")
    disagree(entry, lee)
    says(entry, "Sam", "agrees", by=lee)
    entry.person.refresh_from_db()
    assert entry.person.restricted_at is not None
    with pytest.raises(RuleBroken, match="Say why"):
        restrictions.lift(Restriction.objects.current().get(), by=lee, reason=" ")


def test_a_co_ordinator_may_note_but_not_decide(entry) -> None:
    kim = make_user(roles=(Role.CO_ORDINATOR,))
    disagree(entry, kim)
    with pytest.raises(gate.NotAllowed):
        adults.decide(Restriction.objects.get(), by=kim, reason="x")


def test_no_group_is_offered_by_text_to_a_restricted_person(entry, lee) -> None:
    restrictions.restrict(entry.person, by=lee, reason="x")
    entry.person.refresh_from_db()
    with pytest.raises(RuleBroken, match="clinician rings"):
        invitations.offer(entry.person, by=lee, group=make_open_group())


def test_a_parent_s_pages_are_the_same_to_the_byte(entry, lee, client) -> None:
    def pages(name: str) -> list[bytes]:
        person = Person.objects.get(given_name=name)
        client.force_login(getattr(person, "user", None) or make_user(person=person))
        found = [client.get(path).content for path in ("/home/", "/messages/")]
        return [
            re.sub(rb'name="(csrfmiddlewaretoken|form_nonce)" value="[^"]+"|nonce="?[\w-]+"?', b"", page)
            for page in found
        ]

    before = [pages("Pat"), pages("Sam")]
    disagree(entry, lee)
    with clock.at(NOON):
        assert [pages("Pat"), pages("Sam")] == before


def test_the_form_of_an_adult_and_the_task_s_page(entry, lee, client) -> None:
    client.force_login(lee)
    home = f"/staff/waiting/{entry.person.public_id}/"
    for name, word in (("Pat", "agrees"), ("Sam", "objects")):
        relation = entry.person.adults.get(adult__given_name=name)
        address = f"/staff/people/{entry.person.public_id}/adults/{relation.pk}/"
        assert f"Change what we know of {name}" in client.get(home).content.decode()
        assert client.get(address).status_code == 200
        wrong = client.post(address, {"may_know": "everything", "says": word})
        assert wrong.status_code == 422
        said = {"may_know": "all", "says": word, "lives_with": "yes", "has_parental_responsibility": "no"}
        assert client.post(address, said).status_code == 302
    page = client.get(home).content.decode()
    assert "Adults disagree about our being in touch" in page
    assert "has no parental responsibility" in page
    task = CallTask.objects.get()
    page = client.get(f"/staff/calls/{task.public_id}/").content.decode()
    assert "Decide about Asha" in page
    assert "Objects" in page
    assert "What came of it?" not in page
    decide = f"/staff/people/{entry.person.public_id}/adults/decide/"
    assert client.post(decide, {"reason": ""}).status_code == 422
    assert client.post(decide, {"reason": "We ring Pat alone."}).status_code == 302
    assert client.get(decide).status_code == 404
    assert "Decide about" in client.get(f"/staff/calls/{task.public_id}/").content.decode()


def test_for_anybody_else_these_pages_never_were(entry, lee, client) -> None:
    disagree(entry, lee)
    relation = entry.person.adults.first()
    other = make_entry(reference="other").person
    client.force_login(make_user(roles=(Role.EDITOR,)))
    for page in (f"adults/{relation.pk}/", "adults/decide/"):
        assert client.get(f"/staff/people/{entry.person.public_id}/{page}").status_code == 404
    client.force_login(lee)
    assert client.get(f"/staff/people/{other.public_id}/adults/{relation.pk}/").status_code == 404

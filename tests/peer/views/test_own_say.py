"""A clinician's desk of own say, talks before 16, and requests for copies that a person reads (C6–C8, matrix 22, 23, 40)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from peer import clock
from peer.actions import data_requests
from peer.models import (
    CompetenceAssessment,
    Consent,
    DataRequest,
    HelloCall,
    Membership,
    OwnSay,
    ParentRelationship,
    Person,
    User,
)
from peer.roles import Role
from peer.states import RuleBroken
from peer.sweeps.competence import watch_competence
from peer.sweeps.copies import carry_on_copies
from tests.make import make_group, make_person, make_user, make_wait

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)
SAID = {"decision": "parent_news", "outcome": "can", "explained": "Who hears.", "understood": "I choose."}


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def lee() -> User:
    return make_user(name="Dr Lee", roles=(Role.CLINICIAN,))


@pytest.fixture
def child() -> Person:
    person = make_person(given_name="Asha", born_on=dt.date(2012, 1, 5))
    make_wait(person=person)
    make_user(person=person)
    return person


def pages(child: Person) -> list[str]:
    names = [("own-say-detail", [child.public_id]), ("own-say-note", [child.public_id, "texts"]), ("own-say-index", [])]
    return [reverse(name, args=args) for name, args in names]


# ── The desk ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_clinician_reads_writes_down_and_finds_out(client: Client, child: Person, lee: User) -> None:
    client.force_login(child.user)
    client.post("/me/yes/parent_news/", {"answer": "no"})
    assert "A clinician talks with you about it by" in client.get("/me/yes/").content.decode()
    client.force_login(lee)
    index, page = reverse("own-say-index"), reverse("own-say-detail", args=[child.public_id])
    assert "Does not want a parent to hear news" in client.get(index).content.decode()
    assert "the adults who may know it hear news of the wait" in client.get(page).content.decode()
    assert "what they can decide" in client.get(reverse("waiting-detail", args=[child.public_id])).content.decode()
    for wrong in (
        {},
        SAID | {"review_on": "2030-01-01"},
        SAID | {"review_on": "2026-01-01"},
        SAID | {"explained": " "},
    ):
        assert client.post(page, wrong).status_code == 422
    assert not CompetenceAssessment.objects.exists()
    assert client.post(page, SAID | {"review_on": "2027-03-01"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "goes to the young person alone" in shown
    assert "From 16 we talk with the young person, and sometimes sooner" in shown
    assert "Nothing is owed" in client.get(index).content.decode()
    note = reverse("own-say-note", args=[child.public_id, "parent_news"])
    assert "You tell me first" in client.get(note).content.decode()
    assert client.post(note, {}).status_code == 422
    assert client.post(note, {"answer": "yes"}).status_code == 302
    assert Consent.objects.holds(child, "parent_news")
    client.force_login(child.user)
    assert "you told Dr Lee" in client.get("/me/yes/").content.decode()


@pytest.mark.parametrize("role", [None, Role.CO_ORDINATOR, Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD, Role.EDITOR])
def test_to_anybody_else_these_pages_never_were(client: Client, child: Person, role: Role | None) -> None:
    client.force_login(make_user(roles=(role,) if role else ()))
    for page in pages(child):
        assert client.get(page).status_code == 404
        assert client.post(page, SAID).status_code in {404, 405}
    assert not CompetenceAssessment.objects.exists()


# ── Towards sixteen ─────────────────────────────────────────────────────────────────────────────────────────────────
def member(born_on: dt.date, basis: str) -> Person:
    person = make_person(born_on=born_on)
    membership = Membership.objects.create(group=make_group(), person=person, user=make_user(person=person))
    HelloCall.objects.create(membership=membership, state="confirmed", basis=basis)
    return person


@pytest.mark.parametrize(
    ("born_on", "on", "owed"),
    [
        (dt.date(2011, 3, 1), dt.date(2026, 12, 30), 0), (dt.date(2011, 3, 1), dt.date(2026, 12, 31), 1),
        (dt.date(2012, 2, 29), dt.date(2027, 12, 30), 0), (dt.date(2012, 2, 29), dt.date(2027, 12, 31), 1),
        (dt.date(2011, 12, 31), dt.date(2027, 10, 31), 0), (dt.date(2011, 12, 31), dt.date(2027, 11, 1), 1),
    ],
)  # fmt: skip
def test_sixty_days_before_sixteen_somebody_owes_a_talk_once(born_on: dt.date, on: dt.date, owed: int) -> None:
    person = member(born_on, "parent")
    member(born_on, "sixteen")
    with clock.at(dt.datetime.combine(on, dt.time(0, 30), clock.LONDON)):
        assert watch_competence() == owed
        assert watch_competence() == 0
    assert [talk.person for talk in OwnSay.objects.waiting()] == [person] * owed


def test_at_sixteen_a_finding_rests_and_the_own_yes_is_asked_again(client: Client, lee: User) -> None:
    person = member(dt.date(2010, 12, 1), "competent")
    for purpose in ("join", "limits"):
        Consent.objects.say(person, purpose, given=True, basis="competent", by=lee)
    client.force_login(lee)
    page = reverse("own-say-detail", args=[person.public_id])
    assert client.post(page, SAID | {"review_on": "2027-01-10"}).status_code == 302
    with clock.at(NOON + dt.timedelta(days=13)):
        watch_competence()
        assert CompetenceAssessment.objects.get().state == "ended"
        talk = OwnSay.objects.get(about=OwnSay.About.SIXTEEN)
        assert "Turns 16" in client.get(page).content.decode()
        assert client.post(page, SAID | {"review_on": "2027-01-10"}).status_code == 422
        assert client.post(reverse("own-say-talked", args=[person.public_id, talk.pk])).status_code == 302
        client.force_login(person.user)
        assert "You are 16 now" in client.get("/me/yes/").content.decode()
    assert Membership.objects.get(person=person).state == "accepted"  # nobody loses a place by a birthday


# ── Copies ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def make_parents(child: Person) -> list[User]:
    """Make two parents with different rights, who must learn nothing of each other."""
    users = []
    for name, knows, has in (("Pat", "all", True), ("Quentin", "routine", False)):
        adult = make_person(kind="parent_carer", given_name=name, family_name=f"{name}son")
        Person.objects.filter(pk=adult.pk).update(address=f"1 {name} Street")
        ParentRelationship.objects.create(
            young_person=child, adult=adult, may_know=knows, has_parental_responsibility=has
        )
        users.append(make_user(person=Person.objects.get(pk=adult.pk)))
    return users


def test_two_parents_never_see_each_other_and_no_request_runs_by_itself(
    client: Client, child: Person, lee: User
) -> None:
    pat, quentin = make_parents(child)
    said = []
    for user, other in ((pat, "Quentin"), (quentin, "Pat")):
        client.force_login(user)
        own = child.adults.get(adult=user.person)
        theirs = child.adults.exclude(pk=own.pk).get()
        assert client.post(f"/my-data/ask/copy/{own.pk}/").status_code == 302
        assert client.post(f"/my-data/ask/copy/{own.pk}/").status_code == 422
        assert client.post(f"/my-data/ask/copy/{theirs.pk}/").status_code == 404
        for page in (
            "/home/",
            "/my-data/",
            f"/my-data/ask/copy/{own.pk}/",
            "/me/yes/",
            "/messages/",
            "/messages/wishes/",
        ):
            assert other not in client.get(page).content.decode()
        said.append(client.get("/my-data/").content.decode().count("We have it"))
    assert said == [1, 1]
    assert {(row.state, row.owner_role) for row in DataRequest.objects.all()} == {("asked", Role.CLINICIAN)}
    assert all(row.due_at <= NOON + dt.timedelta(days=31) for row in DataRequest.objects.all())
    with clock.at(NOON + dt.timedelta(days=400)):
        watch_competence()
        assert carry_on_copies() == 0
        assert {row.state for row in DataRequest.objects.all()} == {"asked"}


def test_a_clinician_is_warned_from_twelve_and_answers_with_a_reason(client: Client, child: Person, lee: User) -> None:
    pat, _quentin = make_parents(child)
    client.force_login(pat)
    client.post(f"/my-data/ask/copy/{child.adults.get(adult=pat.person).pk}/")
    request = DataRequest.objects.get()
    client.force_login(lee)
    page = reverse("data-requests-detail", args=[request.public_id])
    decide = reverse("data-requests-act", args=[request.public_id, "decide"])
    assert page in client.get(reverse("own-say-index")).content.decode()
    assert "Ask the young person first" in client.get(page).content.decode()
    for wrong in ({}, {"outcome": "none", "note": " "}, {"note": "Asha said no."}):
        assert client.post(decide, wrong).status_code == 422
    assert client.post(decide, {"outcome": "none", "note": "Asha said no."}).status_code == 302
    assert client.post(decide, {"outcome": "all", "note": "Again."}).status_code == 409
    request.refresh_from_db()
    assert (request.state, request.outcome, request.read_by) == ("done", "none", lee)
    sam = make_user(roles=(Role.SERVICE_MANAGER,))
    for user in (pat, child.user, sam):
        client.force_login(user)
        assert client.get(page).status_code == 404
        assert client.post(decide, {"outcome": "all", "note": "Yes."}).status_code == 404
    client.force_login(pat)
    for address in ("/my-data/", "/my-data/rights/", reverse("data-requests-own", args=[request.public_id])):
        assert "Asha said no" not in client.get(address).content.decode()
    client.force_login(child.user)
    for address in ("/my-data/", "/my-data/rights/", "/my-data/who-looked/"):
        assert "Pat" not in client.get(address).content.decode()
    assert client.get(reverse("data-requests-own", args=[request.public_id])).status_code == 404
    assert client.post("/my-data/ask/copy/").status_code == 302
    assert DataRequest.objects.get(state="asked").person == child


def test_of_a_childs_copy_nobody_says_no_in_words_that_the_child_or_the_adult_read(child: Person) -> None:
    pat, _quentin = make_parents(child)
    request = data_requests.ask_of_child(child.adults.get(adult=pat.person), by=pat)
    with pytest.raises(RuleBroken, match="A clinician decides"):
        data_requests.refuse(request, by=make_user(roles=(Role.SERVICE_MANAGER,)), reason="No.")
    own = data_requests.ask(child, by=child.user, kind="copy")
    with pytest.raises(RuleBroken, match="about themselves"):
        data_requests.decide(own, by=make_user(roles=(Role.CLINICIAN,)), outcome="none", note="No.")

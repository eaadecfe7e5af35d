"""The page after signing in: a young person, a parent and staff each find theirs, and nothing that is not."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.actions import calls
from notifications.models import CallTask
from peer import clock
from peer.actions import feedback, waiting
from peer.gate import SERVICE
from peer.models import (
    Consent,
    HelloCall,
    JoinRequest,
    ParentRelationship,
    Person,
    TimelineEntry,
    User,
    WaitingListEntry,
)
from peer.roles import Role
from tests.make import make_group, make_member, make_person, make_phone, make_user
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db


def home(client: Client, user: User) -> str:
    client.force_login(user)
    page = client.get("/home/")
    assert page.status_code == 200
    return page.content.decode()


def make_parent(child: Person, *, may_know: str = "all") -> User:
    parent = make_person(kind="parent_carer", given_name="Pat")
    ParentRelationship.objects.create(young_person=child, adult=parent, may_know=may_know)
    return make_user(person=parent)


def test_a_young_person_reads_where_they_are_and_when_they_last_heard(client: Client) -> None:
    entry = make_entry(state="released")
    TimelineEntry.objects.create(person=entry.person, kind="call", words="We spoke on the phone.")
    page = home(client, make_user(person=entry.person))
    assert "You’re on the list. Here’s what we know" in page
    assert "Last heard from us: today" in page
    assert "You keep your place" in page or "you keep your place" in page


@pytest.mark.parametrize(("others", "told"), [(5, True), (4, False)])
def test_a_young_person_reads_when_those_asked_who_start_now_unless_they_are_few(
    client: Client, others: int, told: bool
) -> None:
    entry = make_entry(state="released", reference="mine")
    for number in range(others):
        other = make_entry(reference=f"other-{number}", days=400, state="released")
        other.go_on("started")
    page = home(client, make_user(person=entry.person))
    assert ("People who start now asked for help around" in page) is told


def test_good_news_is_there_with_its_reason(client: Client) -> None:
    entry = make_entry(state="released")
    kim = make_user(roles=(Role.CLINICIAN,))
    waiting.decide(entry, by=kim, outcome="accepted", reason="School mornings are hard.", next_step="")
    page = home(client, make_user(person=entry.person))
    assert "We said yes" in page
    assert "School mornings are hard." in page


@pytest.mark.parametrize("who", ["young person", "parent"])
def test_weighty_news_is_not_read_on_the_page_before_a_person_has_told_it(client: Client, who: str) -> None:
    entry = make_entry(state="released")
    user = make_user(person=entry.person) if who == "young person" else make_parent(entry.person)
    decision = waiting.decide(
        entry, by=make_user(roles=(Role.CLINICIAN,)), outcome="not_accepted", reason="Another team helps better."
    )
    page = home(client, user)
    assert "Another team" not in page
    assert "ot accepted" not in page
    decision.write_down(told=True)
    assert "Another team helps better." in home(client, user)


def test_a_parents_page_says_nothing_of_a_group(client: Client) -> None:
    entry = make_entry(state="released")
    parent = make_parent(entry.person)
    before = home(client, parent)
    group = make_group(title="Lantern")
    make_member(group=group, user=make_user(person=entry.person), name="Fern")
    TimelineEntry.objects.create(person=entry.person, kind="note", words="Joined Lantern.", for_adults="never")
    after = home(client, parent)
    tokens = re.compile(r'value="[\w-]{20,}"')
    assert tokens.sub("", after) == tokens.sub("", before)


def test_from_sixteen_a_parents_page_is_the_same_with_and_without_an_objection(client: Client) -> None:
    today = clock.today()
    child = make_person(born_on=today.replace(year=today.year - 16, day=1))
    make_entry(state="released", person=child)
    parent = make_parent(child)
    tokens = re.compile(r'value="[\w-]{20,}"')
    before = tokens.sub("", home(client, parent))
    assert "From 16 we talk with the young person" in before
    for given in (False, True):
        Consent.objects.create(
            person=child, purpose="parent_news", given=given, basis="16-17 presumed", covers=["news"] if given else []
        )
        assert tokens.sub("", home(client, parent)) == before


def test_an_adult_who_must_not_be_told_finds_an_empty_page(client: Client) -> None:
    entry = make_entry(state="released")
    parent = make_parent(entry.person)
    ParentRelationship.objects.update(must_not_be_told=True)
    page = home(client, parent)
    assert entry.person.given_name not in page
    assert "Nothing here yet" in page


def test_a_co_ordinator_finds_the_desk_and_a_moderator_the_group(client: Client) -> None:
    make_entry()
    assert "1 family is on hold" in home(client, make_user(roles=(Role.CO_ORDINATOR,)))
    mo = make_member(group=make_group(title="Lantern"), role=Role.PEER_MODERATOR).user
    assert "Lantern" in home(client, mo)


def test_home_takes_few_queries(client: Client) -> None:
    entry = make_entry(state="released")
    client.force_login(make_user(person=entry.person))
    with CaptureQueriesContext(connection) as seen:
        client.get("/home/")
    assert len(seen) <= 11, [query["sql"][:90] for query in seen]


def test_staff_find_what_waits_at_each_desk_the_most_pressing_first_and_nobody_else_does(client: Client) -> None:
    due = {"owner_role": Role.CLINICIAN, "due_at": clock.now() + dt.timedelta(days=2)}
    for days in (1, 3):
        member = make_member(group=make_group(title=f"Group {days}"))
        HelloCall.objects.create(membership=member, **due | {"due_at": clock.now() + dt.timedelta(days=days)})
    late = due | {"due_at": clock.now() - dt.timedelta(hours=1)}
    JoinRequest.objects.create(person=make_person(), group=make_group(title="Lantern"), asked_at=clock.now(), **late)
    page = home(client, make_user(roles=(Role.CLINICIAN,))).partition("Waiting for you")[2]
    assert page.index("The first was due") < page.index("2 wait.")
    assert page.index("People who ask to join") < page.index("Hello calls</a>")
    page = home(client, make_user(roles=(Role.CO_ORDINATOR,)))
    assert "People who ask to join" in page
    assert "2 wait." not in page
    for role in (Role.SERVICE_MANAGER, Role.SAFEGUARDING_LEAD, Role.EDITOR):
        assert "Nothing waits for you here now" in home(client, make_user(roles=(role,)))
    assert "Waiting for you" not in home(client, member.user)


def ring_after(entry: WaitingListEntry) -> CallTask:
    """Decide what a person must tell, and give the call that does."""
    waiting.decide(entry, by=make_user(roles=(Role.CLINICIAN,)), outcome="not_accepted", reason="Others help better.")
    return CallTask.objects.get(about="weighty_news")


def hours(task: CallTask) -> str:
    """Say the hours of a call as the page says them."""
    assert task.ring_from_at
    day = task.ring_from_at.astimezone(clock.LONDON)
    return f"{day:%A} {day.day} {day:%B}, between 3pm and 5pm"


def test_the_page_names_the_hours_that_the_text_named(client: Client) -> None:
    entry = make_entry(state="released")
    make_phone(person=entry.person)
    task = ring_after(entry)
    page = home(client, make_user(person=entry.person))
    assert hours(task) in page
    assert "Others help better" not in page


def test_a_parent_s_page_names_the_hours_too_and_a_parent_who_was_not_told_reads_none(client: Client) -> None:
    entry = make_entry(state="released")
    told, other = make_parent(entry.person, may_know="all"), make_parent(entry.person, may_know="routine")
    make_phone(person=told.person)
    task = ring_after(entry)
    assert hours(task) in home(client, told)
    assert "between 3pm and 5pm" not in home(client, other)


def test_after_a_try_in_vain_the_page_names_no_hours_that_are_over(client: Client) -> None:
    entry = make_entry(state="released")
    make_phone(person=entry.person)
    task = ring_after(entry)
    assert task.ring_from_at
    with clock.at(task.ring_from_at):
        calls.no_answer(task, by=make_user(roles=(Role.CO_ORDINATOR,)))
    page = home(client, make_user(person=entry.person))
    assert "so we will ring" in page
    assert "between 3pm" not in page


def test_who_runs_the_service_sees_how_much_waits(client: Client) -> None:
    feedback.give(SERVICE, by=feedback.VISITOR, said=feedback.Said(works="The text."), nonce="a", sender="a")
    assert "1 waits for its next step." in home(client, make_user(roles=(Role.SERVICE_MANAGER,)))
    assert "waits for its next step" not in home(client, make_user(roles=(Role.EDITOR,)))


@pytest.mark.parametrize("role", [Role.CO_ORDINATOR, Role.CLINICIAN, Role.SERVICE_MANAGER])
def test_every_desk_of_staff_leads_to_the_feedback(client: Client, role: Role) -> None:
    assert 'href="/staff/feedback/"' in home(client, make_user(roles=(role,)))

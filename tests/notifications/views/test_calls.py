"""Calls to make: a conversation proves the number and agrees a word; nobody is lost over a wrong one (U1, U2, H04)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from cms.templatetags.components import is_optional
from notifications.actions import calls
from notifications.forms.calls import CallForm
from notifications.models import CallTask, ContactPoint, OptOut
from peer import gate
from peer.actions import waiting
from peer.models import AuditEvent, ParentRelationship, Person, TimelineEntry, User
from peer.roles import Role
from tests.make import make_person, make_user
from tests.notifications.make import make_contact
from tests.peer.actions.test_waiting import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(client: Client) -> User:
    user = make_user(name="Kim", roles=(Role.CO_ORDINATOR,))
    client.force_login(user)
    return user


@pytest.fixture
def pat() -> ContactPoint:
    """A parent whose number nobody has proved."""
    person = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat")
    return make_contact(person=person, number="07700 900377", state="unproved", your_word="")


@pytest.fixture
def hello(kim: User, pat: ContactPoint) -> CallTask:
    """The call that a release puts on the list."""
    entry = make_entry()
    ParentRelationship.objects.create(young_person=entry.person, adult=pat.person, may_know="all")
    waiting.release_cohort(gate.SERVICE, by=kim, size=1)
    return CallTask.objects.get()


def post(client: Client, task: CallTask, **words: str) -> Any:
    page = client.get(f"/staff/calls/{task.public_id}/")
    nonce = re.search(rb'name="form_nonce" value="([^"]+)"', page.content)
    assert nonce
    return client.post(f"/staff/calls/{task.public_id}/", {"form_nonce": nonce[1].decode()} | words)


def test_the_list_shows_no_number_and_the_page_shows_it_and_leaves_a_trace(client: Client, hello: CallTask) -> None:
    assert "900377" not in client.get("/staff/calls/").content.decode()
    assert not AuditEvent.objects.filter(action="looked").exists()
    assert "07700 900377" in client.get(f"/staff/calls/{hello.public_id}/").content.decode()
    assert AuditEvent.objects.filter(action="looked", target_id=hello.contact_id).exists()


def test_a_conversation_proves_the_number_agrees_a_word_and_keeps_the_wishes(client: Client, hello: CallTask) -> None:
    page = post(
        client, hello, outcome="answered", your_word="robin", preferred_channel="call", language="so",
        voicemail_allowed="on", safe_from="15:00", safe_to="18:00",
    )  # fmt: skip
    contact = ContactPoint.objects.get()
    hello.refresh_from_db()
    assert page.status_code == 302
    assert (contact.state, contact.proved_how, contact.your_word) == ("proved", "conversation", "robin")
    assert (contact.preferred_channel, contact.language, contact.voicemail_allowed) == ("call", "so", True)
    assert (hello.state, hello.outcome) == ("done", "answered")
    assert TimelineEntry.objects.filter(kind="call", words="We spoke on the phone.").count() == 1


def test_a_first_conversation_without_a_word_is_not_saved_and_keeps_the_note(client: Client, hello: CallTask) -> None:
    page = post(client, hello, outcome="answered", note="Kind voice.")
    assert page.status_code == 422
    assert "Agree a word with them" in page.content.decode()
    assert "Kind voice." in page.content.decode()
    assert ContactPoint.objects.get().state == "unproved"


def test_half_a_span_of_safe_hours_is_asked_for_again(client: Client, hello: CallTask) -> None:
    page = post(client, hello, outcome="answered", your_word="robin", safe_from="15:00")
    assert "Give both times, or neither." in page.content.decode()


def test_no_answer_comes_back_on_the_next_working_day_for_ever(client: Client, hello: CallTask) -> None:
    for tries in range(1, 6):
        before = hello.due_at
        post(client, hello, outcome="no_answer")
        hello.refresh_from_db()
        assert (hello.state, hello.tries) == ("open", tries)
        assert hello.due_at
    assert before
    assert waiting.WaitingListEntry.objects.get().state == "released"


def test_a_wrong_number_gets_nothing_more_and_another_way_is_owed(client: Client, hello: CallTask) -> None:
    post(client, hello, outcome="wrong_number")
    again = CallTask.objects.waiting().get()
    assert ContactPoint.objects.get().state == "suspended"
    assert (again.contact, again.about, again.owner_role) == (None, "first_hello_call", Role.CO_ORDINATOR)
    page = client.get(f"/staff/calls/{again.public_id}/").content.decode()
    assert "There is no number that we may ring" in page


def test_a_stranger_at_a_number_that_was_put_aside_meanwhile_is_written_down(client: Client, hello: CallTask) -> None:
    ContactPoint.objects.update(state="suspended", doubt="wrong number by text")
    assert post(client, hello, outcome="wrong_number").status_code == 302
    hello.refresh_from_db()
    assert (hello.state, hello.outcome) == ("done", "wrong_number")
    assert ContactPoint.objects.get().doubt == "wrong number by text"


def test_another_adult_who_may_know_is_rung_next_and_one_who_must_not_never(client: Client, hello: CallTask) -> None:
    child = hello.subject
    for name, terms in (("Gary", {"must_not_be_told": True}), ("Nan", {"may_know": "routine"})):
        adult = make_person(kind="parent_carer", given_name=name)
        make_contact(person=adult, number=f"07700 9005{len(name)}0", state="unproved")
        ParentRelationship.objects.create(young_person=child, adult=adult, **terms)
    post(client, hello, outcome="wrong_number")
    assert CallTask.objects.waiting().get().person.given_name == "Nan"


def test_who_asks_not_to_be_rung_is_not_rung(client: Client, hello: CallTask) -> None:
    post(client, hello, outcome="refused")
    contact = ContactPoint.objects.get()
    assert OptOut.objects.current().filter(where_hash=contact.where_hash, channel="call").exists()


def test_weighty_news_shows_its_script_and_is_on_the_family_page_after_the_call_alone(
    client: Client, kim: User, pat: ContactPoint
) -> None:
    entry = make_entry(state="released")
    ParentRelationship.objects.create(young_person=entry.person, adult=pat.person, may_know="all")
    waiting.decide(entry, by=kim, outcome="not_accepted", reason="Another team helps better.")
    task = CallTask.objects.get(about="weighty_news")
    assert "Another team helps better." in client.get(f"/staff/calls/{task.public_id}/").content.decode()
    assert not TimelineEntry.objects.filter(kind="decision", for_person=True).exists()
    post(client, task, outcome="answered", your_word="robin")
    told = TimelineEntry.objects.get(kind="decision", for_person=True)
    assert (told.for_adults, "Another team helps better." in told.words) == ("all", True)


def test_the_same_outcome_sent_twice_counts_once(client: Client, hello: CallTask) -> None:
    page = client.get(f"/staff/calls/{hello.public_id}/")
    nonce = re.search(rb'name="form_nonce" value="([^"]+)"', page.content)
    assert nonce
    words = {"form_nonce": nonce[1].decode(), "outcome": "no_answer"}
    client.post(f"/staff/calls/{hello.public_id}/", words)
    client.post(f"/staff/calls/{hello.public_id}/", words)
    hello.refresh_from_db()
    assert hello.tries == 1


def test_two_colleagues_cannot_both_take_a_call(client: Client, hello: CallTask) -> None:
    address = f"/staff/calls/{hello.public_id}/take/"
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409


def test_a_number_that_is_none_gets_a_plain_sentence_and_a_good_one_a_call(client: Client, hello: CallTask) -> None:
    child = hello.subject
    assert child
    address = f"/staff/people/{child.public_id}/numbers/"
    words = {"whose": child.public_id, "number": "12", "channel": "text", "language": "en"}
    wrong = client.post(address, words)
    assert wrong.status_code == 422
    assert "short or emergency number" in wrong.content.decode()
    assert client.post(address, words | {"number": "07700 900611"}).status_code == 302
    task = CallTask.objects.get(person=child)
    assert (task.about, task.contact and task.contact.state) == ("first_hello_call", "unproved")


def test_an_adult_who_must_not_be_told_is_not_offered_for_a_number(client: Client, hello: CallTask) -> None:
    ParentRelationship.objects.update(must_not_be_told=True)
    assert hello.subject
    page = client.get(f"/staff/people/{hello.subject.public_id}/numbers/").content.decode()
    assert hello.person.full_name() not in page


def omars(omar: Person, *, voicemail: bool = False) -> CallTask:
    """Make the first call to a young person on their own phone."""
    contact = make_contact(
        person=omar, number="07700 900104", state="unproved", your_word="", voicemail_allowed=voicemail
    )
    return calls.ask(contact, by=make_user(roles=(Role.CO_ORDINATOR,)), subject=omar)


def test_a_young_person_is_asked_about_themselves(client: Client, kim: User) -> None:
    task = omars(make_person(given_name="Omar", born_on=dt.date(2011, 5, 4)))
    html = client.get(f"/staff/calls/{task.public_id}/").content.decode()
    assert "Which young person did you ask for help for" not in html
    assert "The answer should be 4 May 2011" in html
    assert "on our list for Omar" not in html


def test_a_parent_is_asked_which_young_person(client: Client, hello: CallTask) -> None:
    html = client.get(f"/staff/calls/{hello.public_id}/").content.decode()
    assert "Which young person did you ask for help for" in html


def test_the_word_that_a_first_conversation_needs_is_not_called_optional(client: Client, hello: CallTask) -> None:
    form = CallForm(None, task=hello)
    assert not is_optional(form["your_word"])
    ContactPoint.objects.update(your_word="robin")
    assert is_optional(CallForm(None, task=CallTask.objects.get())["your_word"])


@pytest.mark.parametrize("voicemail", [True, False])
def test_word_is_left_only_where_a_voicemail_may_be(client: Client, kim: User, voicemail: bool) -> None:
    task = omars(make_person(given_name="Omar"), voicemail=voicemail)
    html = client.get(f"/staff/calls/{task.public_id}/").content.decode()
    assert ("Left word to ring us" in html) is voicemail
    assert ("Leave no voicemail" in html) is not voicemail
    assert post(client, task, outcome="left_word").status_code == (302 if voicemail else 422)


def test_i_am_ringing_now_comes_before_what_came_of_it(client: Client, hello: CallTask) -> None:
    html = client.get(f"/staff/calls/{hello.public_id}/").content.decode()
    assert html.index("I am ringing now") < html.index("After the call")

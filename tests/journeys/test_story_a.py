"""Story A: from an empty database and the shipped sample file to families that have heard (U1, U2, U10, S3, S9)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.sample.waiting_list import FILE
from notifications.dispatcher import Dispatcher
from notifications.models import CallTask, ContactPoint, Delivery
from notifications.simulator import Simulator
from peer import clock
from peer.models import Person, Referral, User, WaitingListEntry
from peer.roles import Role
from tests.notifications.conftest import dispatcher, eventually, network, network_process, site

__all__ = ["dispatcher", "network", "network_process", "site"]  # the real network, beside the real site
pytestmark = pytest.mark.django_db(transaction=True)

HEAD = 80  # lines of the sample that are enough for one cohort
REASON = "You told us that school mornings are the hardest. We think our team can help with that."
OTHER = "Another team does this better than we do. We would like to talk with you about them."
NEVER_SAID = re.compile(r"CAMHS|mental|therap|clinic|group|school mornings|Another team|accepted", re.IGNORECASE)


@pytest.fixture(autouse=True)
def by_day(settings: Any) -> None:
    """Noon in London, so that no message waits for the morning."""
    noon = dt.datetime.combine(clock.today(), dt.time(12), clock.LONDON)
    settings.CLOCK_OFFSET = (noon - dt.datetime.now(dt.UTC)).total_seconds()


def staff(name: str, role: Role) -> Client:
    """Give the browser of somebody who works here."""
    user = User.objects.create_user(handle=name.lower(), display_name=name)
    user.service_roles.create(role=role)
    return signed_in(user)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def submit(client: Client, address: str, **words: Any) -> Any:
    """Open a page, fill in its form and send it, as a browser does; the page after it comes back."""
    found = re.search(rb'name="form_nonce" value="([^"]+)"', client.get(address).content)
    assert found
    return client.post(address, {"form_nonce": found[1].decode(), **words}, follow=True)


def read(page: Any) -> str:
    return str(page.content.decode())


def send_list(client: Client, *, lines: int | None = None, **words: str) -> str:
    content = b"".join(Path(FILE).read_bytes().splitlines(keepends=True)[:lines])
    file = SimpleUploadedFile(FILE.name, content, content_type="text/csv")
    return read(submit(client, "/staff/lists/", file=file, **words))


@pytest.fixture
def texted(site: str, dispatcher: Dispatcher) -> list[CallTask]:
    """Load the head of the list and release a cohort; give the calls to parents who were texted a first hello."""
    kim = staff("Kim", Role.CO_ORDINATOR)
    send_list(kim, lines=HEAD)
    return release(kim, dispatcher)


def release(kim: Client, dispatcher: Dispatcher) -> list[CallTask]:
    assert not Delivery.objects.exists()
    assert "12 families can hear from us now." in read(submit(kim, "/staff/waiting/release/", size="12"))
    dispatcher.turn()
    tasks = CallTask.objects.filter(about="first_hello_call", contact__kind="mobile", contact__preferred_channel="text")
    return list(tasks.filter(person__kind="parent_carer", contact__is_shared=False).order_by("pk"))


def entry_of(task: CallTask) -> WaitingListEntry:
    return WaitingListEntry.objects.get(referral__person=task.subject)


def may_know_all(task: CallTask) -> bool:
    return bool(task.subject and task.subject.adults.filter(adult=task.person, may_know="all").exists())


def ring(client: Client, task: CallTask, **words: str) -> None:
    page = submit(client, f"/staff/calls/{task.public_id}/", **words)
    assert "Saved. Thank you for ringing." in read(page)


def decide(client: Client, task: CallTask, **words: str) -> str:
    return read(submit(client, f"/staff/waiting/places/{entry_of(task).public_id}/decide/", **words))


def test_from_the_shipped_file_to_families_that_have_heard(
    site: str, network: Simulator, dispatcher: Dispatcher
) -> None:
    kim, lee = staff("Kim", Role.CO_ORDINATOR), staff("Dr Lee", Role.CLINICIAN)
    assert "It would bring 475 new families." in send_list(kim, look_only="on")
    assert not Referral.objects.exists()
    assert "Left out, and why" in send_list(kim)
    assert WaitingListEntry.objects.on_hold().count() == 475
    good, hard, *_others = [task for task in release(kim, dispatcher) if may_know_all(task)]
    parent, child = good.contact, good.subject
    assert parent
    assert child

    # The first hello says nothing; a person rings, proves the number and agrees a word.
    (hello,) = network.texts(parent.number)
    assert hello.startswith(f"A message for {child.given_name}'s family from ")
    assert not NEVER_SAID.search(hello)
    for task in (good, hard):
        ring(kim, task, outcome="answered", your_word="bluebell", preferred_channel="text", language="en")
    parent.refresh_from_db()
    assert (parent.state, parent.your_word) == ("proved", "bluebell")

    # Good news: the parent's own channel, the family's word first, no outcome in it.
    assert "The family hears that there is news" in decide(lee, good, outcome="accepted", reason=REASON)
    assert len(network.texts(parent.number)) == 1  # nothing is sent inside a request
    dispatcher.turn()
    news = network.texts(parent.number)[-1]
    assert news.startswith("bluebell: there is news about the request you made.")
    assert not NEVER_SAID.search(news)
    eventually(lambda: Delivery.objects.filter(contact=parent, state="delivered").count() == 2)
    dispatcher.turn()
    assert len(network.texts(parent.number)) == 2

    # It is on the staff's timeline, on the parent's page and on the young person's own.
    assert REASON in read(kim.get(f"/staff/waiting/{child.public_id}/"))
    for person in (child, parent.person):
        page = read(signed_in(User.objects.create_user(handle=person.public_id, person=person)).get("/home/"))
        assert REASON in page
        assert "Last heard from us: today" in page

    # Weighty news: a text that books a call, a script for the caller, and nothing on the page before the call.
    assert hard.contact
    assert hard.subject
    assert "news for a person to give" in decide(lee, hard, outcome="not_accepted", reason=OTHER)
    dispatcher.turn()
    booked = network.texts(hard.contact.number)[-1]
    assert booked.startswith("bluebell: Dr Lee would like to ring you ")
    assert not NEVER_SAID.search(booked)
    call = CallTask.objects.get(about="weighty_news", subject=hard.subject, person=hard.person)
    family = signed_in(User.objects.create_user(handle="hard", person=hard.subject))
    assert OTHER not in read(family.get("/home/"))
    assert OTHER in read(kim.get(f"/staff/calls/{call.public_id}/"))
    ring(kim, call, outcome="answered")
    assert OTHER in read(family.get("/home/"))


def test_a_young_person_gives_their_own_number_and_the_parents_phone_hears_nothing_of_it(
    texted: list[CallTask], network: Simulator, dispatcher: Dispatcher
) -> None:
    kim = signed_in(User.objects.get(handle="kim"))
    task = next(task for task in texted if task.subject and not task.subject.contact_points.exists())
    assert task.subject
    assert task.contact
    ring(kim, task, outcome="answered", your_word="bluebell", preferred_channel="text", language="en")
    before = network.texts(task.contact.number)
    added = submit(
        kim, f"/staff/people/{task.subject.public_id}/numbers/",
        whose=task.subject.public_id, number="07700 900190", channel="text", language="en",
    )  # fmt: skip
    assert "A call that proves the number is on the list." in read(added)
    ring(kim, CallTask.objects.get(person=task.subject), outcome="answered", your_word="otter")
    dispatcher.turn()
    own = ContactPoint.objects.get(person=task.subject)
    assert (own.number, own.state, own.is_shared) == ("+447700900190", "proved", False)
    assert network.texts(task.contact.number) == before


def test_stop_is_honoured_and_the_news_becomes_a_call(
    texted: list[CallTask], network: Simulator, dispatcher: Dispatcher
) -> None:
    kim, lee = signed_in(User.objects.get(handle="kim")), staff("Dr Lee", Role.CLINICIAN)
    task = texted[0]
    assert task.contact
    ring(kim, task, outcome="answered", your_word="bluebell", preferred_channel="text", language="en")
    network.do(task.contact.number, "text", body="STOP")
    eventually(lambda: _stopped(task.contact))
    before = network.texts(task.contact.number)
    decide(lee, task, outcome="accepted", reason=REASON)
    dispatcher.turn()
    assert network.texts(task.contact.number) == before


def _stopped(contact: ContactPoint | None) -> bool:
    from notifications.models import OptOut

    assert contact
    return OptOut.objects.current().filter(number_hash=contact.number_hash).exists()


def test_months_of_silence_and_the_same_file_again_take_nobody_off(texted: list[CallTask]) -> None:
    kim = signed_in(User.objects.get(handle="kim"))
    before = list(WaitingListEntry.objects.order_by("pk").values_list("pk", "state"))
    young_people = Person.objects.filter(kind="young_person").count()
    for task in texted[:2]:
        for _try in range(3):
            ring(kim, task, outcome="no_answer")
    report = send_list(kim, lines=HEAD)
    assert list(WaitingListEntry.objects.order_by("pk").values_list("pk", "state")) == before
    assert "not in this file" not in report
    assert Person.objects.filter(kind="young_person").count() == young_people

"""Everybody who asked hears what came of what they said, by their own way, and not a word of it leaves (S50)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from notifications.models import Delivery, Letter, Notification
from peer import clock
from peer.actions import feedback
from peer.models import FeedbackItem, Person
from peer.roles import Role
from tests.make import make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_day():
    with clock.at(dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def sam():
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER, Role.CO_ORDINATOR))


def adult(number: str = "", *, address: str = "") -> Person:
    person = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat", born_on=None)
    person.address = address
    person.save()
    if number:
        make_contact(person=person, number=number)
    return person


def said(client, person: Person, **more: object) -> FeedbackItem:
    client.force_login(make_user(person=person))
    client.post(reverse("feedback-give"), {"works": "The calls", "form_nonce": person.public_id, **more})
    return FeedbackItem.objects.latest("pk")


def test_each_contributor_hears_by_their_own_way(client, sam) -> None:
    texted, rung, written = adult("07700 900111"), adult("01632 960111"), adult(address="1 Elm Road")
    for person in (texted, rung, written):
        item = said(client, person, tell_me="on")
        feedback.move(item, by=sam, state="discussed")
        feedback.move(item, by=sam, state="acted_upon", reason="We ring sooner now.")
    going = Delivery.objects.filter(state="pending").values_list("notification__recipient", "channel")
    assert set(going) == {(texted.pk, "sms"), (rung.pk, "call")}
    assert Letter.objects.get().recipient == written
    for body in [*Delivery.objects.all(), *Letter.objects.all()]:
        assert "ring sooner" not in body.body
        assert "The calls" not in body.body


def test_a_reply_and_an_outcome_are_two_pieces_of_news(client, sam) -> None:
    item = said(client, adult("07700 900111"), tell_me="on")
    feedback.reply(item, by=sam, body="Thank you.", signed="The team")
    feedback.move(item, by=sam, state="discussed")
    assert Notification.objects.count() == 1
    feedback.move(item, by=sam, state="not_acted_upon", reason="We cannot.")
    assert Notification.objects.count() == 2


def test_without_the_tick_nobody_knows_who_it_was_and_nobody_is_told(client, sam) -> None:
    item = said(client, adult("07700 900111"))
    assert item.person is None
    feedback.reply(item, by=sam, body="Thank you.", signed="The team")
    assert not Notification.objects.exists()


def test_a_visitor_is_not_asked(client) -> None:
    assert b"Tell me what comes of it" not in client.get(reverse("feedback-give")).content


def test_what_was_said_by_phone_is_told_to_whoever_said_it(client, sam) -> None:
    person = adult("01632 960111")
    client.force_login(sam)
    address = f"{reverse('feedback-log')}?for={person.public_id}"
    assert b"They would like to hear what comes of it" in client.get(address).content
    client.post(address, {"works": "The calls", "read_back": "on", "tell_me": "on"})
    feedback.reply(FeedbackItem.objects.get(), by=sam, body="Thank you.", signed="The team")
    assert Delivery.objects.get(state="pending").channel == "call"
    shown = client.get(reverse("feedback-detail", args=[FeedbackItem.objects.get().public_id])).content.decode()
    assert "Pat" not in shown

"""You said: three parts, days waited, late promises, pages that neither repeat nor lose a thing."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from cms.models.feedback import figures
from cms.site import load_site
from peer import clock
from peer.actions import feedback
from peer.actions.feedback import VISITOR, Said
from peer.gate import SERVICE
from peer.models import Commitment, FeedbackItem, User
from peer.roles import Role
from tests.make import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(site_tree: None) -> User:
    load_site()
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))


def publish(sam: User, words: str, *, days_ago: int = 0, about: str = "waiting") -> FeedbackItem:
    said = Said(does_not=words, about=about, may_share=True)
    item = feedback.give(SERVICE, by=VISITOR, said=said, nonce="", sender=words)
    FeedbackItem.objects.filter(pk=item.pk).update(given_at=clock.now() - dt.timedelta(days=days_ago))
    item.refresh_from_db()
    feedback.ask_to_publish(item, by=sam, said=words)
    feedback.publish(item, by=make_user(roles=(Role.CO_ORDINATOR,)), seen=item.said_hash())
    return item


def shown(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/you-said/{query}").content.decode()
    return re.findall(r"<blockquote><a href=\"[^\"]+\">([^<]+)</a>", page)


def test_what_has_no_reply_shows_the_days_it_has_waited_and_leads_to_its_own_page(client: Client, sam: User) -> None:
    item = publish(sam, "Nobody rings back.", days_ago=9)
    page = client.get("/you-said/").content.decode()
    assert "Waiting for an answer for 9 days" in page
    assert f'href="/feedback/said/{item.public_id}/"' in page
    assert item.reference not in page


def test_a_promise_past_its_day_is_late_in_public_until_its_feedback_is_taken_down(client: Client, sam: User) -> None:
    item = publish(sam, "The letters are long.")
    feedback.promise(item, by=sam, what="One page", owner_role="The list team", due_on=clock.today())
    Commitment.objects.update(due_on=clock.today() - dt.timedelta(days=4))
    assert "Late by 4 days" in client.get("/you-said/").content.decode()
    feedback.take_down(item, by=sam, reason="It names a school.")
    assert "One page" not in client.get("/you-said/").content.decode()


def test_older_pages_neither_repeat_nor_lose_a_thing_while_new_ones_come(client: Client, sam: User) -> None:
    for number in range(13):
        publish(sam, f"Thing {number}")
    page = client.get("/you-said/")
    first = shown(client)
    publish(sam, "Thing that came meanwhile")
    second = shown(client, page.context_data["older"])
    assert first + second == [f"Thing {number}" for number in reversed(range(13))]
    assert 'rel="prev"' in client.get("/you-said/" + page.context_data["older"]).content.decode()


def test_filters_hold_and_nonsense_changes_nothing(client: Client, sam: User) -> None:
    publish(sam, "About waiting")
    answered = publish(sam, "About the groups", about="groups")
    feedback.reply(answered, by=sam, body="Yes.", signed="The list team")
    assert shown(client, "?about=groups") == ["About the groups"]
    assert shown(client, "?show=waiting") == ["About waiting"]
    for query in ("?show=%00&about=x", "?before=abc", "?before=-1", "?before=99999999999999999999999"):
        assert len(shown(client, query)) == 2, query


def test_the_figures_count_what_lies_unpublished_and_no_complaint(sam: User) -> None:
    feedback.give(SERVICE, by=VISITOR, said=Said(works="x"), nonce="", sender="a")
    feedback.give(SERVICE, by=VISITOR, said=Said(does_not="x"), kind="complaint", nonce="", sender="b")
    FeedbackItem.objects.update(given_at=clock.now() - dt.timedelta(days=9))
    assert figures() == {"heard": 1, "waiting": 1, "longest": 9}


def test_more_feedback_costs_no_more_questions(client: Client, sam: User, django_assert_max_num_queries) -> None:
    publish(sam, "One")
    client.get("/you-said/")
    for number in range(9):
        publish(sam, f"More {number}")
    with django_assert_max_num_queries(12):  # seven are the way to a page; its other languages and a link one each
        client.get("/you-said/")

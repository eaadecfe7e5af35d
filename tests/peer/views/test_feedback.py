"""The doors of feedback, as a visitor and as staff meet them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from peer.models import FeedbackItem, User
from peer.roles import Role
from tests.make import make_user

pytestmark = pytest.mark.django_db


def nonce(page: Any) -> str:
    found = re.search(rb'name="form_nonce" value="([^"]+)"', page.content)
    assert found
    return found[1].decode()


def give(client: Client, **words: str) -> Any:
    return client.post("/feedback/", {"works": "The texts", "form_nonce": nonce(client.get("/feedback/"))} | words)


@pytest.fixture
def manager(client: Client) -> User:
    user = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    client.force_login(user)
    return user


def test_three_empty_boxes_get_a_plain_sentence_and_keep_what_was_chosen(client: Client) -> None:
    page = client.post("/feedback/", {"works": "", "about": "waiting"})
    assert page.status_code == 422
    assert "at least one of the three boxes" in page.content.decode()
    assert '<option value="waiting" selected>' in page.content.decode()
    assert not FeedbackItem.objects.exists()


def test_words_that_are_too_long_come_back_whole(client: Client) -> None:
    page = give(client, works="a" * 4001)
    assert page.status_code == 422
    assert "a" * 4001 in page.content.decode()
    assert not FeedbackItem.objects.exists()


def test_the_same_form_sent_twice_leads_to_the_first_reference(client: Client) -> None:
    form = {"works": "Yes", "form_nonce": nonce(client.get("/feedback/"))}
    assert client.post("/feedback/", form).url == client.post("/feedback/", form).url
    assert FeedbackItem.objects.count() == 1


def test_a_visitor_gets_no_session_cookie(client: Client) -> None:
    page = client.get(give(client).url)
    assert page.status_code == 200
    assert "sessionid" not in client.cookies


def test_a_wrong_reference_says_so_and_keeps_it(client: Client) -> None:
    page = client.get("/feedback/find/", {"reference": "AAAA-BBBB-CCCC"})
    assert page.status_code == 404
    assert "AAAA-BBBB-CCCC" in page.content.decode()
    assert client.get("/feedback/AAAA-BBBB-CCCC/").status_code == 404


def test_markup_in_feedback_is_shown_as_typed(client: Client) -> None:
    page = client.get(give(client, works="<script>alert(1)</script>").url).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("door", ["/feedback/", "/feedback/complain/"])
def test_words_that_may_mean_harm_get_the_honest_sentence_and_the_lines_at_once(client: Client, door: str) -> None:
    """U3: nobody knows who wrote it, so the page says so and shows who answers now."""
    page = client.get(client.post(door, {"does_not": "I want to kill myself"}).url).content.decode()
    assert "We don’t know who you are, so we can’t ring you." in page
    assert "One of our clinicians is to read it by" in page
    assert page.index("Are you safe right now?") < page.index("Keep this to see our reply")
    assert page.count('href="tel:999"') == 2  # the strip on top, and here
    calm = client.get(client.post(door, {"does_not": "The chairs are hard"}).url).content.decode()
    assert "Are you safe right now?" not in calm


@pytest.mark.parametrize("role", [None, Role.YOUNG_PERSON, Role.EDITOR])
def test_the_desk_is_not_there_for_others(client: Client, role: Role | None) -> None:
    item = FeedbackItem.objects.get(reference=give(client).url.split("/")[-2])
    client.force_login(make_user(roles=(role,) if role else ()))
    for path in ("/staff/feedback/", f"/staff/feedback/{item.public_id}/", "/staff/feedback/by-phone/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/staff/feedback/{item.public_id}/reply/", {"body": "x", "signed": "y"}).status_code == 404


def test_the_desk_asks_a_visitor_to_sign_in(client: Client) -> None:
    assert client.get("/staff/feedback/").status_code == 302


def test_a_reply_without_words_keeps_what_was_typed_and_changes_nothing(client: Client, manager: User) -> None:
    item = FeedbackItem.objects.get(reference=give(client).url.split("/")[-2])
    page = client.post(f"/staff/feedback/{item.public_id}/reply/", {"body": "", "signed": "The list team"})
    assert page.status_code == 422
    assert "The list team" in page.content.decode()
    assert not item.responses.exists()


def test_every_shelf_of_the_desk_opens(client: Client, manager: User) -> None:
    give(client)
    client.post("/feedback/complain/", {"does_not": "Nobody rang"})
    for shelf in ("open", "overdue", "to-agree", "complaints", "all"):
        assert client.get("/staff/feedback/", {"show": shelf}).status_code == 200
    assert client.get("/staff/feedback/", {"show": "nothing"}).status_code == 404


def test_who_may_not_write_it_down_finds_no_door_to_it(client: Client) -> None:
    client.force_login(make_user(roles=(Role.CLINICIAN,)))
    assert "by-phone" not in client.get("/staff/feedback/").content.decode()
    assert client.get("/staff/feedback/by-phone/").status_code == 404
    assert client.post("/staff/feedback/by-phone/", {"works": "The calls", "read_back": "on"}).status_code == 404


def test_feedback_by_phone_is_read_back_first(client: Client, manager: User) -> None:
    assert client.post("/staff/feedback/by-phone/", {"works": "The calls"}).status_code == 422
    page = client.post("/staff/feedback/by-phone/", {"works": "The calls", "read_back": "on"}, follow=True)
    assert "The calls" in page.content.decode()
    assert FeedbackItem.objects.get().by_phone


def test_a_reply_sent_twice_is_one_reply_and_leads_back_to_the_desk(client: Client, manager: User) -> None:
    item = FeedbackItem.objects.get(reference=give(client).url.split("/")[-2])
    base = f"/staff/feedback/{item.public_id}/"
    form = {"body": "Thank you", "signed": "The list team", "form_nonce": nonce(client.get(base))}
    assert [client.post(f"{base}reply/", form).url for _ in range(2)] == [base, base]
    assert item.responses.count() == 1

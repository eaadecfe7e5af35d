"""Between the web and the gate: a repeat finds its first result, a lost race says so, private pages are not stored."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse

from peer import gate, web
from peer.models import AuditEvent, Post, SupportGroup, User
from peer.roles import Role
from peer.states import StaleMove
from tests.make import make_duty, make_group, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha() -> User:
    """Put Asha in a group that is open for posts, and sign nobody in."""
    group = make_group()
    SupportGroup.objects.update(opens=dt.time(0, 0), closes=dt.time(23, 59, 59))  # whatever the hour of the run
    make_member(group=group, role=Role.PEER_MODERATOR)
    lee = make_member(group=group, role=Role.CLINICIAN).user
    make_duty(group=group, user=lee)
    user = make_member(group=group).user
    assert user is not None
    return user


def test_the_same_form_sent_twice_makes_one_post_and_leads_to_its_page(asha: User) -> None:
    client = Client()
    client.force_login(asha)
    group = asha.memberships.get().group
    form = {"title": "Nights", "body": "I can't sleep before a call.", "form_nonce": "once", "send": "1"}
    first = client.post(reverse("talk-new", args=[group.public_id]), form)
    again = client.post(reverse("talk-new", args=[group.public_id]), form, follow=True)
    assert first.status_code == 302
    assert Post.objects.count() == 1
    assert AuditEvent.objects.count() == 1
    assert again.status_code == 200
    assert Post.objects.get().public_id in again.redirect_chain[0][0]
    assert "We already have that" in again.content.decode()


def test_a_repeat_whose_result_one_may_not_see_goes_back_to_where_the_form_was(asha: User) -> None:
    other = make_group(title="Other")
    first = AuditEvent(action="a.b", result_kind="peer.supportgroup", result_id=other.pk)
    asked = RequestFactory().post("/x/", headers={"referer": "http://testserver/groups/"})
    asked.user = asha
    asked._messages = type("Quiet", (), {"add": lambda *_words: None})()
    assert web._first_result(gate.AlreadyDone(first), asked) == "http://testserver/groups/"


def test_a_repeat_never_leads_to_another_host(asha: User) -> None:
    asked = RequestFactory().post("/x/", headers={"referer": "https://elsewhere.example/"})
    asked.user = asha
    asked._messages = type("Quiet", (), {"add": lambda *_words: None})()
    assert web._first_result(gate.AlreadyDone(AuditEvent(action="a.b")), asked) == "/home/"


def test_a_form_of_a_visitor_that_comes_twice_in_one_instant_gives_what_the_first_made(asha: User) -> None:
    request = RequestFactory().post("/", {"form_nonce": asha.handle})

    def act(nonce: str) -> User:
        with transaction.atomic():
            return User.objects.create_user(handle=nonce)

    assert web.once(request, act, made=lambda nonce: User.objects.get(handle=nonce)) == asha


def test_a_lost_race_is_a_page_that_says_so(asha: User) -> None:
    asked = RequestFactory().post("/x/")
    asked.user = asha
    answer = web.GateMiddleware(lambda _request: None).process_exception(asked, StaleMove("x"))
    assert answer is not None
    assert answer.status_code == 409


def test_pages_of_people_who_are_signed_in_are_never_stored(asha: User) -> None:
    client = Client()
    assert "no-store" not in client.get("/feedback/").headers.get("Cache-Control", "")
    client.force_login(asha)
    assert "no-store" in client.get("/feedback/").headers["Cache-Control"]

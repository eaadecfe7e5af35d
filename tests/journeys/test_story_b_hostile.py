"""Hostile strings through the doors of story B: nothing runs, nothing breaks, and what was typed comes back."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from django.test import Client

from peer.models import Invitation, Membership, Post
from tests.make import make_member, make_open_group, make_person, make_user, make_wait
from tests.peer.test_sanitise import COLLECTIONS, DATA, strings_in

pytestmark = pytest.mark.django_db
A_SAMPLE = 40  # of each collection; the sanitiser's own test reads them all


class Page(HTMLParser):
    """Notes what could run: scripts without an address, handlers, frames, odd addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        given = dict(attrs)
        if tag in {"iframe", "object", "embed", "base", "meta"} and "http-equiv" in given:
            self.runs.append(tag)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.runs.append(str(given))
        self.runs += [name for name in given if name.startswith("on") or name == "style"]
        for name in ("href", "src", "action", "formaction"):
            if (given.get(name) or "").strip().lower().startswith(("javascript:", "data:text", "vbscript:")):
                self.runs.append(str(given[name]))


def runs(html: str) -> list[str]:
    """Read a page as a browser would, and give what could run in it."""
    page = Page()
    page.feed(html)
    return page.runs


def sample(name: str) -> list[str]:
    """Give a sample of one collection, spread over all of it."""
    file = DATA / name
    if not file.exists():
        pytest.skip(f"{file} is not here: set SHARED_DATA to the folder of the collections")
    texts = strings_in(json.loads(file.read_text())) if file.suffix == ".json" else file.read_text().splitlines()
    return [text for text in texts[:: max(1, len(texts) // A_SAMPLE)] if text.strip()]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_through_the_box_and_back_nothing_runs(name: str) -> None:
    group = make_open_group()
    user = make_member(group=group, name="Fern").user
    assert user
    client = Client()
    client.force_login(user)
    write = f"{group.get_absolute_url()}write/"
    for text in sample(name):
        for way in ("keep", "send"):
            answer = client.post(write, {"title": text[:80], "body": text, way: "1"})
            assert answer.status_code in {302, 422}, text
            assert runs(answer.content.decode()) == [], text
    assert Post.objects.count() > A_SAMPLE / 2
    for post in Post.objects.all():
        page = client.get(f"/my-posts/{post.public_id}/").content.decode()
        assert runs(page) == [], post.body
    assert runs(client.get(group.get_absolute_url()).content.decode()) == []


@pytest.mark.parametrize("name", COLLECTIONS)
def test_no_hostile_name_comes_into_a_group(name: str) -> None:
    group = make_open_group()
    person = make_person(given_name="Noor", family_name="Hadley")
    user = make_user(person=person)
    membership = Membership.objects.create(group=group, person=person, user=user, state=Membership.State.CONFIRMED)
    client = Client()
    client.force_login(user)
    for text in sample(name):
        answer = client.post(f"/groups/joining/{membership.public_id}/name/", {"name": text, "colour": "1"})
        assert answer.status_code in {302, 422}, text
        assert runs(answer.content.decode()) == [], text
    membership.refresh_from_db()
    assert not set(membership.pseudonym) & set('<>&"/\\=;(){}')


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_hostile_question_is_read_as_words(name: str) -> None:
    from peer.actions import invitations
    from peer.roles import Role
    from tests.make import make_phone

    kim = make_user(roles=(Role.CO_ORDINATOR,))
    person = make_person()
    make_wait(person=person)
    make_phone(person=person)
    invitation = invitations.offer(person, by=kim, group=make_open_group())
    secret = "s" * 22
    Invitation.objects.update(secret_hash=invitations.keyed_hash(secret))
    staff = Client()
    staff.force_login(kim)
    for text in sample(name):
        Invitation.objects.update(state="offered")
        answer = Client().post(f"/i/{secret}/question", {"question": text})
        assert answer.status_code in {302, 422}, text
        assert runs(Client().get(f"/i/{secret}").content.decode()) == [], text
        assert runs(staff.get("/staff/invitations/").content.decode()) == [], text
    assert invitation.pk

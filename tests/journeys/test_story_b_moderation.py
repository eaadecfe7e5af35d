"""Story B, the second half: young people check what is put out in their name, and a worry finds a person."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from moderation import sweeps
from moderation.models import Escalation
from notifications.models import Delivery
from peer import clock
from peer.models import Membership, Post, SupportGroup, User
from peer.roles import Role
from tests.make import make_group, make_member, make_open_group, make_person, make_phone, make_user

pytestmark = pytest.mark.django_db
RED = "I want to die and nobody would notice"


def signed_in(user: User | None) -> Client:
    """Give the browser of somebody who is signed in."""
    assert user
    client = Client()
    client.force_login(user)
    return client


def of_age(group: SupportGroup, name: str, age: int, role: Role) -> User:
    """Make somebody of an age, with a role in the group and a phone that pages reach."""
    person = make_person(given_name=name, born_on=dt.date(clock.today().year - age, 1, 1))
    make_phone(person=person)
    return make_member(group=group, user=make_user(name=name, person=person), role=role, name=name).user


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    return make_member(group=group, user=make_user(person=make_person(given_name="Asha")), name="Fern")


@pytest.fixture
def mo(group: SupportGroup) -> Client:
    return signed_in(of_age(group, "Momo", 17, Role.PEER_MODERATOR))


@pytest.fixture
def zara(group: SupportGroup) -> Client:
    return signed_in(of_age(group, "Zara", 18, Role.PEER_MODERATOR))


def writes(author: Membership, body: str, *, title: str = "Hello") -> Post:
    """Write a post on the page."""
    page = f"{author.group.get_absolute_url()}write/"
    assert signed_in(author.user).post(page, {"title": title, "body": body, "send": "1"}).status_code == 302
    return Post.objects.latest("pk")


def reads(client: Client, post: Post) -> str:
    """Take a post from the queue and read it."""
    return client.post(f"/queue/{post.public_id}/claim/", follow=True).content.decode()


def decides(client: Client, post: Post, decision: str, **words: str) -> str:
    """Send a decision from the page of a post."""
    post.refresh_from_db()
    form = {"content_hash": post.content_hash, **words}
    return client.post(f"/queue/{post.public_id}/{decision}/", form, follow=True).content.decode()


def test_a_first_post_is_read_by_two_and_then_by_the_others_alone(
    group: SupportGroup, asha: Membership, mo: Client, zara: Client
) -> None:
    post = writes(asha, "I waited eight months and I am still here.")
    other = signed_in(make_member(group=group).user)
    strangers = [
        signed_in(make_member(group=make_group(title="Harbour")).user),
        signed_in(make_user(person=make_person(kind="parent_carer"))),
        signed_in(make_user()),
    ]
    address = post.thread.get_absolute_url()
    assert other.get(address).status_code == 404

    assert "I waited eight months" in mo.get("/queue/").content.decode()
    assert "one of their first posts" in reads(mo, post)
    assert "One more person reads it" in decides(mo, post, "approve")
    assert "I waited eight months" not in mo.get("/queue/").content.decode()
    assert other.get(address).status_code == 404

    assert "Second reader" in zara.get("/queue/").content.decode()
    assert "needs a second yes" in reads(zara, post)
    assert "shared now" in decides(zara, post, "approve")

    page = other.get(address).content.decode()
    assert "I waited eight months" in page
    assert f"/posts/{post.public_id}/report/" in page
    for stranger in strangers:
        never = stranger.get("/talk/never-was/")
        answer = stranger.get(address)
        assert (answer.status_code, answer.content) == (404, never.content)


def test_a_returned_post_comes_with_kind_words_and_its_second_version_is_read_anew(
    asha: Membership, mo: Client, zara: Client
) -> None:
    post = writes(asha, "My number is 07700 900123, ring me!")
    assert "<mark>07700 900123" in reads(mo, post)
    decides(mo, post, "return", starter="private", own_words="I would love to share the rest.")

    page = signed_in(asha.user).get(f"/my-posts/{post.public_id}/").content.decode()
    assert "I would love to share the rest." in page
    assert "Your words are kept" in page
    change = {"title": "Hello", "body": "I would like to talk to somebody.", "send": "1"}
    assert signed_in(asha.user).post(f"/my-posts/{post.public_id}/change/", change).status_code == 302

    reads(mo, post)
    decides(mo, post, "approve")
    reads(zara, post)
    decides(zara, post, "approve")
    post.refresh_from_db()
    assert (post.state, post.approved_hash) == ("approved", post.content_hash)


def test_a_declined_author_hears_why_and_how_to_have_it_read_again(asha: Membership, mo: Client) -> None:
    post = writes(asha, "Something that puts somebody down")
    reads(mo, post)
    decides(mo, post, "decline", starter="hurts")
    page = signed_in(asha.user).get(f"/my-posts/{post.public_id}/").content.decode()
    for words in ("You are still", "How we treat each other", "somebody else will read it again"):
        assert words in page


def test_a_red_post_reaches_a_second_clinician_and_the_writer_reads_who_will_ring(
    group: SupportGroup, asha: Membership, mo: Client, zara: Client
) -> None:
    lee = group.duties.get().user
    make_phone(person=lee.person)
    may = of_age(group, "Dr May", 40, Role.CLINICIAN)
    post = writes(asha, RED)
    assert post.state == "held_risk"
    for moderator in (mo, zara):
        assert "nobody would notice" not in moderator.get("/queue/").content.decode()
        assert moderator.get(f"/queue/{post.public_id}/").status_code == 404
    paged = Delivery.objects.filter(notification__recipient=lee.person)
    assert set(paged.values_list("channel", flat=True)) == {"sms", "call"}

    started = clock.now()
    with clock.at(started + dt.timedelta(minutes=6, seconds=1)):
        sweeps.run_due_steps()
        assert Delivery.objects.filter(notification__recipient=may.person).count() == 2
        browser = signed_in(may)
        worry = Escalation.objects.get()
        assert "Nobody has it yet" in browser.get("/escalations/").content.decode()
        browser.post(f"/escalations/{worry.public_id}/acknowledge/")
        sheet = browser.get(f"/escalations/{worry.public_id}/act-sheet/").content.decode()
        assert "Asha" in sheet
        assert RED in sheet
        before = (clock.now() + dt.timedelta(hours=1)).astimezone(clock.LONDON)
        browser.post(f"/escalations/{worry.public_id}/do/promise/", {"before": f"{before:%H:%M}"})
        page = signed_in(asha.user).get(f"/my-posts/{post.public_id}/").content.decode()
        assert "Dr May read this and will ring you before" in page
    with clock.at(started + dt.timedelta(minutes=16)):
        assert sweeps.run_due_steps() == 0
    group.refresh_from_db()
    assert group.state == "open"


def test_when_nobody_answers_the_group_is_paused_and_nothing_in_it_shows(
    group: SupportGroup, asha: Membership, mo: Client
) -> None:
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    waiting = writes(make_member(group=group), "An ordinary day.")
    writes(asha, RED)
    with clock.at(clock.now() + dt.timedelta(minutes=15, seconds=5)):
        sweeps.run_due_steps()
        board = signed_in(sam).get("/escalations/").content.decode()
        assert "Nobody has answered one worry" in board
        assert RED not in board
        assert mo.post(f"/queue/{waiting.public_id}/claim/").status_code == 404
        again = signed_in(asha.user).post(
            f"{group.get_absolute_url()}write/", {"title": "Hi", "body": "Hi", "send": "1"}
        )
        assert again.status_code in {404, 422}
    waiting.refresh_from_db()
    assert waiting.state == "pending"

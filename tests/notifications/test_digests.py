"""A calm digest: only by one's own wish, only where there is something new, by one's own channel, without a word of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from notifications import digests, rules
from notifications.actions import digests as acts
from notifications.models import Delivery, Digest, Notification
from peer import clock
from peer.gate import NotAllowed, System
from peer.models import Membership, Person, Post, SupportGroup, User
from tests.make import make_member, make_open_group, make_phone, make_post

pytestmark = pytest.mark.django_db
Often = Digest.Often


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group(title="Lantern")


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    place = make_member(group=group, name="Fern")
    make_phone(person=place.person, number="07700 900123")
    return place


@pytest.fixture
def writer(group: SupportGroup) -> Membership:
    return make_member(group=group, name="Comet")


def client_of(user: User | None) -> Client:
    client = Client()
    assert user
    client.force_login(user)
    return client


def look(after: dt.timedelta = dt.timedelta(days=1, hours=12)) -> list[Notification]:
    """Let the clock look once, so much later; give what was queued."""
    with clock.at(clock.now() + after):
        for digest in list(Digest.objects.due()):
            acts.tell(digest, by=acts.CLOCK)
    return list(Notification.objects.filter(purpose="digest").order_by("pk"))


def test_nobody_is_told_who_did_not_ask(asha: Membership, writer: Membership) -> None:
    make_post(author=writer, state="approved")
    assert look() == []
    digests.keep(asha.person, Often.NEVER)
    make_post(author=writer, state="approved")
    assert look() == []


def test_whoever_asked_is_told_that_there_is_something_and_not_a_word_of_it(
    asha: Membership, writer: Membership
) -> None:
    digests.keep(asha.person, Often.DAILY)
    make_post(author=writer, body="All the gnomes have hats.", state="approved")
    [told] = look()
    [text] = told.deliveries.all()
    assert (told.recipient_id, told.topic, text.channel, text.duty) == (asha.person_id, "group", "sms", "family")
    assert "there is something new to read" in (text.body or "")
    for secret in ("gnomes", "Lantern", "Comet", "Fern", "group"):
        assert secret not in (text.body or "")


def test_when_nothing_is_new_nothing_goes_and_we_look_again(asha: Membership, writer: Membership) -> None:
    make_post(author=writer, state="approved")
    digests.keep(asha.person, Often.DAILY)  # what was there before is no news
    make_post(author=asha, state="approved")
    make_post(author=writer, state="pending")
    assert look() == []
    digest = Digest.objects.get()
    assert digest.due_at
    assert digest.due_at > clock.now() + dt.timedelta(days=1)
    assert digest.due_at.astimezone(clock.LONDON).time() == digests.AT


def test_what_they_have_read_is_no_news(asha: Membership, writer: Membership) -> None:
    digests.keep(asha.person, Often.DAILY)
    post = make_post(author=writer, state="approved")
    client_of(asha.user).get(post.thread.get_absolute_url())
    assert look() == []


def test_one_look_tells_once_and_the_next_has_only_what_came_since(asha: Membership, writer: Membership) -> None:
    digests.keep(asha.person, Often.DAILY)
    make_post(author=writer, state="approved")
    assert len(look()) == 1
    assert len(look()) == 1
    assert len(look(dt.timedelta(days=3))) == 1


def test_once_a_week_is_once_a_week(asha: Membership, writer: Membership) -> None:
    digests.keep(asha.person, Often.WEEKLY)
    make_post(author=writer, state="approved")
    assert look(dt.timedelta(days=6)) == []
    assert len(look(dt.timedelta(days=8))) == 1


def test_a_paused_group_and_one_that_they_left_are_no_news(asha: Membership, writer: Membership) -> None:
    digests.keep(asha.person, Often.DAILY)
    make_post(author=writer, state="approved")
    SupportGroup.objects.update(state="frozen")
    assert look() == []
    SupportGroup.objects.update(state="open")
    Membership.objects.filter(pk=asha.pk).update(state="left")
    Digest.objects.update(looked_at=clock.now() - dt.timedelta(days=2), due_at=clock.now())
    assert look() == []


@pytest.mark.parametrize("change", ["wish", "pause", "read", "nothing"])
def test_right_before_it_goes_we_ask_whether_it_is_still_so(asha: Membership, writer: Membership, change: str) -> None:
    digests.keep(asha.person, Often.DAILY)
    post = make_post(author=writer, state="approved")
    [told] = look()
    if change == "wish":
        digests.keep(asha.person, Often.NEVER)
    elif change == "pause":
        SupportGroup.objects.update(state="frozen")
    elif change == "read":
        client_of(asha.user).get(post.thread.get_absolute_url())
    assert rules.is_still_so(told) is (change == "nothing")


def test_nobody_but_the_clock_tells(asha: Membership) -> None:
    digests.keep(asha.person, Often.DAILY)
    with pytest.raises(NotAllowed):
        acts.tell(Digest.objects.get(), by=System("stranger"))


def test_somebody_chooses_it_on_the_page_of_how_we_reach_them(asha: Membership, writer: Membership) -> None:
    client = client_of(asha.user)
    address = "/messages/wishes/"
    page = client.get(address).content.decode()
    assert "how often shall we tell you?" in page
    sent = {"language": "en", "digest": "daily", "group": "sms"}
    assert client.post(address, sent).status_code == 302
    assert Digest.objects.get(person=asha.person).often == "daily"
    make_post(author=writer, state="approved")
    assert len(look()) == 1
    assert client.post(address, sent | {"digest": "hourly"}).status_code == 422
    assert client.post(address, sent | {"digest": "never"}).status_code == 302
    assert Digest.objects.get().due_at is None


def test_who_is_in_no_group_is_not_asked() -> None:
    outsider = Person.objects.create(kind="young_person", given_name="Omar")
    user = User.objects.create_user(handle="omar", display_name="Omar", person=outsider)
    assert "how often shall we tell you?" not in client_of(user).get("/messages/wishes/").content.decode()
    assert not Delivery.objects.exists()
    assert not Post.objects.exists()

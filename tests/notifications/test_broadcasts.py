"""Telling many at once: one row, expanded step by step, two people above twenty, and a STOP that counts at once (N20)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from notifications import broadcasts as expanding
from notifications import messages, outbox
from notifications.actions import broadcasts, texts
from notifications.models import Broadcast, Delivery, Duty, Notification
from notifications.notices import NOTICES
from peer import clock
from peer.gate import SERVICE, NotAllowed
from peer.models import ParentRelationship, Person, Referral, WaitingListEntry
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_person, make_user
from tests.notifications.make import make_contact

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def by_day():
    with clock.at(NOON):
        yield


@pytest.fixture
def kim():
    return make_user(name="Kim", roles=(Role.CO_ORDINATOR,))


@pytest.fixture
def sam():
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))


def wait_for(*, adult: Person | None = None, pathway: str = "Worry", state: str = "released") -> Person:
    """Put a child of an adult on the list."""
    if adult is None:
        adult = make_person(kind=Person.Kind.PARENT_CARER, given_name="Pat", born_on=None)
        make_contact(person=adult)
    child = make_person(given_name="Asha")
    ParentRelationship.objects.create(young_person=child, adult=adult)
    referral = Referral.objects.create(person=child, reference=f"R{child.pk}", referred_on=dt.date(2026, 5, 1), pathway=pathway)  # fmt: skip
    WaitingListEntry.objects.create(referral=referral, state=state, released_at=None if state == "on_hold" else NOON, owner_role="clinician", due_at=NOON)  # fmt: skip
    return adult


def go(kim) -> Broadcast:
    return broadcasts.agree(broadcasts.ask(SERVICE, by=kim, notice="new_page"), by=kim)


def expand_all() -> int:
    steps = 0
    while expanding.expand():
        steps += 1
    return steps


def test_a_few_are_told_at_once_each_person_once(kim) -> None:
    pat = wait_for()
    wait_for(adult=pat)  # a second child: one household hears once
    wait_for()
    wait_for(state="on_hold")
    row = broadcasts.ask(SERVICE, by=kim, notice="still_on_list")
    assert (row.state, row.families) == ("asked", 3)
    assert expand_all() == 0
    broadcasts.agree(row, by=kim)
    expand_all()
    row.refresh_from_db()
    assert (row.state, row.queued, row.due_at) == ("done", 2, None)
    assert Delivery.objects.filter(channel="sms", state="pending").count() == 2
    assert Delivery.objects.filter(channel="sms").first().body.startswith("robin: you still have your place")


def test_more_than_twenty_need_a_second_person_who_is_not_the_first(kim, sam) -> None:
    for _ in range(21):
        wait_for()
    row = broadcasts.ask(SERVICE, by=kim, notice="new_page")
    assert (row.state, row.owner_role) == ("asked", "service_manager")
    assert expand_all() == 0
    with pytest.raises(RuleBroken, match="Two people"):
        broadcasts.agree(row, by=kim)
    broadcasts.agree(row, by=sam)
    expand_all()
    assert Notification.objects.count() == 21


def test_a_step_that_was_cut_off_goes_on_where_it_was_and_nobody_hears_twice(kim, monkeypatch) -> None:
    monkeypatch.setattr(expanding, "CHUNK", 2)
    for _ in range(5):
        wait_for()
    row = go(kim)
    assert expanding.expand() == 2
    Broadcast.objects.filter(pk=row.pk).update(cursor=0, queued=0)  # as if the commit of the cursor had been lost
    assert expand_all() == 3
    assert Notification.objects.count() == 5


def test_only_those_of_one_pathway(kim) -> None:
    wait_for(pathway="Worry")
    wait_for(pathway="Sleep")
    row = broadcasts.ask(SERVICE, by=kim, notice="new_page", pathway="Sleep")
    assert row.families == 1
    with pytest.raises(RuleBroken, match="Nobody"):
        broadcasts.ask(SERVICE, by=kim, notice="new_page", pathway="Nowhere")


def test_after_a_stop_in_the_midst_nothing_begins_there(kim, monkeypatch) -> None:
    monkeypatch.setattr(expanding, "CHUNK", 1)
    first, second = wait_for(), wait_for()
    numbers = [one.contact_points.get().where for one in (first, second)]
    go(kim)
    expanding.expand()
    token = outbox.claim(duties=tuple(Duty), most=5)
    for number, where in enumerate(numbers):
        texts.take_text(f"SM{number}", sender=where, body="STOP")
    expand_all()
    assert [one.delivery.channel for one in outbox.begin(token)] == []
    going = outbox.begin(outbox.claim(duties=tuple(Duty), most=5))
    assert {one.delivery.channel for one in going} == {"call"}  # a stop on texts leaves the call


def test_what_is_taken_back_is_told_to_nobody_else(kim, sam, monkeypatch) -> None:
    monkeypatch.setattr(expanding, "CHUNK", 1)
    for _ in range(3):
        wait_for()
    row = go(kim)
    expanding.expand()
    with pytest.raises(RuleBroken, match="why"):
        broadcasts.take_back(row, by=sam, reason=" ")
    broadcasts.take_back(row, by=sam, reason="Wrong day")
    assert expand_all() == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}


def test_statements_do_not_grow_with_the_families(kim, django_assert_max_num_queries) -> None:
    for _ in range(30):
        wait_for()
    sam = make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))
    broadcasts.agree(broadcasts.ask(SERVICE, by=kim, notice="new_page"), by=sam)
    with django_assert_max_num_queries(20):
        assert expanding.expand() == 30


def test_who_may_not_tell_many_finds_no_page_and_no_act(client) -> None:
    for role in (Role.CLINICIAN, Role.EDITOR):
        user = make_user(name=str(role), roles=(role,))
        client.force_login(user)
        assert client.get(reverse("broadcasts-index")).status_code == 404
        with pytest.raises(NotAllowed):
            broadcasts.ask(SERVICE, by=user, notice="new_page")


def test_the_pages_ask_show_the_words_agree_and_take_back(client, kim, sam) -> None:
    for _ in range(21):
        wait_for()
    client.force_login(kim)
    page = client.post(reverse("broadcasts-index"), {"notice": "still_on_list", "pathway": "Worry"}, follow=True)
    assert b"It waits for a second person" in page.content
    assert b"you still have your place with us" in page.content
    row = Broadcast.objects.get()
    assert b"Yes, tell them" not in page.content
    client.force_login(sam)
    detail = reverse("broadcasts-detail", args=[row.public_id])
    assert b"Yes, tell them" in client.get(detail).content
    assert b"It goes now" in client.post(reverse("broadcasts-agree", args=[row.public_id]), follow=True).content
    assert client.post(detail, {"reason": ""}).status_code == 422
    assert b"Taken back" in client.post(detail, {"reason": "Wrong day"}, follow=True).content
    assert b"Told so far" in client.get(reverse("broadcasts-index")).content


def test_a_notice_that_there_is_not_changes_nothing(client, kim) -> None:
    wait_for()
    client.force_login(kim)
    assert client.post(reverse("broadcasts-index"), {"notice": "free words", "pathway": ""}).status_code == 422
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize("name", NOTICES)
def test_every_notice_has_its_words_for_each_channel(name: str) -> None:
    for channel in NOTICES[name].channels:
        assert messages.template(channel, name).purpose

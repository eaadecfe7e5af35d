"""The welcome: a peer with a name, two days, fixed cards, and nobody forgotten (S2)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from peer import clock, gate, joining
from peer.actions import groups, welcomes
from peer.models import Membership, MembershipRole, SupportGroup, User, Welcome
from peer.states import IllegalMove, RuleBroken, StaleMove
from tests.make import make_group, make_member, make_open_group, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


def newcomer(group: SupportGroup, name: str = "Fern") -> Membership:
    """Let somebody come in by the last step."""
    person = make_person()
    made = Membership.objects.create(
        group=group, person=person, user=make_user(person=person), state="confirmed", pseudonym=name, skeleton=name
    )
    return joining.bring_in(made)


def peer(name: str) -> User:
    return User.objects.get(memberships__pseudonym=name)


def page(user: User | None, address: str) -> str:
    assert user
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_joining_makes_a_task_for_a_peer_due_in_two_days_whose_name_the_newcomer_sees(group: SupportGroup) -> None:
    fern = newcomer(group)
    welcome = Welcome.objects.get(membership=fern)
    assert (welcome.state, welcome.owner) == ("due", peer("Ben"))
    assert welcome.due_at == pytest.approx(clock.now() + dt.timedelta(days=2), abs=dt.timedelta(minutes=1))
    assert "Ben says hello to you here" in page(fern.user, group.get_absolute_url())


def test_hellos_are_shared_among_the_peers(group: SupportGroup) -> None:
    for name in ("Fern", "Tide", "Moss"):
        newcomer(group, name)
    assert set(Welcome.objects.values_list("owner__memberships__pseudonym", flat=True)) == {"Ben", "Mo"}


def test_a_peer_says_hello_with_a_card_that_only_the_newcomer_sees(group: SupportGroup) -> None:
    fern, tide = newcomer(group), newcomer(group, "Tide")
    welcome = Welcome.objects.get(membership=fern)
    client = Client()
    client.force_login(peer("Ben"))
    assert "Fern, in Lantern" in client.get("/welcomes/").content.decode()
    address = f"/welcomes/{welcome.public_id}/"
    assert client.post(address, {"card": "my own words"}).status_code == 422
    assert client.post(address, {"card": "glad"}).status_code == 302
    assert "Fern, in Lantern" not in client.get("/welcomes/").content.decode()
    assert "Ben says hello" in page(fern.user, group.get_absolute_url())
    assert "I’m glad you’re here" in page(fern.user, group.get_absolute_url())
    assert "I’m glad you’re here" not in page(tide.user, group.get_absolute_url())
    welcome.refresh_from_db()
    assert (welcome.state, welcome.due_at) == ("done", None)


def test_a_hello_is_handed_on_and_never_said_twice(group: SupportGroup) -> None:
    welcome = Welcome.objects.get(membership=newcomer(group))
    welcomes.hand_on(welcome, by=peer("Ben"))
    assert (welcome.owner, welcome.greeter) == (peer("Mo"), Membership.objects.get(pseudonym="Mo"))
    stale = Welcome.objects.get(pk=welcome.pk)
    welcomes.say_hello(welcome, by=peer("Mo"), card="first")
    with pytest.raises((StaleMove, IllegalMove)):
        welcomes.say_hello(stale, by=peer("Ben"), card="glad")
    with pytest.raises(StaleMove):
        welcomes.hand_on(welcome, by=peer("Mo"))


def test_who_stands_alone_cannot_hand_on_and_is_told_whom_to_ask(group: SupportGroup) -> None:
    MembershipRole.objects.filter(membership__pseudonym="Ben").update(until_at=clock.now())
    welcome = Welcome.objects.get(membership=newcomer(group))
    with pytest.raises(RuleBroken, match="co-ordinator"):
        welcomes.hand_on(welcome, by=peer("Mo"))


def test_without_any_peer_the_task_has_an_owner_all_the_same() -> None:
    welcome = Welcome.objects.get(membership=newcomer(make_group()))
    assert (welcome.owner, welcome.owner_role) == (None, "co_ordinator")


def test_clinicians_members_and_peers_of_other_groups_find_no_hello(group: SupportGroup) -> None:
    fern = newcomer(group)
    welcome = Welcome.objects.get(membership=fern)
    lee, elsewhere = peer("Dr Lee"), make_member(group=make_open_group(title="Harbour"), name="Ash").user
    for user in (lee, fern.user, elsewhere):
        assert user
        client = Client()
        client.force_login(user)
        assert client.get(f"/welcomes/{welcome.public_id}/").status_code == 404
        with pytest.raises(gate.NotAllowed):
            welcomes.say_hello(welcome, by=user, card="glad")


def test_leaving_first_takes_the_hello_off_the_list(group: SupportGroup) -> None:
    fern = newcomer(group)
    groups.leave(fern, by=fern.user)
    assert Welcome.objects.get(membership=fern).state == "ended"
    assert not Welcome.objects.visible_to(peer("Ben")).to_give(peer("Ben")).exists()

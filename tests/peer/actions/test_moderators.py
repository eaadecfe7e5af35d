"""Who checks posts: made so by the clinician on duty, or by two; ended by either at once (matrix row 26)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from peer import clock, gate
from peer.actions import groups, moderators
from peer.models import MembershipRole, ModeratorProposal, Person, SupportGroup, User
from peer.roles import Perm, Role
from peer.states import RuleBroken
from tests.make import make_member, make_open_group, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def sam() -> User:
    return make_user(name="Sam", roles=(Role.SERVICE_MANAGER,))


@pytest.fixture
def lee(group: SupportGroup) -> User:
    """Make the clinician of the group who is on duty."""
    user = User.objects.get(memberships__pseudonym="Dr Lee", memberships__group=group)
    user.service_roles.create(role=Role.CLINICIAN)
    return user


def aged(years: int, *, kind: str = Person.Kind.YOUNG_PERSON) -> User:
    today = clock.today()
    return make_user(name="Zara", person=make_person(kind=kind, born_on=today.replace(year=today.year - years)))


def checks(user: User, group: SupportGroup) -> bool:
    return gate.can(user, Perm.DECIDE_POST, group)


def test_the_clinician_on_duty_makes_a_moderator_at_once(group, lee) -> None:
    zara = aged(16)
    moderators.give(group, by=lee, user=zara, name="Zara")
    assert checks(zara, group)
    group.duties.all().delete()
    with pytest.raises(gate.NotAllowed):
        moderators.give(group, by=lee, user=aged(17), name="Noor")


def test_a_manager_s_word_counts_for_nothing_until_a_second_person_agrees(group, sam, lee) -> None:
    zara = aged(16)
    asked = moderators.ask(group, by=sam, user=zara, name="Zara")
    assert not checks(zara, group)
    assert asked.owner_role == Role.CLINICIAN
    assert asked.due_at > clock.now()
    with pytest.raises(RuleBroken, match="second person"):
        moderators.agree(asked, by=sam)
    with pytest.raises(gate.NotAllowed):
        moderators.agree(asked, by=make_user(roles=(Role.CO_ORDINATOR,)))
    with pytest.raises(gate.NotAllowed):
        groups.give_role(group, by=lee, user=zara, role=Role.PEER_MODERATOR, name="Zara")
    with pytest.raises(RuleBroken):
        groups.give_role(group, by=sam, user=zara, role=Role.PEER_MODERATOR, name="Zara")
    assert not checks(zara, group)
    moderators.agree(ModeratorProposal.objects.get(), by=lee)
    assert checks(zara, group)


@pytest.mark.parametrize("second", ["another manager", "a clinician of the group who is off duty"])
def test_the_second_may_be(group, sam, lee, second: str) -> None:
    group.duties.all().delete()
    other = make_user(roles=(Role.SERVICE_MANAGER,)) if second == "another manager" else lee
    zara = aged(30)
    moderators.agree(moderators.ask(group, by=sam, user=zara, name="Zara"), by=other)
    assert checks(zara, group)


def test_who_is_to_become_one_is_no_second(group, sam) -> None:
    june = make_user(person=make_person(born_on=dt.date(1990, 5, 4)), roles=(Role.SERVICE_MANAGER,))
    asked = moderators.ask(group, by=sam, user=june, name="June")
    with pytest.raises(RuleBroken, match="themselves"):
        moderators.agree(asked, by=june)


def test_a_no_changes_nothing_and_it_can_be_asked_anew(group, sam, lee) -> None:
    zara = aged(16)
    moderators.say_no(moderators.ask(group, by=sam, user=zara, name="Zara"), by=lee)
    assert not checks(zara, group)
    moderators.ask(group, by=sam, user=zara, name="Zara")
    with pytest.raises(RuleBroken, match="already"):
        moderators.ask(group, by=sam, user=zara, name="Zara")


def test_u14_nobody_under_16_checks_posts(group, sam, lee) -> None:
    for too_young in (aged(15), make_user(person=make_person(born_on=None))):
        with pytest.raises(RuleBroken, match="16 or over"):
            moderators.ask(group, by=sam, user=too_young, name="Zara")
        with pytest.raises(RuleBroken, match="16 or over"):
            moderators.give(group, by=lee, user=too_young, name="Zara")
    assert ModeratorProposal.objects.count() == 0


def test_a_role_whose_last_day_has_gone_meanwhile_is_not_given(group, sam, lee) -> None:
    tomorrow = clock.now() + dt.timedelta(days=1)
    asked = moderators.ask(group, by=sam, user=aged(16), name="Zara", until_at=tomorrow)
    with clock.at(tomorrow + dt.timedelta(seconds=1)), pytest.raises(RuleBroken, match="anew"):
        moderators.agree(asked, by=make_user(roles=(Role.SERVICE_MANAGER,)))
    assert ModeratorProposal.objects.get().state == "asked"


def test_taking_away_never_waits(group, sam, lee) -> None:
    for by in (sam, lee):
        mo = make_member(group=group, role=Role.PEER_MODERATOR)
        moderators.end(group, by=by, role=mo.roles.get())
        assert not checks(mo.user, group)
    ben = MembershipRole.objects.get(membership__group=group, role=Role.PEER_FACILITATOR)
    with pytest.raises(RuleBroken):
        moderators.end(group, by=lee, role=ben)
    group.duties.all().delete()
    with pytest.raises(gate.NotAllowed):
        moderators.end(group, by=lee, role=MembershipRole.objects.get(membership__pseudonym="Mo"))


def test_the_database_knows_that_it_takes_two(group, sam) -> None:
    asked = moderators.ask(group, by=sam, user=aged(16), name="Zara")
    for wrong in ({"state": "given"}, {"second": sam}, {"second": asked.user}, {"due_at": None}, {"owner_role": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ModeratorProposal.objects.filter(pk=asked.pk).update(**wrong)


def test_the_desk_shows_what_waits_and_the_second_person_presses_once(group, sam, lee) -> None:
    zara, desk, other = aged(16), Client(), Client()
    desk.force_login(sam)
    other.force_login(lee)
    page = f"/staff/groups/{group.public_id}/"
    said = {"user": zara.pk, "role": "peer_moderator", "name": "Zara"}
    assert desk.post(f"{page}role/", said).headers["Location"] == page
    assert "A second person must agree" in desk.get(page).content.decode()
    assert "Peer moderators to agree to" not in desk.get("/home/").content.decode()
    assert "Peer moderators to agree to" in other.get("/home/").content.decode()
    assert "asks for a peer moderator" in other.get("/staff/groups/").content.decode()
    agree = f"/staff/groups/asked/{ModeratorProposal.objects.get().public_id}/agree/"
    assert agree not in desk.get(page).content.decode()
    assert agree in other.get(page).content.decode()
    assert "You asked for this yourself." in desk.post(agree, follow=True).content.decode()
    assert not checks(zara, group)
    assert other.post(agree).headers["Location"] == page
    assert checks(zara, group)
    assert other.post(agree).status_code == 404
    assert "is to check posts" not in other.get(page).content.decode()


def test_a_clinician_on_duty_finds_that_one_role_on_the_page(group, lee) -> None:
    zara, desk = aged(16), Client()
    desk.force_login(lee)
    page = f"/staff/groups/{group.public_id}/"
    form = desk.get(f"{page}role/").content.decode()
    assert "Peer moderator" in form
    assert "Group administrator" not in form
    too_young = desk.post(f"{page}role/", {"user": aged(15).pk, "role": "peer_moderator", "name": "Tide"})
    assert too_young.status_code == 422
    assert "16 or over" in too_young.content.decode()
    assert "Tide" in too_young.content.decode()
    desk.post(f"{page}role/", {"user": zara.pk, "role": "peer_moderator", "name": "Zara"})
    assert checks(zara, group)
    role = MembershipRole.objects.get(membership__user=zara)
    assert desk.post(f"{page}role/{role.pk}/end/").headers["Location"] == page
    assert not checks(zara, group)

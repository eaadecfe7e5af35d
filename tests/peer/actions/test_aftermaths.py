"""After a death: the group rests until it is told, everybody is looked in on by somebody, words are people's to decide (U6)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from moderation.actions import freezes
from peer import clock, gate
from peer.actions import aftermaths, appeals, deaths, memberships, moving_on
from peer.models import AftermathTask, Death, Membership, ParentRelationship, Post, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from peer.sweeps.places import look_after_places
from tests.make import make_duty, make_member, make_open_group, make_person, make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


@pytest.fixture
def lee(group: SupportGroup) -> User:
    user = User.objects.get(memberships__pseudonym="Dr Lee")
    user.service_roles.create(role=Role.CLINICIAN)
    return user


@pytest.fixture
def okafor(group: SupportGroup) -> User:
    user = make_member(group=group, role=Role.CLINICIAN, name="Dr Okafor").user
    user.service_roles.create(role=Role.CLINICIAN)
    return user


@pytest.fixture
def asha(group: SupportGroup) -> Membership:
    return make_member(group=group, name="Fern")


def dies(asha: Membership, by: User) -> Death:
    return deaths.record_death(asha.person, by=by, died_on=clock.today(), known_how="Her mother rang.")


def task(kind: str, **about: object) -> AftermathTask:
    return AftermathTask.objects.get(kind=kind, **about)


def test_u6_the_group_rests_and_everybody_in_it_has_somebody_by_a_time(group, asha, lee, okafor) -> None:
    """U6: every check-in has an owner, members and moderators and those who lead alike."""
    make_member(group=group, name="Comet")
    dies(asha, lee)
    group.refresh_from_db()
    assert group.state == "frozen"
    others = group.memberships.exclude(pk=asha.pk)
    check_ins = AftermathTask.objects.filter(kind="check_in")
    assert {row.about for row in check_ins} == set(others)
    for row in AftermathTask.objects.all():
        assert row.owner is not None
        assert dt.timedelta() < row.due_at - clock.now() <= dt.timedelta(days=14)
        assert not row.about.is_own(row.owner)
    assert all(row.due_at - clock.now() <= dt.timedelta(hours=48) for row in check_ins)
    assert task("check_in", about__user=lee).owner == okafor
    assert task("tell_group").due_at - clock.now() <= dt.timedelta(hours=24)


def test_the_group_opens_only_after_it_was_told(group, asha, lee, okafor) -> None:
    dies(asha, lee)
    group.refresh_from_db()
    with pytest.raises(RuleBroken, match="not been told"):
        freezes.let_read(group, by=lee, reason="Ready.")
    aftermaths.done(task("tell_group"), by=lee, note="Told everybody by phone.")
    freezes.let_read(group, by=lee, reason="Ready.")
    freezes.reopen(group, by=okafor, reason="Ready.")
    assert group.state == "open"


def test_a_check_in_is_handed_on_and_never_to_oneself(group, asha, lee, okafor) -> None:
    dies(asha, lee)
    mine = task("check_in", about__pseudonym="Mo")
    aftermaths.hand_on(mine, by=lee, to=okafor)
    assert AftermathTask.objects.get(pk=mine.pk).owner == okafor
    about_lee = task("check_in", about__user=lee)
    with pytest.raises(RuleBroken):
        aftermaths.hand_on(about_lee, by=okafor, to=lee)
    with pytest.raises(RuleBroken):
        aftermaths.done(about_lee, by=lee, note="I am fine.")
    with pytest.raises(RuleBroken):
        aftermaths.done(mine, by=okafor, note=" ")


@pytest.mark.parametrize(("words", "state"), [("keep", "approved"), ("hide", "hidden")])
def test_words_stay_until_people_decide_and_then_as_they_decided(asha, lee, words: str, state: str) -> None:
    post = make_post(author=asha, state="approved")
    dies(asha, lee)
    for days in (1, 30, 300):
        with clock.at(clock.now() + dt.timedelta(days=days)):
            look_after_places()
    assert Post.objects.get(pk=post.pk).state == "approved"
    with pytest.raises(RuleBroken):
        aftermaths.done(task("words"), by=lee, note="Hm.")
    aftermaths.decide_words(task("words"), by=lee, words=words, note="The family wishes it.")
    post = Post.objects.get(pk=post.pk)
    assert post.state == state
    assert state == "approved" or (post.due_at and post.owner_role == "clinician")


def test_what_was_planned_for_them_rests(asha, lee) -> None:
    moving_on.begin(asha, by=make_user(roles=(Role.CO_ORDINATOR,)))
    day = clock.today() + dt.timedelta(days=9)
    appeals.appeal(memberships.pause(asha, by=lee, until_on=day, reason="Quiet."), by=asha.user, words="No.")
    dies(asha, lee)
    assert asha.moving_on.get().state == "called_off"
    assert asha.decisions.get().appeal.state == "dropped"


def test_a_mistake_lets_go_of_what_nobody_needs_to_do(group, asha, lee) -> None:
    death = dies(asha, lee)
    deaths.take_back(death, by=make_user(roles=(Role.SERVICE_MANAGER,)), reason="She rang us.")
    assert set(AftermathTask.objects.values_list("state", flat=True)) == {"not_needed"}
    make_duty(group=group, user=lee)
    group.refresh_from_db()
    freezes.let_read(group, by=lee, reason="It was a mistake.")


def test_no_parent_gets_anything_by_it(asha, lee) -> None:
    parent = make_person(kind="parent_carer")
    ParentRelationship.objects.create(young_person=asha.person, adult=parent, may_know="all")
    user = make_user(person=parent)
    dies(asha, lee)
    client = Client()
    client.force_login(user)
    assert not AftermathTask.objects.visible_to(user).exists()
    for row in AftermathTask.objects.all():
        assert client.get(row.get_absolute_url()).status_code == 404
    assert client.get("/staff/after-a-death/").status_code == 404
    assert client.get(asha.group.get_absolute_url()).status_code == 404


def test_a_death_outside_groups_owes_nothing(lee) -> None:
    deaths.record_death(make_person(), by=lee, died_on=clock.today(), known_how="A letter.")
    assert not AftermathTask.objects.exists()


def test_without_a_clinician_the_manager_is_owed_it(group, asha) -> None:
    group.duties.all().delete()
    group.memberships.filter(pseudonym="Dr Lee").update(state="left")
    sam = make_user(roles=(Role.SERVICE_MANAGER,))
    dies(asha, sam)
    assert set(AftermathTask.objects.values_list("owner", "owner_role")) == {(None, "service_manager")}
    assert gate.can(sam, gate.Perm.CARE_AFTER_DEATH, gate.SERVICE)


def test_the_desk_after_a_death(group, asha, lee, okafor) -> None:
    dies(asha, lee)
    desk = Client()
    desk.force_login(lee)
    page = desk.get("/staff/after-a-death/").content.decode()
    assert "Tell Lantern" in page
    assert "Look in on Mo" in page
    mine = task("check_in", about__pseudonym="Mo")
    assert "How are you today" in desk.get(mine.get_absolute_url()).content.decode()
    assert desk.post(mine.get_absolute_url(), {"note": ""}).status_code == 422
    assert desk.post(f"{mine.get_absolute_url()}hand-on/", {"to": "0"}).status_code == 422
    assert desk.post(f"{mine.get_absolute_url()}hand-on/", {"to": okafor.pk}).status_code == 302
    assert desk.post(mine.get_absolute_url(), {"note": "Rang Mo. He is with his aunt."}).status_code == 302
    words = task("words")
    assert desk.post(words.get_absolute_url(), {"note": "Asked."}).status_code == 422
    assert desk.post(words.get_absolute_url(), {"note": "Asked.", "words": "keep"}).status_code == 302
    assert AftermathTask.objects.get(pk=mine.pk).done_by == lee

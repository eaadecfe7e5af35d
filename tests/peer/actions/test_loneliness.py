"""The question on loneliness: skippable, one's own alone, counted only among many (S2)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from peer import clock, gate
from peer.actions import loneliness
from peer.models import LonelinessAnswer, Membership, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_member, make_open_group, make_user
from tests.peer.actions.test_welcomes import newcomer

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> SupportGroup:
    return make_open_group()


def signed_in(user: User | None) -> Client:
    assert user
    client = Client()
    client.force_login(user)
    return client


def asked_on(member: Membership, *, weeks: float) -> bool:
    """Tell whether the question waits on the group's page so many weeks after joining."""
    with clock.at(clock.now() + dt.timedelta(weeks=weeks, minutes=1)):
        return (
            "One question, just for you" in signed_in(member.user).get(member.group.get_absolute_url()).content.decode()
        )


def answer(member: Membership, often: int) -> LonelinessAnswer:
    return loneliness.answer(member, by=member.user, often=often)


def test_it_is_asked_at_joining_and_after_six_and_twelve_weeks(group: SupportGroup) -> None:
    fern = newcomer(group)
    assert asked_on(fern, weeks=0)
    answer(fern, 4)
    assert [asked_on(fern, weeks=weeks) for weeks in (0, 5, 6, 11)] == [False, False, True, True]
    with clock.at(clock.now() + dt.timedelta(weeks=6, minutes=1)):
        loneliness.skip(fern, by=fern.user)
    assert [asked_on(fern, weeks=weeks) for weeks in (6, 11, 12, 20)] == [False, False, True, True]


def test_skipping_is_one_press_and_asks_nothing_more(group: SupportGroup) -> None:
    fern = newcomer(group)
    client = signed_in(fern.user)
    page = f"{group.get_absolute_url()}how-it-feels/"
    assert "How often do you feel lonely?" in client.get(page).content.decode()
    assert client.post(f"{page}skip/").status_code == 302
    assert LonelinessAnswer.objects.get().often is None
    assert "Nothing to answer just now" in client.get(page).content.decode()


def test_an_answer_is_seen_again_by_its_writer_alone(group: SupportGroup) -> None:
    fern = newcomer(group)
    client, page = signed_in(fern.user), f"{group.get_absolute_url()}how-it-feels/"
    assert client.post(page, {"often": "9"}).status_code == 422
    assert client.post(page, {"often": "5"}).status_code == 302
    assert "Often or always" in client.get(page).content.decode()
    for user in (make_member(group=group).user, make_user(roles=(Role.CLINICIAN, Role.SERVICE_MANAGER))):
        assert not LonelinessAnswer.objects.visible_to(user).exists()
        assert signed_in(user).get(page).status_code == 404


def test_it_is_answered_once_and_for_oneself(group: SupportGroup) -> None:
    fern, tide = newcomer(group), newcomer(group, "Tide")
    answer(fern, 2)
    with pytest.raises(RuleBroken):
        answer(fern, 3)
    with pytest.raises(RuleBroken):
        loneliness.answer(tide, by=tide.user, often=6)
    with pytest.raises(gate.NotAllowed):
        loneliness.answer(tide, by=fern.user, often=2)


def test_who_came_in_by_a_role_is_asked_nothing(group: SupportGroup) -> None:
    mo = Membership.objects.get(pseudonym="Mo")
    assert not asked_on(mo, weeks=7)


def report(group: SupportGroup) -> str:
    manager = make_user(roles=(Role.SERVICE_MANAGER,))
    return signed_in(manager).get(f"/staff/groups/{group.public_id}/report/").content.decode()


def test_the_report_shows_nothing_under_five_answers_and_first_and_latest_from_there(group: SupportGroup) -> None:
    members = [newcomer(group, f"Name{number}") for number in range(6)]
    for member in members[:4]:
        answer(member, 5)
    assert "Fewer than 5 have answered" in report(group)
    answer(members[4], 5)
    assert "First answer" in report(group)
    figures = LonelinessAnswer.objects.figures(group)
    assert figures
    assert figures == ((None, None, 5), (None, None, 5)), "that all said the same would tell what each said"
    answer(members[5], 1)
    assert LonelinessAnswer.objects.figures(group) == figures, "one more answer must not show as a difference"


def test_skips_are_not_counted(group: SupportGroup) -> None:
    for number in range(9):
        member = newcomer(group, f"Name{number}")
        loneliness.skip(member, by=member.user)
    assert LonelinessAnswer.objects.figures(group) is None


def test_first_and_latest_are_each_persons_own(group: SupportGroup) -> None:
    members = [newcomer(group, f"Name{number}") for number in range(10)]
    for number, member in enumerate(members):
        answer(member, 5 if number < 5 else 1)
    assert LonelinessAnswer.objects.figures(group) == ((5, 5, 10), (5, 5, 10))
    with clock.at(clock.now() + dt.timedelta(weeks=7)):
        for number, member in enumerate(members):
            answer(member, 4 if number < 3 else 2)
    assert LonelinessAnswer.objects.figures(group) == ((5, 5, 10), (None, None, 10))

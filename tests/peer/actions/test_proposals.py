"""A member proposes a group: read by peers and a clinician, opened only when it is staffed (S118, S1)."""

from __future__ import annotations

import pytest
from django.test import Client

from peer import gate
from peer.actions import groups, proposals
from peer.models import GroupProposal, Person, SupportGroup, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.make import make_member, make_open_group, make_person, make_user

pytestmark = pytest.mark.django_db
IDEA = {"title": "Drawing while we wait", "why": "For people who would rather draw than talk."}


@pytest.fixture
def asha() -> User:
    return make_member(group=make_open_group(), name="Fern").user


@pytest.fixture
def sam() -> User:
    return make_user(roles=(Role.SERVICE_MANAGER,))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def proposed(user: User, **changes: str) -> GroupProposal:
    assert user.person
    return proposals.propose(user.person, by=user, **(IDEA | changes))


def test_an_idea_is_read_by_peers_and_staff_without_a_name_and_becomes_a_group_that_waits_for_its_people(
    asha: User, sam: User
) -> None:
    assert signed_in(asha).post("/groups/ideas/new/", IDEA).status_code == 302
    proposal = GroupProposal.objects.get()
    assert proposal.owner_role == "clinician"
    mo = signed_in(User.objects.get(memberships__pseudonym="Mo"))
    html = mo.get("/groups/ideas/").content.decode()
    assert IDEA["title"] in html
    assert "Fern" not in html
    assert asha.person.given_name not in mo.get(proposal.get_absolute_url()).content.decode()
    assert mo.post(f"{proposal.get_absolute_url()}take-up/").status_code == 404
    assert signed_in(sam).post(f"{proposal.get_absolute_url()}take-up/").status_code == 302
    group = SupportGroup.objects.get(title=IDEA["title"])
    assert (group.state, group.audience) == ("draft", "young_people")
    with pytest.raises(RuleBroken, match="Still missing"):
        groups.open_group(group, by=sam)
    assert "looking for people" in signed_in(asha).get(proposal.get_absolute_url()).content.decode()


def test_a_no_needs_kind_words_that_the_member_reads(asha: User, sam: User) -> None:
    proposal = proposed(asha)
    staff = signed_in(sam)
    assert staff.post(proposal.get_absolute_url(), {"words": " "}).status_code == 422
    assert staff.post(proposal.get_absolute_url(), {"words": "There is one on Mondays."}).status_code == 302
    assert "There is one on Mondays." in signed_in(asha).get(proposal.get_absolute_url()).content.decode()


def test_worrying_words_go_to_a_clinician_in_minutes_and_to_no_young_moderator(asha: User, sam: User) -> None:
    proposal = proposed(asha, why="I want to die")
    assert (proposal.level, proposal.owner_role) == ("red", "clinician")
    assert "Nobody has read it yet" in signed_in(asha).get(proposal.get_absolute_url()).content.decode()
    mo = User.objects.get(memberships__pseudonym="Mo")
    for user in (mo, sam):
        assert signed_in(user).get(proposal.get_absolute_url()).status_code == 404
    assert GroupProposal.objects.visible_to(make_user(roles=(Role.CLINICIAN,))).get() == proposal


def test_others_find_no_idea_and_nobody_proposes_for_somebody_else(asha: User) -> None:
    proposal = proposed(asha)
    other = make_user(person=make_person(kind=Person.Kind.PARENT_CARER))
    assert signed_in(other).get(proposal.get_absolute_url()).status_code == 404
    with pytest.raises(gate.NotAllowed):
        proposals.propose(asha.person, by=other, **IDEA)
    with pytest.raises(gate.NotAllowed):
        proposals.answer(proposal, by=asha, words="Yes!")


@pytest.mark.parametrize("changes", [{"title": ""}, {"why": ""}, {"title": "x" * 81}, {"why": "x" * 1_001}])
def test_what_is_missing_or_too_long_comes_back(asha: User, changes: dict[str, str]) -> None:
    assert signed_in(asha).post("/groups/ideas/new/", IDEA | changes).status_code == 422
    assert not GroupProposal.objects.exists()


def test_three_ideas_at_a_time(asha: User) -> None:
    for number in range(3):
        proposed(asha, title=f"Idea {number}")
    with pytest.raises(RuleBroken, match="still reading"):
        proposed(asha)

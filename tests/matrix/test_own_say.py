"""Who reads consents, objections, findings, places and requests for copies: the table of the safety rules, cell by cell."""

from __future__ import annotations

import datetime as dt
import tomllib

import pytest
from django.test import Client
from django.urls import reverse

from peer import clock
from peer.actions import competence, consents, data_requests
from peer.competence import Found
from peer.models import (
    CompetenceAssessment,
    Consent,
    DataRequest,
    Membership,
    ParentRelationship,
    Person,
    User,
    WaitingListEntry,
)
from peer.roles import Role
from tests.architecture.code import ROOT
from tests.make import make_group, make_member, make_person, make_user, make_wait

pytestmark = pytest.mark.django_db
TABLE: dict[str, str] = tomllib.loads((ROOT / "tests" / "matrix" / "own_say.toml").read_text())


@pytest.fixture
def people() -> dict[str, User]:
    """Make a young person who objects, and one account for each column."""
    group, other = make_group(), make_group(title="Other")
    child = make_user(person=make_person(born_on=clock.today().replace(year=clock.today().year - 14, day=1)))
    make_member(group=group, user=child)
    left = make_member(group=group)
    left.move_to(Membership.State.LEFT, ended_at=clock.now())
    parent = make_user(person=make_person(kind="parent_carer"))
    relation = ParentRelationship.objects.create(young_person=child.person, adult=parent.person, may_know="all")
    lee = make_user(roles=(Role.CLINICIAN,))
    make_wait(person=child.person)
    consents.take_back(child.person, by=child, purpose="parent_told")
    how = {"explained": "x", "understood": "y", "review_on": clock.today() + dt.timedelta(days=9)}
    competence.assess(child.person, by=lee, found=Found(decision="join", outcome="can", **how))
    data_requests.ask_of_child(relation, by=parent)
    return {
        "YP": child, "YO": make_member(group=other).user, "PM": make_member(group=group, role=Role.PEER_MODERATOR).user,
        "PO": make_member(group=other, role=Role.PEER_MODERATOR).user, "CN": lee, "PA": parent,
        "SM": make_user(roles=(Role.SERVICE_MANAGER,)), "CO": make_user(roles=(Role.CO_ORDINATOR,)),
        "ED": make_user(roles=(Role.EDITOR,)), "XM": left.user,
    }  # fmt: skip


def reads(what: str, user: User, child: Person) -> bool:
    """Ask the rows themselves, and for the desk the page."""
    objection = Consent.objects.visible_to(user).filter(person=child, purpose="parent_told", given=False)
    place = WaitingListEntry.objects.visible_to(user).filter(referral__person=child)
    if what == "desk":
        client = Client()
        client.force_login(user)
        page = client.get(reverse("own-say-detail", args=[child.public_id]))
        nothing = client.get(reverse("own-say-detail", args=["Zq7-notThere_0x"]))
        assert page.status_code == 200 or (page.status_code, page.content) == (404, nothing.content)
        return page.status_code == 200
    asked = {
        "consent": Consent.objects.visible_to(user).filter(person=child),
        "objection": objection,
        "competence": CompetenceAssessment.objects.visible_to(user).filter(person=child),
        "place": place,
        "place_at_16": place,
        "copy_by_pa": DataRequest.objects.visible_to(user).filter(person=child),
    }
    return asked[what].exists()


@pytest.mark.parametrize("what", TABLE)
def test_the_rows_say_what_the_matrix_says_in_each_cell(people: dict[str, User], what: str) -> None:
    child = people["YP"].person
    if what == "place_at_16":
        Person.objects.filter(pk=child.pk).update(born_on=clock.today().replace(year=clock.today().year - 16, day=1))
    assert {name for name, user in people.items() if reads(what, user, child)} == set(TABLE[what].split())

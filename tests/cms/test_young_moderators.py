"""A parent who checks posts in a parents' group says nothing in young people's name: not yes, not no, by no door (S12)."""

from __future__ import annotations

import pytest
from django.test import Client

from cms import young_moderators
from cms.actions import approvals, mends, social
from cms.models import Mend, PageCheck, SocialPost
from cms.models.approvals import askable
from cms.models.mends import askable as askable_about
from peer.gate import NotAllowed
from peer.models import Person, User
from peer.roles import Role
from peer.states import RuleBroken
from tests.cms.social import sent
from tests.cms.texts import make_check, make_mend
from tests.make import make_group, make_member, make_person, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_tree")]


def moderator(kind: str) -> User:
    user = make_user(person=make_person(kind=kind))
    make_member(group=make_group(title=f"Group of {kind}"), user=user, role=Role.PEER_MODERATOR, name=kind)
    return user


def test_a_young_person_judges_and_a_parent_does_not() -> None:
    mo, pat = moderator(Person.Kind.YOUNG_PERSON), moderator(Person.Kind.PARENT_CARER)
    check, mend = make_check(asks=Role.PEER_MODERATOR), make_mend()
    post = sent(make_user(person=make_person(kind="staff"), roles=(Role.SERVICE_MANAGER,)))
    assert (young_moderators.is_one(mo), young_moderators.is_one(pat)) == (True, False)
    for rows in (PageCheck.objects.all(), Mend.objects.all(), SocialPost.objects.all()):
        assert rows.visible_to(mo).exists()
        assert not rows.visible_to(pat).exists()
    client = Client()
    client.force_login(pat)
    assert {client.get(row.get_absolute_url()).status_code for row in (check, mend, post)} == {404}
    for asked in (askable(check), askable_about(mend)):
        assert mo in asked
        assert pat not in asked
    with pytest.raises(NotAllowed):
        approvals.approve(check, by=pat, seen=str(check.revision_id))
    with pytest.raises(NotAllowed):
        mends.agree(mend, by=pat)
    with pytest.raises(RuleBroken, match="young person"):
        social.release(post, by=pat, seen=post.fingerprint())
    approvals.approve(check, by=mo, seen=str(check.revision_id))
    mends.agree(mend, by=mo)

"""Rights in a group: guardian's rows, written by one module, agree with guardian and with the table."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.accounts import Backend
from peer import clock, gate, grants
from peer.models import Membership, MembershipRole, ServiceRole, SupportGroupUserPermission
from peer.roles import SERVICE_WIDE, Perm, Role, Scope, group_perms, rules
from tests.make import make_duty, make_group, make_member, make_user

pytestmark = pytest.mark.django_db
IN_GROUPS = sorted(set(Role) - SERVICE_WIDE)


@pytest.mark.parametrize("role", IN_GROUPS)
def test_guardian_and_the_one_query_agree_about_every_right_of_a_role(role: Role) -> None:
    group = make_group()
    other = make_group(title="Other")
    user = make_member(group=group, role=role).user
    assert user is not None
    for perm in (rule.perm for rule in rules().values() if rule.scope is Scope.GROUP):
        assert (
            user.has_perm(f"peer.{perm}", group) == (perm in grants.rights(user, group)) == (perm in group_perms(role))
        )
        assert not user.has_perm(f"peer.{perm}", other)
    assert grants.rights(user, other) == frozenset()


def test_rights_cost_one_query_however_often_they_are_asked_in_a_request() -> None:
    group = make_group()
    user = make_member(group=group).user
    token = grants.kept.set({})
    try:
        with CaptureQueriesContext(connection) as queries:
            for _time in range(5):
                grants.rights(user, group)
    finally:
        grants.kept.reset(token)
    assert len(queries) == 1


def test_rights_in_many_groups_are_learned_in_one_query_and_are_the_same() -> None:
    member = make_member(group=make_group())
    user = member.user
    assert user is not None
    foreign = make_group(title="Not theirs")
    asked = [member.group, foreign]
    apart = [grants.rights(user, group) for group in asked]
    token = grants.kept.set({})
    try:
        with CaptureQueriesContext(connection) as queries:
            grants.learn(user, asked)
            together = [grants.rights(user, group) for group in asked]
    finally:
        grants.kept.reset(token)
    assert len(queries) == 1
    assert together == apart
    assert apart[0]
    assert not apart[1]


def test_a_row_that_is_gone_takes_the_right_though_the_role_stays() -> None:
    group = make_group()
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user
    SupportGroupUserPermission.objects.filter(user=mo, permission__codename=Perm.FREEZE_GROUP).delete()
    assert not gate.can(mo, Perm.FREEZE_GROUP, group)
    assert gate.can(mo, Perm.READ_QUEUE, group)
    assert gate.standing(mo, Perm.FREEZE_GROUP, group, locked=True) is None
    assert gate.standing(mo, Perm.READ_QUEUE, group, locked=True) == Role.PEER_MODERATOR


def test_leaving_takes_every_right_at_once() -> None:
    group = make_group()
    membership = make_member(group=group)
    membership.move_to(Membership.State.LEFT)
    assert not gate.can(membership.user, Perm.READ_GROUP, group)
    grants.sync(membership)
    assert grants.rights(membership.user, group) == frozenset()


def test_two_roles_give_the_sum_of_both_and_ending_one_leaves_the_other() -> None:
    group = make_group()
    membership = make_member(group=group, role=Role.PEER_MODERATOR)
    second = membership.roles.create(role=Role.PEER_FACILITATOR)
    grants.sync(membership)
    both = group_perms(Role.PEER_MODERATOR) | group_perms(Role.PEER_FACILITATOR)
    assert grants.rights(membership.user, group) == both
    second.until_at = second.from_at
    second.save()
    grants.sync(membership)
    assert grants.rights(membership.user, group) == group_perms(Role.PEER_MODERATOR)


def test_the_rights_vanish_with_the_group() -> None:
    group = make_group()
    make_member(group=group)
    assert SupportGroupUserPermission.objects.exists()
    group.memberships.all().delete()
    group.delete()
    assert not SupportGroupUserPermission.objects.exists()


def test_a_right_on_duty_ends_with_the_second_the_shift_ends() -> None:
    group = make_group()
    lee = make_member(group=group, role=Role.CLINICIAN).user
    duty = make_duty(group=group, user=lee)
    assert gate.standing(lee, Perm.READ_RISK_LANE, group, locked=True) == Role.CLINICIAN
    duty.until_at = duty.from_at + (duty.until_at - duty.from_at) / 10_000
    duty.save()
    assert not gate.can(lee, Perm.READ_RISK_LANE, group)


def test_an_account_comes_with_the_roles_it_holds_now_and_a_request_asks_no_more() -> None:
    group, ended = make_group(), make_group(title="Over")
    user = make_user(name="lee", roles=(Role.CO_ORDINATOR,))
    make_member(user=user, group=group, role=Role.CLINICIAN)
    left = make_member(user=user, group=ended, role=Role.PEER_MODERATOR)
    MembershipRole.objects.filter(membership=left).update(until_at=clock.now())
    expected = frozenset({Role.CO_ORDINATOR}), frozenset({Role.CO_ORDINATOR, Role.CLINICIAN})
    assert (grants.service_roles(user), grants.all_roles(user)) == expected
    token = grants.kept.set({})
    try:
        with CaptureQueriesContext(connection) as queries:
            account = Backend().get_user(user.pk)
            assert account is not None
            assert (grants.service_roles(account), grants.all_roles(account)) == expected
        assert len(queries) == 1
        ServiceRole.objects.filter(user=user).update(until_at=clock.now())
        grants.sync(left)  # whatever a request does to roles is read afresh
        assert grants.service_roles(account) == frozenset()
    finally:
        grants.kept.reset(token)


def test_an_account_without_any_role_holds_none() -> None:
    user = make_user(name="asha")
    assert (grants.service_roles(user), grants.all_roles(user)) == (frozenset(), frozenset())

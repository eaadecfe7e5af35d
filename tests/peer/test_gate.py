"""The gate: the right of this moment, one audit row, nothing on a refusal, one effect per form."""

from __future__ import annotations

import pytest

from peer import gate
from peer.models import AuditEvent, SupportGroup
from peer.roles import Perm, Role
from tests.make import make_duty, make_group, make_member, make_user

pytestmark = pytest.mark.django_db


@gate.action(Perm.FREEZE_GROUP)
def pause(group: SupportGroup, *, by: object, reason: str = "") -> SupportGroup:
    """Pause a group."""
    group.move_to(SupportGroup.State.FROZEN)
    return group


def test_a_role_in_the_group_gives_the_right_and_leaves_one_audit_row() -> None:
    group = make_group()
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user
    pause(group, by=mo, reason="a hard day")
    event = AuditEvent.objects.get()
    assert (event.as_role, event.reason) == ("peer_moderator", "a hard day")
    assert event.moves == [{"kind": "peer.supportgroup", "pk": group.pk, "from_": "open", "to": "frozen"}]


def test_a_role_in_another_group_gives_nothing_and_changes_nothing() -> None:
    group, other = make_group(), make_group(title="Other")
    mo = make_member(group=other, role=Role.PEER_MODERATOR).user
    with pytest.raises(gate.NotAllowed):
        pause(group, by=mo)
    group.refresh_from_db()
    assert group.state == "open"
    assert not AuditEvent.objects.exists()


def test_a_clinician_of_the_service_has_no_right_of_a_group_that_is_not_theirs() -> None:
    group = make_group()
    okafor = make_member(group=make_group(title="Other"), role=Role.CLINICIAN).user
    okafor.service_roles.create(role=Role.CLINICIAN)
    for perm in (Perm.HIDE_POST, Perm.FREEZE_GROUP, Perm.PAUSE_MEMBER, Perm.REMOVE_MEMBER, Perm.REVEAL_IDENTITY):
        assert not gate.can(okafor, perm, group)
    sam = make_user(roles=(Role.SERVICE_MANAGER,))
    assert gate.can(sam, Perm.FREEZE_GROUP, group)


def test_a_clinician_reads_the_risk_lane_only_while_on_duty() -> None:
    group = make_group()
    lee = make_member(group=group, role=Role.CLINICIAN).user
    assert not gate.can(lee, Perm.READ_RISK_LANE, group)
    make_duty(group=group, user=lee)
    assert gate.can(lee, Perm.READ_RISK_LANE, group)


def test_an_ended_role_gives_nothing_at_the_next_question() -> None:
    group = make_group()
    membership = make_member(group=group, role=Role.PEER_MODERATOR)
    assert gate.can(membership.user, Perm.FREEZE_GROUP, group)
    membership.roles.update(until_at=membership.joined_at)
    assert not gate.can(membership.user, Perm.FREEZE_GROUP, group)


def test_the_same_form_twice_acts_once() -> None:
    group = make_group()
    mo = make_member(group=group, role=Role.PEER_MODERATOR).user
    token = gate.request.set(gate.Request(nonce="n1"))
    try:
        pause(group, by=mo)
        with pytest.raises(gate.AlreadyDone) as again:
            pause(group, by=mo)
    finally:
        gate.request.reset(token)
    assert again.value.first.result_id == group.pk
    assert AuditEvent.objects.count() == 1


@gate.action(Perm.FREEZE_GROUP)
def rename(group: SupportGroup, *, by: object, title: str) -> SupportGroup:
    """Give a group another name: what nothing forbids to be done twice."""
    group.title = title
    group.save(update_fields=["title"])
    return group


def test_the_same_form_twice_acts_once_also_where_nothing_else_stands_in_its_way() -> None:
    group = make_group()
    mo = make_member(group=group, role=Role.PEER_MODERATOR)
    token = gate.request.set(gate.Request(nonce="n1"))
    try:
        rename(group, by=mo.user, title="First")
        with pytest.raises(gate.AlreadyDone):
            rename(SupportGroup.objects.get(pk=group.pk), by=mo.user, title="Second")
        mo.roles.update(until_at=mo.joined_at)
        with pytest.raises(gate.AlreadyDone):  # the first time, they had the right
            rename(group, by=mo.user, title="Third")
    finally:
        gate.request.reset(token)
    assert SupportGroup.objects.get(pk=group.pk).title == "First"
    assert AuditEvent.objects.count() == 1


def test_an_inactive_account_may_nothing() -> None:
    user = make_user(roles=(Role.CO_ORDINATOR,))
    assert gate.can(user, Perm.READ_CASELOAD, gate.SERVICE)
    user.is_active = False
    assert not gate.can(user, Perm.READ_CASELOAD, gate.SERVICE)

"""The figures of a group: counts alone, the share of clinicians' posts, for those who run groups (S90, matrix row 17)."""

from __future__ import annotations

import pytest
from django.test import Client

from peer import group_reports
from peer.models import Membership, Post, User
from peer.roles import Role
from tests.make import make_member, make_open_group, make_post, make_user

pytestmark = pytest.mark.django_db


def test_the_share_of_clinicians_posts_is_counted_among_what_is_shown() -> None:
    group = make_open_group()
    lee, fern = Membership.objects.get(pseudonym="Dr Lee"), make_member(group=group, name="Fern")
    for author, count in ((lee, 1), (fern, 3)):
        for _ in range(count):
            make_post(author=author, state=Post.State.APPROVED)
    make_post(author=lee)
    Post.objects.filter(author=lee).update(author_role=Role.CLINICIAN)
    report = group_reports.of(group)
    assert (report.posts, report.clinician_posts, report.clinician_share) == (4, 1, 25)
    assert report.members == 1


def test_a_group_without_posts_has_no_share() -> None:
    assert group_reports.of(make_open_group()).clinician_share is None


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.SERVICE_MANAGER, 200), (Role.CLINICIAN, 200), (Role.CO_ORDINATOR, 404), (Role.EDITOR, 404), (None, 404)],
)
def test_only_those_who_run_groups_open_it_and_no_name_stands_there(role: Role | None, status: int) -> None:
    group = make_open_group()
    make_member(group=group, name="Fern")
    client = Client()
    client.force_login(make_user(roles=(role,) if role else ()))
    answer = client.get(f"/staff/groups/{group.public_id}/report/")
    assert answer.status_code == status
    assert "Fern" not in answer.content.decode()


def test_members_and_peers_find_no_report() -> None:
    group = make_open_group()
    for user in (make_member(group=group).user, User.objects.get(memberships__pseudonym="Mo")):
        client = Client()
        client.force_login(user)
        assert client.get(f"/staff/groups/{group.public_id}/report/").status_code == 404

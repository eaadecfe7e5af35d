"""Young editors draft services; they go through their steps, and nothing shows before (S7)."""

from __future__ import annotations

import pytest

from cms import editors
from cms.models import DirectoryService
from peer.models import User
from peer.roles import Role
from tests.cms.directory import make_service
from tests.cms.texts import make_check
from tests.make import make_user

pytestmark = pytest.mark.django_db


def rights(*roles: Role) -> set[str]:
    user = make_user(roles=roles)
    editors.sync(user)
    fresh = User.objects.get(pk=user.pk)
    return {act for act in ("add", "change", "publish", "delete") if fresh.has_perm(f"cms.{act}_directoryservice")}


def test_a_young_editor_drafts_and_an_editor_publishes(site_tree: None) -> None:
    assert rights(Role.YOUNG_EDITOR) == {"add", "change"}
    assert rights(Role.EDITOR) == {"add", "change", "publish"}


def test_nobody_says_yes_in_the_editors_pages_and_nobody_changes_what_is_looked_at(site_tree: None) -> None:
    check = make_check()
    for role in (Role.YOUNG_EDITOR, Role.EDITOR, Role.SERVICE_MANAGER):
        user = make_user(roles=(role,))
        editors.sync(user)
        assert check.task.specific.get_actions(check.text, user) == []
        assert check.text.get_lock().for_user(user)
    assert not DirectoryService.objects.published().exists()


def test_a_changed_draft_leaves_what_the_public_reads(site_tree: None) -> None:
    service = make_service()
    service.plain_summary = "Not yet."
    service.save_revision()
    assert DirectoryService.objects.published().get().plain_summary == "Cook with others your age."

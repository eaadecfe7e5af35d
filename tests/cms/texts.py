"""Keyword-only factories of public texts on their way, and of changes made at once."""

from __future__ import annotations

from cms.actions import approvals, mends
from cms.models import DirectoryService, Mend, PageCheck
from cms.site import make_steps
from peer.models import User
from peer.roles import Role
from tests.cms.directory import make_service
from tests.make import make_user


def make_check(*, writer: User | None = None, asks: Role = Role.CLINICIAN, name: str = "Quiet Room") -> PageCheck:
    """Make a service that a young editor drafted and sent on its way, up to the step that asks this role."""
    make_steps()
    writer = writer or make_user(name="Jude", roles=(Role.YOUNG_EDITOR,))
    service: DirectoryService = make_service(name=name, live=False)
    service.save_revision(user=writer)
    workflow = service.get_workflow()
    workflow.start(service, writer)
    check = PageCheck.objects.waiting().latest("pk")
    if asks is Role.PEER_MODERATOR:
        clinician = make_user(name="Dr Quist", roles=(Role.CLINICIAN,))
        approvals.approve(check, by=clinician, seen=str(check.revision_id))
        check = PageCheck.objects.waiting().latest("pk")
    return check


def make_mend(*, by: User | None = None, name: str = "Loud Room") -> Mend:
    """Make a service in which an editor has put a number right at once."""
    service = make_service(name=name, phone="020 7946 0999")
    by = by or make_user(name="Eve", roles=(Role.EDITOR,))
    words = {"wrong": "0999", "instead": "0111", "reason": "Nobody answers there."}
    return mends.put_right(service, by=by, **words)

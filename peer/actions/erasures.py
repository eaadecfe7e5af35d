"""Deleting what is held about somebody who asked for it: agreed by one, done by another (matrix row 41, P14)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import clock, erasing
from peer.events import emit
from peer.gate import action
from peer.models import DataHold, DataRequest, MembershipRole, Person, ServiceRole, User
from peer.models.groups import LOOK_AFTER
from peer.news import PersonErased
from peer.roles import Perm
from peer.states import RuleBroken

State = DataRequest.State


@action(Perm.AGREE_TO_DELETE)
def agree(request: DataRequest, *, by: User) -> DataRequest:
    """Agree that what was asked can be deleted; nothing is, before a second person does it."""
    _check(request, by=by)
    request.move_to(State.AGREED, read_by=by)
    return request


@action(Perm.DELETE_DATA)
def carry_out(request: DataRequest, *, by: User) -> DataRequest:
    """Delete, as the second person: for good, in every table, but for what the law has us keep."""
    person = Person.objects.select_for_update().get(pk=request.person_id)  # a hold set meanwhile has settled by now
    _check(request, by=by)
    if request.state != State.AGREED:
        raise RuleBroken(_("Somebody else must agree first."))
    if request.read_by_id == by.pk:
        raise RuleBroken(_("You agreed to this yourself. Somebody else must do it."))
    request.move_to(State.DONE, second=by, ended_at=clock.now(), due_at=None)
    emit(PersonErased(person))
    erasing.erase(person, posts=request.posts)
    request.refresh_from_db()
    return request


def _check(request: DataRequest, *, by: User) -> None:
    if request.kind != DataRequest.Kind.DELETION:
        raise RuleBroken(_("Nobody asked for a deletion here."))
    if request.is_own(by):
        raise RuleBroken(_("Nobody deletes what is held about themselves. Ask a colleague."))
    if _is_looked_to(request.person):
        raise RuleBroken(
            _("Others look to this person here: they hold a role. End that first, and see who takes over.")
        )
    if DataHold.objects.current().filter(person=request.person_id).exists() or request.person.deceased_at:
        raise RuleBroken(_("This record is held. Nothing can be deleted until that is lifted."))


def _is_looked_to(person: Person) -> bool:
    """Tell whether somebody keeps a group or the service going: nobody drops out of that unseen (E2)."""
    in_groups = MembershipRole.objects.current().filter(membership__person=person, role__in=LOOK_AFTER)
    return in_groups.exists() or ServiceRole.objects.current().filter(user__person=person).exists()

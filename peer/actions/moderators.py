"""Who checks posts in a group: given by a clinician on duty, or by two; ended by either at once (matrix row 26)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, endings, given_roles, workdays
from peer.gate import action
from peer.models import MembershipRole, ModeratorProposal, SupportGroup, User
from peer.roles import Perm, Role
from peer.states import RuleBroken

MODERATOR = Role.PEER_MODERATOR
State = ModeratorProposal.State


@action(Perm.GIVE_MODERATOR)
def give(
    group: SupportGroup, *, by: User, user: User, name: str, until_at: dt.datetime | None = None
) -> MembershipRole:
    """Make somebody a peer moderator now, as the clinician on duty who works beside them."""
    return given_roles.give(group, by=by, user=user, role=MODERATOR, name=name, until_at=until_at)


@action(Perm.GIVE_ROLE)
def ask(
    group: SupportGroup, *, by: User, user: User, name: str, until_at: dt.datetime | None = None
) -> ModeratorProposal:
    """Ask that somebody becomes a peer moderator; nothing changes before a second person agrees."""
    given_roles.check(group, by=by, user=user, role=MODERATOR, name=name)
    try:
        return ModeratorProposal.objects.create(
            group=group,
            user=user,
            name=name,
            until_at=until_at,
            asked_by=by,
            owner_role=Role.CLINICIAN,
            due_at=workdays.due(days=endings.number("second_person", "within")),
        )
    except IntegrityError:  # one question a person: the database knows, also of two at once
        raise RuleBroken(_("Somebody has asked for this already. A second person must look.")) from None


@action(Perm.SECOND_MODERATOR)
def agree(proposal: ModeratorProposal, *, by: User) -> MembershipRole:
    """Agree, as the second person: the role counts from now."""
    _check_second(proposal, by)
    if proposal.until_at and proposal.until_at <= clock.now():
        raise RuleBroken(_("The day on which it was to end has gone. Ask for it anew."))
    proposal.move_to(State.GIVEN, second=by, second_at=clock.now(), due_at=None)
    return given_roles.give(
        proposal.group, by=by, user=proposal.user, role=MODERATOR, name=proposal.name, until_at=proposal.until_at
    )


@action(Perm.SECOND_MODERATOR)
def say_no(proposal: ModeratorProposal, *, by: User) -> ModeratorProposal:
    """Say no, as the second person: nothing changes."""
    _check_second(proposal, by)
    proposal.move_to(State.DROPPED, second=by, second_at=clock.now(), due_at=None)
    return proposal


@action(Perm.END_MODERATOR)
def end(group: SupportGroup, *, by: User, role: MembershipRole) -> MembershipRole:
    """End a peer moderator's role now: taking away never waits for a second person."""
    if role.membership.group_id != group.pk or role.role != MODERATOR:
        raise RuleBroken(_("Nobody checks posts here by that role."))
    return given_roles.end(role)


def _check_second(proposal: ModeratorProposal, by: User) -> None:
    if proposal.asked_by_id == by.pk:
        raise RuleBroken(_("You asked for this yourself. A second person must look."))
    if proposal.user_id == by.pk:
        raise RuleBroken(_("Nobody gives a role to themselves. Ask a colleague."))

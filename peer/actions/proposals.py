"""Proposing a group, and what comes of it (S118)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import clock, doors, workdays
from peer.gate import action
from peer.models import GroupProposal, Person, SupportGroup, User
from peer.roles import Perm, Role
from peer.states import RuleBroken

ANSWER_DAYS = 10  # working days
OPEN_AT_ONCE = 3


@action(Perm.PROPOSE_GROUP)
def propose(person: Person, *, by: User, title: str, why: str) -> GroupProposal:
    """Propose a group; whoever looks after groups reads it, and worrying words go to a clinician in minutes (U3)."""
    if person.kind == Person.Kind.STAFF:
        raise RuleBroken(_("You can set a group up yourself, or ask the service manager."))
    if GroupProposal.objects.waiting().filter(person=person).count() >= OPEN_AT_ONCE:
        raise RuleBroken(_("We are still reading your other ideas. Please wait for our answer first."))
    heard = doors.hear("proposal", title=title, why=why)
    proposal: GroupProposal = GroupProposal.objects.create(
        person=person,
        title=title.strip(),
        why=why.strip(),
        level=heard.level,
        proposed_at=clock.now(),
        owner_role=Role.CLINICIAN,
        due_at=heard.due(otherwise=workdays.due(days=ANSWER_DAYS)),
    )
    doors.wake(heard, proposal, person=person)
    return proposal


@action(Perm.RUN_GROUP)
def take_up(proposal: GroupProposal, *, by: User) -> SupportGroup:
    """Begin the group that somebody proposed; it opens when it has its people and its words, as any other (S1)."""
    is_parent = proposal.person.kind == Person.Kind.PARENT_CARER
    audience = SupportGroup.Audience.PARENTS if is_parent else SupportGroup.Audience.YOUNG_PEOPLE
    group = SupportGroup.objects.create(
        title=proposal.title, about=proposal.why, audience=audience, created_at=clock.now()
    )
    proposal.move_to(GroupProposal.State.BEGUN, group=group, due_at=None)
    return group


@action(Perm.RUN_GROUP)
def answer(proposal: GroupProposal, *, by: User, words: str) -> GroupProposal:
    """Say kindly why there is no such group now, and what there is instead."""
    if not words.strip():
        raise RuleBroken(_("Write a few kind words, so that they know why, and what else there is."))
    proposal.move_to(GroupProposal.State.ANSWERED, answer=words.strip(), due_at=None)
    return proposal

"""An offer that nobody answered leads on: once more on day 8, and by texting NEW for a year after it (U13)."""

from __future__ import annotations

from peer import answers, clock, eligibility
from peer.events import emit
from peer.gate import System, action
from peer.models import Invitation
from peer.news import InvitationAskedAgain, InvitationUnanswered
from peer.roles import Perm


@action(Perm.INVITE_PERSON)
def remind(invitation: Invitation, *, by: System) -> Invitation:
    """Bring an offer up once more, unless something has come between since; never a second time."""
    mine = Invitation.objects.to_remind().filter(pk=invitation.pk)
    if mine.update(reminded_at=clock.now()) and not eligibility.why_not_asked(invitation.person, invitation.group):
        emit(InvitationUnanswered(invitation, answers.another_link(invitation)))
    return invitation


@action(Perm.ANSWER_INVITATION)
def send_again(invitation: Invitation, *, by: System) -> Invitation:
    """Send somebody who asked for it the link to their open offer once more."""
    emit(InvitationAskedAgain(invitation, answers.another_link(invitation)))
    return invitation


@action(Perm.ANSWER_INVITATION)
def renew(invitation: Invitation, *, by: System) -> Invitation:
    """Make a fresh offer of one that ran out, if the person may still be asked."""
    late = Invitation.objects.out_of_date().filter(person=invitation.person, group=invitation.group)
    for one in late:
        one.move_to(Invitation.State.EXPIRED, due_at=None)
    return answers.make_offer(invitation.person, group=invitation.group, offered_by=invitation.offered_by)

"""Looking up who somebody in a group is, in an emergency or with a reason, and checking that afterwards (safety B2)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import breach, clock, workdays
from peer.gate import action
from peer.models import Membership, Person, Reveal, User
from peer.models.reveals import CHECKED_WITHIN, LASTS
from peer.roles import Perm, Role
from peer.states import RuleBroken


@action(Perm.REVEAL_IDENTITY)
def reveal(membership: Membership, *, by: User, reason: str) -> Reveal:
    """Show who somebody is for a quarter of an hour; a safeguarding lead reads why, and the person sees that it was."""
    if membership.person.kind == Person.Kind.STAFF:
        raise RuleBroken(_("This person works here. Everybody may know who they are."))
    if len(reason.split()) < 2:
        raise RuleBroken(_("Say why in a few words: somebody else reads it."))
    limit = breach.limits()["many_people"]
    if limit.is_passed(Reveal.objects.lately(by, within=limit.window) + 1):
        raise RuleBroken(_("That is many people in one hour. Ring the safeguarding lead before you look up more."))
    now = clock.now()
    return Reveal.objects.create(
        membership=membership,
        by=by,
        reason=reason,
        at=now,
        until_at=now + LASTS,
        owner_role=Role.SAFEGUARDING_LEAD,
        due_at=workdays.due(days=CHECKED_WITHIN),
    )


@action(Perm.CHECK_REVEAL)
def check(shown: Reveal, *, by: User) -> Reveal:
    """Write down that somebody else has read why."""
    if shown.by_id == by.pk:
        raise RuleBroken(_("You looked this person up yourself. Somebody else must check it."))
    shown.move_to(Reveal.State.CHECKED, checked_by=by, checked_at=clock.now(), due_at=None)
    return shown

"""The run sheet of a group, written by whoever keeps the group running (S77, S96)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import clock
from peer.gate import action
from peer.models import RunSheet, SupportGroup, User
from peer.roles import Perm
from peer.states import RuleBroken

MOST, LONGEST = 12, 200
PARTS = ("principles", "before", "during", "after")


@action(Perm.WRITE_RUN_SHEET)
def write(group: SupportGroup, *, by: User, principles: str, before: str, during: str, after: str) -> RunSheet:
    """Write what guides the sessions of a group, and its own steps; the steps that keep people safe stay."""
    own = RunSheet.objects.select_for_update().filter(group=group).first() or RunSheet(group=group)
    own.principles, own.before, own.during, own.after = principles, before, during, after
    if not own.lines("principles"):
        raise RuleBroken(_("Write at least one line about what guides you."))
    if any(len(own.lines(part)) > MOST for part in PARTS):
        raise RuleBroken(_("Keep each part to %(most)d lines, so that people read it.") % {"most": MOST})
    if any(len(line) > LONGEST for part in PARTS for line in own.lines(part)):
        raise RuleBroken(_("Keep each line under %(most)d letters.") % {"most": LONGEST})
    own.changed_by, own.changed_at = by, clock.now()
    own.save()
    return own

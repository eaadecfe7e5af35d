"""The hold after a restore: begun, compared with the network, and ended by a person with a reason (H27, F19)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications.models import SendingHold
from notifications.tasks import hint
from peer import clock
from peer.gate import System, TheService, action
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.END_HOLD}))
OPERATOR = System("hold command", may=frozenset({Perm.END_HOLD}))


@action(Perm.END_HOLD)
def begin(service: TheService, *, by: User | System, reason: str) -> SendingHold:
    """Keep everything but pages back, until we have been compared with the network."""
    if not reason.strip():
        raise RuleBroken(_("Say why."))
    if SendingHold.objects.current().exists():
        raise RuleBroken(_("Messages are on hold already."))
    return SendingHold.objects.create(why=reason[:200], since_at=clock.now())


@action(Perm.END_HOLD)
def compare(hold: SendingHold, *, by: User | System) -> SendingHold:
    """Ask the clock process to compare what is held with what the network took."""
    if (
        not SendingHold.objects.current()
        .filter(pk=hold.pk)
        .update(asked_at=clock.now(), compared_pk=0, found=0, trouble="", reconciled_at=None)
    ):
        raise RuleBroken(_("Messages are not on hold any more."))
    hold.refresh_from_db()
    hint()
    return hold


@action(Perm.END_HOLD)
def end(hold: SendingHold, *, by: User | System, reason: str) -> SendingHold:
    """Let messages go again, after the comparison; what the network had taken already does not go twice."""
    if not reason.strip():
        raise RuleBroken(_("Say why."))
    rows = SendingHold.objects.current().filter(pk=hold.pk)
    if not rows.filter(reconciled_at__isnull=False).exists():
        raise RuleBroken(_("Compare with the network first. Otherwise families hear the same news twice."))
    who = None if isinstance(by, System) else by
    rows.update(ended_at=clock.now(), ended_by=who, ended_why=reason[:200])
    hold.refresh_from_db()
    hint()
    return hold

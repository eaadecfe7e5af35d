"""Raising an alarm about an account, and looking into it (B3, H15)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import breach, clock
from peer.gate import System, action
from peer.models import BreachAlarm, KnownDevice, User
from peer.roles import Perm
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.RAISE_ALARM}))
SIGN_IN = System("sign-in", may=frozenset({Perm.RAISE_ALARM}))
State = BreachAlarm.State


@action(Perm.RAISE_ALARM)
def ring(account: User, *, by: System, kind: str, seen: int) -> BreachAlarm:
    """Raise one alarm of a kind about an account; while it is open no second one is raised."""
    limit = breach.limits()[kind]
    alarm, _is_new = BreachAlarm.objects.get_or_create(
        about=account,
        kind=kind,
        state=State.OPEN,
        defaults={
            "seen": seen,
            "owner_role": limit.owner,
            "due_at": limit.due_at(clock.now()),
            "since_at": clock.now(),
        },
    )
    return alarm


@action(Perm.RAISE_ALARM)
def signed_in(account: User, *, by: System, device: str) -> BreachAlarm | None:
    """Remember a device of a member of staff; another one than those before is an alarm."""
    known = set(KnownDevice.objects.filter(user=account).values_list("device", flat=True))
    KnownDevice.objects.get_or_create(user=account, device=device, defaults={"first_at": clock.now()})
    return ring(account, by=by, kind=breach.NEW_DEVICE, seen=1) if breach.is_new(device, known) else None


@action(Perm.LOOK_INTO_ALARM)
def settle(alarm: BreachAlarm, *, by: User, outcome: str, found: str) -> BreachAlarm:
    """Write down what came of asking whose account it is; nobody settles an alarm about themselves."""
    if alarm.about_id == by.pk:
        raise RuleBroken(_("This is about your own account. Somebody else looks into it."))
    if not found.strip():
        raise RuleBroken(_("Write down whom you asked, and what you found."))
    alarm.move_to(outcome, found=found.strip()[:500], settled_by=by, settled_at=clock.now(), due_at=None)
    return alarm

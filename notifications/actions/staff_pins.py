"""The PIN with which staff show who they are on any phone: chosen on a page, tried by keys (U4)."""

from __future__ import annotations

import re

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from notifications.models import StaffPin
from notifications.models.staff_calls import WRONG_PINS
from peer import breach, clock
from peer.actions import breaches
from peer.gate import System, action
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken

PHONE = System("telephone", may=frozenset({Perm.RAISE_ALARM}))
SHORTEST, LONGEST = 6, 12
RUNS = "01234567890 09876543210"


@action(Perm.KEEP_OWN_ACCOUNT)
def choose(user: User, *, by: User, pin: str) -> StaffPin:
    """Choose a PIN, or another one, which also opens a locked one again."""
    if not re.fullmatch(rf"[0-9]{{{SHORTEST},{LONGEST}}}", pin):
        raise RuleBroken(_("Use %(least)s to %(most)s digits and nothing else.") % {"least": SHORTEST, "most": LONGEST})
    if pin in RUNS or len(set(pin)) <= 2:
        raise RuleBroken(_("That is easy to guess. Choose digits that are not in a row."))
    fields = {"pin": make_password(pin), "chosen_at": clock.now(), "wrong": 0, "locked_at": None}
    User.objects.filter(pk=user.pk).update(pin_ok_at=clock.now())
    return StaffPin.objects.update_or_create(user=user, defaults=fields)[0]


def is_right(user: User, keys: str) -> bool:
    """Compare keys with somebody's PIN; the fifth wrong one in a row locks it and raises an alarm (B3)."""
    held = StaffPin.objects.select_for_update().filter(user=user).first()
    if held is None or held.locked_at is not None:
        return False
    if held.fits(keys):
        StaffPin.objects.filter(pk=held.pk).update(wrong=0)
        return True
    held.wrong += 1
    if held.wrong >= WRONG_PINS:
        held.locked_at = clock.now()
        User.objects.filter(pk=user.pk).update(pin_ok_at=None)
        breaches.ring(user, by=PHONE, kind=breach.WRONG_PINS, seen=held.wrong)
    held.save(update_fields=["wrong", "locked_at"])
    return False

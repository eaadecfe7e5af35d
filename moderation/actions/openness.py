"""Counting a quarter once it is over, and correcting that by name (S33, U20)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from moderation import openness
from moderation.models import Quarter
from peer import clock
from peer.gate import System, TheService, action
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.COUNT_QUARTER}))


@action(Perm.COUNT_QUARTER)
def fix(service: TheService, *, by: System, starts_on: dt.date) -> Quarter:
    """Count a quarter that is over, once: what is counted stays as it is."""
    if clock.today() < openness.after(starts_on):
        raise RuleBroken(_("That quarter is not over yet."))
    try:
        return Quarter.objects.create(starts_on=starts_on, counts=openness.count(starts_on), fixed_at=clock.now())
    except IntegrityError:
        raise RuleBroken(_("That quarter is counted already.")) from None


@action(Perm.CORRECT_QUARTER)
def correct(quarter: Quarter, *, by: User, note: str) -> Quarter:
    """Count a quarter again where something was wrong; the page says who did, when and why."""
    if len(note.split()) < 3:
        raise RuleBroken(_("Say in a few words what was wrong. Everybody can read it."))
    newest = Quarter.objects.filter(starts_on=quarter.starts_on).order_by("-version").first()
    if newest != quarter:
        raise RuleBroken(_("Somebody has just corrected this quarter. Look at it again first."))
    counts = openness.count(quarter.starts_on)
    if counts == quarter.counts:
        raise RuleBroken(_("Counted again, it is just the same. There is nothing to correct."))
    try:
        return Quarter.objects.create(
            starts_on=quarter.starts_on,
            version=quarter.version + 1,
            counts=counts,
            fixed_at=clock.now(),
            by=by,
            note=note.strip(),
        )
    except IntegrityError:
        raise RuleBroken(_("Somebody has just corrected this quarter. Look at it again first.")) from None

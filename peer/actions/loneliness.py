"""Answering, or skipping, the question on loneliness (S2)."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock
from peer.gate import action
from peer.models import LonelinessAnswer, Membership, User
from peer.models.loneliness import Often, due_moment
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.SAY_HOW_IT_FEELS)
def answer(membership: Membership, *, by: User, often: int) -> LonelinessAnswer:
    """Say how often one feels lonely; nobody reads it but oneself, and many answers together are counted."""
    if often not in Often.values:
        raise RuleBroken(_("Choose one of the answers, or skip."))
    return _write(membership, often=often)


@action(Perm.SAY_HOW_IT_FEELS)
def skip(membership: Membership, *, by: User) -> LonelinessAnswer:
    """Skip the question; it is not asked again before the next time, weeks later."""
    return _write(membership, often=None)


def _write(membership: Membership, *, often: int | None) -> LonelinessAnswer:
    asked = LonelinessAnswer.objects.last_asked(membership)
    moment = due_moment(membership.joined_at, asked)
    if not membership.is_current() or moment is None:
        raise RuleBroken(_("You have answered this already. Thank you."))
    try:
        return LonelinessAnswer.objects.create(membership=membership, moment=moment, often=often, at=clock.now())
    except IntegrityError:
        raise RuleBroken(_("You have answered this already. Thank you.")) from None

"""The ways out of a group, as parts that several acts share: what ends with a place, and how a place comes back."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from peer import clock, grants, joining
from peer.events import emit
from peer.models import (
    BandMove,
    HelloCall,
    KeptApart,
    Membership,
    MembershipDecision,
    MovingOn,
    Post,
)
from peer.news import MembershipEnded, PostWithdrawn

TABLE = Path(__file__).with_name("endings.toml")
WAITING = (Post.State.PENDING, Post.State.RETURNED)


@cache
def _table() -> dict[str, dict[str, int]]:
    return tomllib.loads(TABLE.read_text())


def number(heading: str, name: str) -> int:
    """Read one figure of endings.toml."""
    return _table()[heading][name]


def days(heading: str, name: str) -> dt.timedelta:
    """Read one span of days from endings.toml."""
    return dt.timedelta(days=number(heading, name))


def morning_of(day: dt.date) -> dt.datetime:
    """Give the moment at which a London day begins, in UTC (safety 2f)."""
    return dt.datetime.combine(day, dt.time(), clock.LONDON).astimezone(dt.UTC)


def end(membership: Membership, state: str) -> None:
    """End somebody's place now: every right, their roles, what waits to be read and what was planned for them (M7)."""
    now = clock.now()
    membership.move_to(state, ended_at=now)
    grants.hold(membership)
    membership.roles.current().update(until_at=now)
    grants.sync(membership)
    for call in HelloCall.objects.open_for(membership):
        call.move_to(HelloCall.State.ENDED, due_at=None)
    for post in _held(membership, WAITING):
        post.move_to(Post.State.WITHDRAWN, due_at=None)
        emit(PostWithdrawn(post))
    call_off_plans(membership)
    for pause in MembershipDecision.objects.in_force().filter(membership=membership, kind="pause"):
        pause.move_to(MembershipDecision.State.OVER, due_at=None, ended_at=now)
    emit(MembershipEnded(membership))


def _held(membership: Membership, states: Collection[str]) -> list[Post]:
    """Hold somebody's posts in these states; what is decided about one in this moment has been decided by then."""
    rows = Post.objects.filter(author=membership, state__in=states).order_by("pk")
    return list(rows.select_for_update(of=("self",)))


def call_off_plans(membership: Membership) -> None:
    """Call off what was planned for somebody's place: moving on, a birthday."""
    for moving in MovingOn.objects.under_way().filter(membership=membership):
        moving.move_to(MovingOn.State.CALLED_OFF, due_at=None)
    for move in BandMove.objects.open().filter(membership=membership):
        move.move_to(BandMove.State.CALLED_OFF, due_at=None)


def hush(membership: Membership) -> None:
    """Pause somebody's place: no right holds meanwhile, and what waits to be read is kept for them as a draft."""
    membership.move_to(Membership.State.SUSPENDED)
    grants.sync(membership)
    for post in _held(membership, [Post.State.PENDING]):
        post.move_to(Post.State.DRAFT, due_at=None)
        emit(PostWithdrawn(post))


def bring_back(membership: Membership) -> None:
    """Give somebody their place again, or leave it ended where somebody inside must be kept apart from them by now."""
    was_over = membership.state in Membership.OVER
    if was_over and KeptApart.objects.stands_between(membership.person, membership.group):
        membership.move_to(Membership.State.LEFT)
        return
    membership.move_to(Membership.State.ACTIVE, ended_at=None)
    if was_over:
        membership.roles.create(role=joining.role_of(membership), from_at=clock.now())
    grants.sync(membership)


def give_back(decision: MembershipDecision) -> None:
    """Give back every place that a decision took."""
    places = Membership.objects.filter(pk=decision.membership_id)
    if decision.kind == MembershipDecision.Kind.BAN:
        places = Membership.objects.filter(person=decision.membership.person_id, state=Membership.State.BANNED)
    for place in places:
        bring_back(place)


def why_nobody_offers() -> str:
    """Give the one sentence for staff that says nothing of why a group is not offered (M5, U8)."""
    return _("This group cannot be offered to this person. Please ask a clinician.")


def why_no_yes() -> str:
    """Give the one sentence for whoever says yes where something stands in the way, which says nothing of what (M5)."""
    return _("Something has changed since we sent this. Please ring us, and we’ll sort it out.")

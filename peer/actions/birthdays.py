"""Birthdays that take somebody out of their group's ages: noticed, planned, and made on the day (M4, H24)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import clock, eligibility, endings, goodbyes, workdays
from peer.actions import invitations
from peer.events import emit
from peer.gate import NotAllowed, System, action
from peer.models import BandMove, Invitation, Membership, MovingOn, SupportGroup, User
from peer.models.birthdays import birthday
from peer.news import PlaceNews
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.PLAN_BIRTHDAY}))
State = BandMove.State


@action(Perm.PLAN_BIRTHDAY)
def notice(membership: Membership, *, by: System) -> BandMove:
    """Notice that somebody grows out of their group: staff plan where to, and the person hears of it gently."""
    born_on = membership.person.born_on
    day = birthday(born_on, years=membership.group.age_to + 1) if born_on else None
    coming = endings.morning_of(day) if day and day > clock.today() else None
    move = BandMove.objects.create(
        membership=membership,
        birthday_on=day,
        owner_role=Role.CO_ORDINATOR,
        due_at=coming or workdays.due(days=endings.number("birthday", "late")),
        noticed_at=clock.now(),
    )
    if day is not None:
        emit(PlaceNews(move.membership, move, "noticed"))
    return move


@action(Perm.PLAN_BIRTHDAY)
def plan(move: BandMove, *, by: User, to_group: SupportGroup) -> BandMove:
    """Plan which group they go to; they are asked on the day, and keep their group until they are in the next."""
    if move.is_eighteen:
        raise RuleBroken(_("At 18 the way on is help for adults. Talk with them about it before the day."))
    if move.birthday_on is None:
        raise RuleBroken(_("We do not know how old this person is. Find out the birth date first."))
    problem = eligibility.age_fits(move.turns, to_group)
    if problem:
        raise RuleBroken(problem)
    passed = move.birthday_on <= clock.today()
    due_at = clock.now() if passed else endings.morning_of(move.birthday_on)
    move.move_to(State.PLANNED, to_group=to_group, planned_by=by, owner=by, due_at=due_at, why_late="")
    return move


@action(Perm.PLAN_BIRTHDAY)
def call_off(move: BandMove, *, by: User | System, reason: str) -> BandMove:
    """Put a birthday aside: the date was wrong, or they are not in the group any more."""
    move.move_to(State.CALLED_OFF, due_at=None)
    return move


@action(Perm.PLAN_BIRTHDAY)
def make(move: BandMove, *, by: System) -> BandMove:
    """Do on the day what was planned; whatever does not work is a task for a person, and the place stays."""
    if not move.is_due():
        move.move_to(State.CALLED_OFF, due_at=None)
    elif move.is_eighteen and move.birthday_on is not None:
        goodbyes.begin(move.membership, MovingOn.Cause.EIGHTEEN)
        move.move_to(State.MOVED, due_at=None)
    elif move.state != State.PLANNED:
        _late(move, why=_("Nobody has planned where they go."))
    else:
        _offer(move)
    return move


def _offer(move: BandMove) -> None:
    """Offer the next group as whoever planned it; of two groups at once none is taken away."""
    if move.to_group is None or move.planned_by is None:
        _late(move, why=_("Nobody has planned where they go."))
        return
    try:
        invitations.offer(move.membership.person, by=move.planned_by, group=move.to_group)
    except (RuleBroken, NotAllowed) as problem:
        _late(move, why=str(problem) if isinstance(problem, RuleBroken) else _("Who planned it may not offer groups."))
        return
    offer = Invitation.objects.live().filter(person=move.membership.person, group=move.to_group).order_by("-pk").first()
    due_at = offer.expires_at if offer else workdays.due(days=endings.number("birthday", "late"))
    move.move_to(State.OFFERED, due_at=due_at)


def _late(move: BandMove, *, why: str) -> None:
    """Give it to a person; where it is late already the task only becomes due again."""
    due_at = workdays.due(days=endings.number("birthday", "late"))
    if move.state == State.LATE:
        return
    move.move_to(State.LATE, due_at=due_at, why_late=why[:200], owner=None, owner_role=Role.CLINICIAN)

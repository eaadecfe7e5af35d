"""Putting a clinician through to a young person by the service's number; a row comes first, the socket later (U4)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from moderation.actions import escalations
from moderation.models import Escalation
from notifications import rings
from notifications.models import ContactPoint, Ring, StaffCall
from notifications.news import RingAsked
from notifications.waits import wait
from peer import clock
from peer.events import emit
from peer.gate import NotAllowed, System, action, looked
from peer.models import User
from peer.roles import Perm, Role
from peer.states import IllegalMove, RuleBroken

CLOCK = System("clock", may=frozenset({Perm.KEEP_WATCH}))
Outcome, State = Ring.Outcome, Ring.State
NOT_HEARD_OF = {State.ASKED: Outcome.NOT_TAKEN, State.RINGING: Outcome.FAILED}
ENDS = {"busy": Outcome.BUSY, "no-answer": Outcome.NO_ANSWER, "completed": Outcome.MACHINE}


@action(Perm.ACT_ON_ESCALATION)
def ask(escalation: Escalation, *, by: User, own: ContactPoint, beyond: bool) -> Ring:
    """Have one's own phone rung, and then theirs; who presses this has it in hand, and has acted (E7)."""
    escalation = _locked(escalation)
    line = _line(escalation, by=by, beyond=beyond)
    if own not in rings.numbers_of(by):
        raise RuleBroken(_("We ring you first, and know no proved number of yours. Ask for it to be proved."))
    ring = _begin(escalation, line, by=by, own_contact=own, due_at=clock.now() + wait("ring"))
    emit(RingAsked(ring))
    return ring


@action(Perm.ACT_ON_ESCALATION)
def ask_by_phone(escalation: Escalation, *, by: User, call: StaffCall, beyond: bool) -> Ring:
    """Ring them now, for somebody who is on the phone with us already."""
    escalation = _locked(escalation)
    line = _line(escalation, by=by, beyond=beyond)
    due_at = clock.now() + wait("ring_lasts")
    return _begin(escalation, line, by=by, call=call, state=State.RINGING, due_at=due_at)


def _locked(escalation: Escalation) -> Escalation:
    rows = Escalation.objects.select_for_update(of=("self",)).select_related("group", "person")
    return rows.get(pk=escalation.pk)


def _line(escalation: Escalation, *, by: User, beyond: bool) -> rings.Line:
    """Find the number, or refuse with a sentence: only whoever has it in hand, never against a wish unawares."""
    if not escalation.is_own(by) or escalation.state == Escalation.State.CLOSED:
        raise RuleBroken(_("Only the person who has this in hand can ring them."))
    line = rings.line_to(escalation.person)
    if line.contact is None:
        raise RuleBroken(line.why)
    if line.wishes and not beyond:
        raise RuleBroken(line.wishes)
    if Ring.objects.filter(escalation=escalation).exclude(state=State.ENDED).exists():
        raise RuleBroken(_("They are being rung already."))
    return line


def _begin(escalation: Escalation, line: rings.Line, *, by: User, **fields: object) -> Ring:
    ring = Ring.objects.create(
        escalation=escalation,
        by=by,
        contact=line.contact,
        is_beyond_hours=bool(line.wishes),
        asked_at=clock.now(),
        owner=by,
        owner_role=Role.CLINICIAN,
        **fields,
    )
    if escalation.person is not None:
        looked(escalation.person, by=by, why="rung")
    escalations.note(escalation, by=by, words=_("Rings them through the service’s number."))
    return ring


def put_through(ring: Ring, *, sid: str) -> ContactPoint | None:
    """Go on to the young person once the clinician pressed the key; None where nobody is rung now."""
    ring = Ring.objects.select_for_update(of=("self",)).select_related("by", "contact", "escalation").get(pk=ring.pk)
    if ring.state != State.ASKED or ring.contact is None or not ring.escalation.is_own(ring.by):
        return None
    call = StaffCall.objects.create(sid=sid[:40], user=ring.by, escalation=ring.escalation, at=clock.now())
    ring.move_to(State.RINGING, call=call, due_at=clock.now() + wait("ring_lasts"))
    return ring.contact


def found(token: str, *, answered_by: str) -> None:
    """Note who or what took the call, as the network hears it."""
    Ring.objects.filter(token=token, state=State.RINGING).update(answered_by=answered_by[:30])


def join(token: str) -> bool:
    """Note that the person themselves pressed the key: from here the two speak."""
    waiting = Ring.objects.filter(token=token, state=State.RINGING, joined_at=None)
    return bool(waiting.update(joined_at=clock.now()))


def over(token: str, *, status: str) -> Ring | None:
    """End a call with what came of it, once; the escalation keeps it as a note (E12)."""
    rows = Ring.objects.select_for_update(of=("self",)).select_related("by", "escalation__group")
    ring = rows.filter(token=token).first()
    if ring is None or ring.state == State.ENDED:
        return ring
    _end(ring, Outcome.SPOKE if ring.joined_at else ENDS.get(status, Outcome.FAILED))
    return ring


def line_ended(token: str, *, status: str) -> None:
    """End a call whose second line is free again; the first one may have hung up meanwhile and tells nothing."""
    with transaction.atomic():
        over(token, status=status)


@action(Perm.KEEP_WATCH)
def give_up(ring: Ring, *, by: System) -> Ring:
    """End a call of which the network told us nothing more."""
    _end(ring, Outcome.SPOKE if ring.joined_at else NOT_HEARD_OF[State(ring.state)])
    return ring


def _end(ring: Ring, outcome: Ring.Outcome) -> None:
    ring.move_to(State.ENDED, outcome=outcome, ended_at=clock.now(), due_at=None)
    words = _("Rang them through the service’s number: %(outcome)s.") % {"outcome": ring.get_outcome_display()}
    try:
        escalations.note(ring.escalation, by=ring.by, words=words)
    except (NotAllowed, RuleBroken, IllegalMove):
        return  # they have it in hand no more, or it is closed: the row itself stands there

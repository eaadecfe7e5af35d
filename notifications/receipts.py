"""What the network told us later, applied so that any order and any repeat ends the same (N17)."""

from __future__ import annotations

from typing import Any

from notifications import consequences
from notifications.models import Delivery, DeliveryAttempt, DeliveryReceipt, Duty
from notifications.providers.codes import blame
from peer import clock
from peer.states import StaleMove

State = Delivery.State

# Higher wins, whatever came first; of two ends that contradict each other the kinder one is believed, and shown.
RANK = {
    State.PENDING: 0,
    State.CLAIMED: 0,
    State.SENDING: 0,
    State.AMBIGUOUS: 0,
    State.ACCEPTED: 1,
    State.SENT: 2,
    State.UNKNOWN: 3,
    State.FAILED: 4,
    State.UNDELIVERED: 5,
    State.DELIVERED: 6,
}
TAKEN, FIRST_END = RANK[State.ACCEPTED], RANK[State.FAILED]
MEANING = {
    "accepted": State.ACCEPTED,
    "scheduled": State.ACCEPTED,
    "queued": State.ACCEPTED,
    "sending": State.ACCEPTED,
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
    "initiated": State.ACCEPTED,
    "ringing": State.ACCEPTED,
    "in-progress": State.SENT,
    "completed": State.UNDELIVERED,  # a call that ended without the news being heard
    "busy": State.UNDELIVERED,
    "no-answer": State.UNDELIVERED,
}
WENT = (State.ACCEPTED, State.SENT, State.DELIVERED)
TRIES = 5
MACHINES = ("machine", "fax", "unknown")  # "unknown" is treated as a machine (N15)


def apply(receipt: DeliveryReceipt) -> None:
    """Apply one receipt; a status we do not know is kept and changes nothing."""
    target = MEANING.get(receipt.status)
    DeliveryAttempt.objects.filter(pk=receipt.attempt_id, sid="").update(sid=receipt.sid)
    if target is not None:
        delivery = receipt.attempt.delivery
        reach(delivery, target, sid=receipt.sid, code=receipt.code or _said(receipt))
    DeliveryReceipt.objects.filter(pk=receipt.pk).update(applied_at=clock.now())


def _said(receipt: DeliveryReceipt) -> str:
    """Name what became of a call that did not bring the news; each has its own time to try again."""
    if receipt.status == "completed" and receipt.answered_by.startswith(MACHINES):
        return "machine"
    return {"busy": "busy", "no-answer": "no answer", "completed": "not heard"}.get(receipt.status, "")


def reach(delivery: Delivery, target: str, *, sid: str = "", code: str = "") -> None:
    """Move a delivery up to `target`, never down; one end has one consequence, a second one is marked a conflict."""
    for _attempt in range(TRIES):
        delivery.refresh_from_db()
        before = delivery.state
        here, there = RANK.get(State(before)), RANK[State(target)]
        if here is None or here >= there:
            if here is None or _are_at_odds(delivery, before, target):
                _note_conflict(delivery)
            return
        try:
            _move(delivery, target, sid=sid, code=code, first_end=here < FIRST_END <= there)
            if here < TAKEN and target in WENT:
                consequences.gone([delivery])
        except StaleMove:
            continue
        if _are_at_odds(delivery, before, target):
            _note_conflict(delivery)
        return


def _are_at_odds(delivery: Delivery, one: str, other: str) -> bool:
    """Tell whether two ends contradict each other; that a call was heard and then ended is one story."""
    if delivery.channel == Delivery.Channel.CALL and State.DELIVERED in {one, other}:
        return False
    return one != other and min(RANK[State(one)], RANK[State(other)]) >= FIRST_END


def _note_conflict(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(is_conflict=True)


def _move(delivery: Delivery, target: str, *, sid: str, code: str, first_end: bool) -> None:
    changes: dict[str, Any] = {"changed_at": clock.now(), "lease_token": "", "lease_until_at": None}
    if sid and not delivery.sid and not Delivery.objects.filter(sid=sid).exists():  # the list may have given it away
        changes["sid"] = sid
    if RANK[State(target)] >= FIRST_END:
        changes["reason"] = "" if target == State.DELIVERED else code[:60]
    if delivery.duty == Duty.CODE and (delivery.channel != Delivery.Channel.CALL or first_end):
        changes["body"] = None
    delivery.move_to(target, stuck_at=None, **changes)
    if first_end and target == State.DELIVERED:
        consequences.arrived(delivery)
    elif first_end:
        consequences.failed(delivery, blame(code))

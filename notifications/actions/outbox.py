"""What a person does about a message that no machine can settle (N1)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from notifications import consequences
from notifications.models import Delivery, Sign
from notifications.tasks import hint
from peer import clock
from peer.gate import action
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken

State = Delivery.State
ARRIVED, AGAIN, RING = "arrived", "again", "ring"
CHOICES = (
    (ARRIVED, _("They have it: I asked them")),
    (AGAIN, _("Send it again: they do not have it")),
    (RING, _("Do not send it: somebody rings instead")),
)


@action(Perm.SETTLE_STUCK_MESSAGE)
def settle(delivery: Delivery, *, by: User, how: str, reason: str) -> Delivery:
    """Say what became of a stuck message: the person has it, it goes again, or somebody rings instead."""
    if not reason.strip():
        raise RuleBroken(_("Say how you know."))
    now = clock.now()
    changes: dict[str, Any] = {"stuck_at": None, "changed_at": now, "lease_token": "", "lease_until_at": None}
    if how == ARRIVED:
        delivery.move_to(State.DELIVERED, reason="", **changes)
        consequences.arrived(delivery)
        consequences.confirm(delivery.notification, Sign.TOLD)
    elif how == AGAIN:
        _again(delivery, changes)
    else:
        end = State.EXPIRED if delivery.state == State.AMBIGUOUS else State.CANCELLED
        delivery.move_to(end, reason="settled by hand", body=None, **changes)
        consequences.ended(delivery)
    return delivery


def _again(delivery: Delivery, changes: dict[str, Any]) -> None:
    now = clock.now()
    if delivery.state == State.PENDING:
        Delivery.objects.filter(pk=delivery.pk).update(stuck_at=None, not_before_at=now, due_at=now)
    else:
        delivery.move_to(State.PENDING, reason="sent again by hand", not_before_at=now, **changes)
    hint()

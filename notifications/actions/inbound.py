"""What a person does about a text that somebody sent us (N11)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications.models import InboundText
from peer import clock
from peer.gate import action
from peer.models import User
from peer.roles import Perm
from peer.states import RuleBroken


@action(Perm.READ_TEXTS)
def handle(text: InboundText, *, by: User, reason: str) -> InboundText:
    """Say that somebody has dealt with a text, and what they did."""
    if not reason.strip():
        raise RuleBroken(_("Say in a few words what you did."))
    text.move_to(InboundText.State.HANDLED, handled_at=clock.now(), owner=by)
    return text

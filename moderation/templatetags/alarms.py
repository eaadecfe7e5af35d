"""{% alarms %}: what the viewer must act on now, for the first thing they see after signing in."""

from __future__ import annotations

from typing import Any

from django import template

from moderation.actions.escalations import MANAGERS
from moderation.models import EscalationTimer
from moderation.models.escalations import EscalationClock
from peer import gate
from peer.roles import Perm

register = template.Library()


@register.simple_tag(takes_context=True)
def alarms(context: dict[str, Any]) -> list[EscalationClock]:
    """Give the clocks that call for this person; nobody else is asked a query."""
    user = context["request"].user
    if not (gate.has_role_for(user, Perm.ACKNOWLEDGE_ESCALATION) or user.may_in_service(*MANAGERS)):
        return []
    return EscalationTimer.objects.visible_to(user).alarms(user)

"""{% promised_call %}: when we said that a person rings, for the page of the one who was told so (U2)."""

from __future__ import annotations

from django import template

from notifications.models import CallTask
from peer.models import Person, User

register = template.Library()


@register.simple_tag
def promised_call(user: User, about: Person | None = None) -> CallTask | None:
    """Give the call that brings news to this person, of themselves or of a child, while its hours are still to come."""
    if user.person is None:
        return None
    return CallTask.objects.promised_to(user.person, about=about or user.person)

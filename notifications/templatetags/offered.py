"""{% offer_route %} and {% offer_of %}: where an offer would go, and which offer a call is about, for staff."""

from __future__ import annotations

from django import template

from notifications import offers
from notifications.models import CallTask
from notifications.offers import Route
from peer.models import Invitation, Person

register = template.Library()


@register.simple_tag
def offer_route(person: Person) -> Route:
    """Say which way an offer to this person goes, and to which number."""
    return offers.route(person)


@register.simple_tag
def offer_of(task: CallTask) -> Invitation | None:
    """Give the open offer that a call is about."""
    return offers.of_call(task)

"""{% call_promised %}: when we said that a person rings with news, for the page of whoever is to be rung."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template

from notifications.models import CallTask
from peer.models import Person

register = template.Library()


@register.simple_tag(takes_context=True)
def call_promised(context: dict[str, Any], about: Person) -> dt.datetime | None:
    """Give the start of the two hours in which we ring the viewer with news of somebody; None where none is to come."""
    return CallTask.objects.promised_to(context["request"].user, about=about)

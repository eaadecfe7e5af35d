"""What would make every message tell too much is found at the start, not on a stranger's phone (N14)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from notifications import messages


@register()
def names_are_neutral(**_options: Any) -> list[CheckMessage]:
    """Refuse a service name or address that a text must not carry."""
    shown = {"SERVICE_NAME": settings.SERVICE_NAME, "SHORT_ADDRESS": settings.SHORT_ADDRESS}
    return [
        Error(f"{name} says “{found}”: no text may carry that word.", id="notifications.E001")
        for name, value in shown.items()
        if (found := messages.tells_too_much(value))
    ]

"""What would make every message tell too much, or leave this machine, is found at the start (N14, decision 6)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from notifications import languages, messages
from notifications.providers.twilio_http import base_url


@register()
def names_are_neutral(**_options: Any) -> list[CheckMessage]:
    """Refuse a service name or address that a text must not carry."""
    shown = {"SERVICE_NAME": settings.SERVICE_NAME, "SHORT_ADDRESS": settings.SHORT_ADDRESS}
    return [
        Error(f"{name} says “{found}”: no text may carry that word.", id="notifications.E001")
        for name, value in shown.items()
        if (found := messages.tells_too_much(value))
    ]


@register()
def network_may_be_reached(**_options: Any) -> list[CheckMessage]:
    """Refuse a demo that would reach real phones, and a network spoken to in the clear."""
    try:
        base_url()
    except ImproperlyConfigured as problem:
        return [Error(str(problem), id="notifications.E002")]
    return []


@register()
def languages_are_known(**_options: Any) -> list[CheckMessage]:
    """Refuse a language that has no texts; say it loudly where nobody who speaks one has checked them (U16)."""
    found: list[CheckMessage] = []
    for code in settings.MESSAGE_LANGUAGES:
        row = languages.ALL.get(code)
        if code == "all":
            continue
        if row is None or not row.is_written:
            found.append(Error(f"MESSAGE_LANGUAGES names “{code}”: there are no texts in it.", id="notifications.E003"))
        elif not row.checked:
            words = f"{row.name} is offered, and nobody who speaks it has checked its texts."
            found.append(checks.Warning(words, id="notifications.W001"))
    return found

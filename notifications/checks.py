"""What would make every message tell too much, or leave this machine, is found at the start (N14, decision 6)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from jwt.exceptions import InvalidKeyError

from notifications import languages, messages
from notifications.providers import twilio_http, vonage


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
    found: list[CheckMessage] = []
    for address in (twilio_http.base_url, *([vonage.base_url] if vonage.is_set_up() else [])):
        try:
            address()
        except ImproperlyConfigured as problem:
            found.append(Error(str(problem), id="notifications.E002"))
    return found


@register()
def second_network_is_whole(**_options: Any) -> list[CheckMessage]:
    """Refuse a second network that is set up by half: pages would only find out at night (H16)."""
    values = {name: getattr(settings, name) for name in vonage.NEEDS}
    missing = [name for name, value in values.items() if not value]
    if not any(values.values()):
        return []
    if missing:
        return [Error(f"The second network also needs {', '.join(missing)}.", id="notifications.E004")]
    try:
        vonage.token()
    except (ValueError, InvalidKeyError):
        return [Error("VONAGE_PRIVATE_KEY is no private key in PEM.", id="notifications.E005")]
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

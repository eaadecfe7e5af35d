"""System checks of the public face: what must be whole before the site may start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from cms import crisis


@register()
def crisis_lines_are_whole(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse to start with a missing or mistyped crisis number (decision 29)."""
    return [Error(f"cms/crisis.toml: {fault}.", id="cms.E001") for fault in crisis.faults(crisis.LINES)]

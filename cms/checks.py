"""System checks of the public face: what must be whole before the site may start."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from cms import crisis


@register()
def crisis_lines_are_whole(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse to start with a missing or mistyped crisis number (decision 29)."""
    return [Error(f"cms/crisis.toml: {fault}.", id="cms.E001") for fault in crisis.faults(crisis.LINES)]


@register()
def page_types_are_whole(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse a page type without plain summary and review date, or without its template (S7)."""
    from wagtail.models import Page  # noqa: PLC0415 - models are ready only when the checks run

    from cms.models.base import PlainLanguagePage  # noqa: PLC0415

    faults: list[CheckMessage] = []
    for kind in apps.get_app_config("cms").get_models():
        if not issubclass(kind, Page):
            continue
        if not issubclass(kind, PlainLanguagePage):
            faults.append(Error(f"{kind.__name__} is not a PlainLanguagePage.", id="cms.E002"))
        try:
            get_template(str(getattr(kind, "template", "")))
        except TemplateDoesNotExist:
            faults.append(Error(f"{kind.__name__} has no template.", id="cms.E003"))
    return faults

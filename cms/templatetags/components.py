"""Template words of the look: {% around %} puts a component about its content; crisis help needs no database."""

from __future__ import annotations

from functools import lru_cache
from types import NoneType
from typing import Any, cast

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cms import crisis, nav, service
from peer import clock

register = template.Library()
KEPT = 4_096  # parts of about a kilobyte
PLAIN = frozenset({str, SafeString, int, bool, NoneType})  # what is equal is the same, whoever asks


@register.simple_block_tag(takes_context=True)
def around(context: dict[str, Any], content: SafeString, component: str, **values: Any) -> SafeString:
    """Render templates/components/<component>.html with the block's content as `body`."""
    page = {"request": context.get("request"), "csrf_token": context.get("csrf_token")}
    return cast("SafeString", get_template(f"components/{component}.html").render(page | values | {"body": content}))


@register.simple_tag
def written(part: str, **values: Any) -> SafeString:
    """Render a template from these values and nothing else, once for each of them in a process (record 0018)."""
    if wrong := [name for name, value in values.items() if type(value) not in PLAIN]:
        raise TypeError(f"{part} is written from plain values: {', '.join(wrong)}")
    return _written(part, get_language(), tuple((name, type(value), value) for name, value in values.items()))


@lru_cache(KEPT)
def _written(part: str, _language: str | None, values: tuple[tuple[str, type, Any], ...]) -> SafeString:
    return cast("SafeString", get_template(part).render({name: value for name, _kind, value in values}))


@register.simple_tag
def crisis_lines() -> tuple[crisis.CrisisLine, ...]:
    """Give the checked crisis lines to a template, also to an error page."""
    return crisis.LINES


@register.simple_tag
def service_colours() -> str:
    """Give the address of the chosen colours, or nothing; asks no database, for error pages."""
    return service.sheet_address()


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> dict[str, list[dict[str, object]]]:
    """Give the header its entries, a few in sight and the others under "More"; none without an account."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {}
    entries = [entry | {"current": entry["href"] == request.path} for entry in nav.entries_for(request.user)]
    few = len(entries) <= nav.IN_SIGHT + 1
    return {"main": entries if few else entries[: nav.IN_SIGHT], "more": [] if few else entries[nav.IN_SIGHT :]}


@register.simple_tag
def demo_facts() -> dict[str, Any]:
    """Give the demo's banner the product's time and where its telephones are."""
    return {"now": clock.now(), "handsets": settings.SIMULATOR_URL}


@register.simple_tag
def public_address(path: str) -> str:
    """Give an address of ours in whole, as other sites need it."""
    return f"{settings.PUBLIC_BASE_URL}{path}"


@register.filter
def initial(name: str) -> str:
    """Take the letter that an avatar shows."""
    return name.strip()[:1].upper() or "?"


@register.filter
def is_optional(field: Any) -> bool:
    """Tell whether a field may be left out; one that a draft may lack and a send may not carries aria-required."""
    return not field.field.required and "aria-required" not in field.field.widget.attrs


@register.filter
def is_kind(field: Any, kind: str) -> bool:
    """Tell whether a form field's control is of one kind, such as "checkbox"."""
    return getattr(field.field.widget, "input_type", "") == kind

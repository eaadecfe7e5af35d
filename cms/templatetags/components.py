"""Template words of the look: {% around %} puts a component about its content; crisis help needs no database."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString

from cms import crisis, nav, service
from peer import clock, parts
from peer.roles import Role

register = template.Library()
register.simple_tag(parts.written)


@register.simple_block_tag(takes_context=True)
def around(context: dict[str, Any], content: SafeString, component: str, **values: Any) -> SafeString:
    """Render templates/components/<component>.html with the block's content as `body`."""
    page = {"request": context.get("request"), "csrf_token": context.get("csrf_token")}
    return cast("SafeString", get_template(f"components/{component}.html").render(page | values | {"body": content}))


@register.simple_tag
def crisis_lines() -> tuple[crisis.CrisisLine, ...]:
    """Give the checked crisis lines to a template, also to an error page."""
    return crisis.LINES


@register.simple_tag
def service_colours() -> str:
    """Give the address of the chosen colours, or nothing; asks no database, for error pages."""
    return service.sheet_address()


@register.simple_tag(takes_context=True)
def navigation(context: dict[str, Any]) -> SafeString:
    """Write the header's entries of whoever is signed in; without an account, those of every visitor."""
    request = context.get("request")
    here = request.path if request is not None else ""
    if request is None or not request.user.is_authenticated:
        return parts.written("components/nav_visitors.html", current=here if here in nav.for_visitors() else "")
    held = nav.roles_of(request.user)
    current = here if any(entry["href"] == here for entry in nav.entries_for(held)) else ""
    return parts.written("components/nav_entries.html", held=" ".join(sorted(held)), current=current)


@register.simple_tag
def nav_entries(held: str) -> dict[str, tuple[nav.Shown, ...]]:
    """Give what these roles see in the header: a few in sight, and the others under "More"."""
    entries = nav.entries_for(frozenset(Role(role) for role in held.split()))
    few = len(entries) <= nav.IN_SIGHT + 1
    return {"main": entries if few else entries[: nav.IN_SIGHT], "more": () if few else entries[nav.IN_SIGHT :]}


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
    """Tell whether a field may be left out; one that a draft may lack and a send may not carries aria-required.

    Where one of the buttons to choose from stands for nothing or for the usual, there is nothing to leave out.
    """
    if is_kind(field, "radio") and "" in dict(field.field.choices):
        return False
    return not field.field.required and "aria-required" not in field.field.widget.attrs


@register.filter
def is_kind(field: Any, kind: str) -> bool:
    """Tell whether a form field's control is of one kind, such as "checkbox"."""
    return getattr(field.field.widget, "input_type", "") == kind

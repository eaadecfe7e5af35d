"""Template words of signing in: the organisation's own door, where there is one."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag
def work_account() -> dict[str, str]:
    """Give the link to single sign-on and its name, or nothing where none is set up."""
    if not settings.OIDC_SERVER_URL:
        return {}
    return {"href": reverse("openid_connect_login", args=["staff"]), "name": settings.OIDC_NAME}

"""What robots may look at."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from peer.methods import require_safe

RULES = (
    "User-agent: *",
    "Disallow: /feedback/",
    "Allow: /feedback/$",
    "Allow: /feedback/said/",
    "Disallow: /directory/told/",
    "Disallow: /account/",
    "Disallow: /search/",
)


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Ask robots to leave alone what belongs to whoever holds the address."""
    lines = [*RULES, f"Sitemap: {settings.PUBLIC_BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")

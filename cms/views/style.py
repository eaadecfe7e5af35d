"""The living style page: every component and every field in each of its states, for staff and in the demo."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cms.forms.style import every_state
from cms.samples import SAMPLES
from peer.methods import require_safe


@login_not_required
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Show what pages are built from; nobody else finds the page."""
    if not (settings.DEMO or request.user.is_staff):
        raise Http404
    return render(request, "cms/style/style.html", {"forms": every_state(), **SAMPLES})

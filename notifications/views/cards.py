"""The card that a surgery hands out: a number to text, before any list has reached us (U13)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from notifications import numbers
from peer.methods import require_safe

ON_A_SHEET = range(8)


@login_not_required
@require_safe
def surgery(request: HttpRequest) -> HttpResponse:
    """Show the card and what it is for, to read and to print; it holds nothing of anybody."""
    context = {"text_number": numbers.national(settings.TWILIO_FROM), "sheet": ON_A_SHEET}
    return render(request, "cards/surgery.html", context)

"""How somebody likes to read: kept in their own browser, so that pages stay the same for all and can be kept ready."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from cms.forms.reading import ReadingForm
from peer.methods import require_http_methods

COOKIE, A_YEAR = "reading", 31_536_000


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reading(request: HttpRequest) -> HttpResponse:
    """Show the choices and keep them in a cookie that only our small script reads; all as usual needs no cookie."""
    form = ReadingForm(request.POST) if request.method == "POST" else ReadingForm.of(request.COOKIES.get(COOKIE, ""))
    if request.method == "POST" and form.is_valid():
        answer = redirect("reading")
        chosen = form.chosen()
        if chosen:
            answer.set_cookie(COOKIE, chosen, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        else:
            answer.delete_cookie(COOKIE, samesite="Lax")
        return answer
    return render(request, "cms/reading.html", {"form": form}, status=422 if form.errors else 200)

"""What people see of their own account: the second step of staff, and where they are signed in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cms import second_factor
from peer.methods import require_safe
from peer.web import who


@require_safe
def second_step(request: HttpRequest) -> HttpResponse:
    """Say why staff need a second step, and how to set one up; whoever has one, or needs none, goes on."""
    if second_factor.has_shown(request, who(request)) or not second_factor.must(who(request)):
        return redirect("mfa_index")
    return render(request, "account/second_step.html")


@login_not_required
@require_safe
def not_signed_in(request: HttpRequest) -> HttpResponse:
    """Say that single sign-on came to nothing, and what other ways there are."""
    return render(request, "account/not_signed_in.html")

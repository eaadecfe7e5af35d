"""The stylesheet of the service's colours, and the page on which a manager changes them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from cms import service
from cms.actions import site
from cms.forms.site import DetailsForm
from peer import gate
from peer.methods import require_http_methods, require_safe
from peer.roles import Perm
from peer.web import acted, only_with, who

A_YEAR = 31_536_000


@login_not_required
@require_safe
def colours(_request: HttpRequest, version: str) -> HttpResponse:
    """Serve the chosen colours; the version is in the address, so that they may be kept for a year."""
    answer = HttpResponse(service.current().sheet(), content_type="text/css")
    if version == service.version():
        patch_cache_control(answer, public=True, max_age=A_YEAR, immutable=True)
    else:  # a page from before the last change
        patch_cache_control(answer, no_cache=True)
    return answer


@only_with(Perm.CHANGE_DETAILS)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Show what the site says about the service, and take changes."""
    names = list(DetailsForm.base_fields)
    form = (
        DetailsForm(request.POST)
        if request.method == "POST"
        else DetailsForm(initial=model_to_dict(service.of_the_site(), fields=names))
    )
    act = lambda: site.change(gate.SERVICE, by=who(request), values=form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Changed. Every page shows it now."))
        return redirect("service-details")
    return render(request, "cms/site/details.html", {"form": form}, status=422 if form.errors else 200)

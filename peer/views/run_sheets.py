"""The run sheet of a group, for whoever keeps the group running: what guides it, and its own steps."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer import run_sheet, sheets
from peer.actions import run_sheets
from peer.forms.run_sheets import RunSheetForm
from peer.methods import require_http_methods
from peer.models import SupportGroup
from peer.web import acted, for_whom_may, who


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the lines as they are, and take them as they should be."""
    user = who(request)
    known = SupportGroup.objects.visible_to(user) | SupportGroup.objects.administered_by(user)
    group = for_whom_may(request, run_sheets.write, get_object_or_404(known, public_id=public_id))
    form = RunSheetForm(request.POST or None, initial=sheets.as_written(group))
    act = lambda: run_sheets.write(group, by=user, **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Saved. It holds from the next page on."))
        return redirect("run-sheets-write", group.public_id)
    context = {
        "group": group,
        "form": form,
        "opening": run_sheet.opening(),
        "steps": run_sheet.steps().values(),
    }
    return render(request, "peer/groups/run_sheet.html", context, status=422 if form.errors else 200)

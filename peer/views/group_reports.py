"""The page of a group's figures, for those who run groups."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from peer import gate, group_reports
from peer.figures import FEW
from peer.methods import require_safe
from peer.models import SupportGroup
from peer.roles import Perm
from peer.web import who


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show how many came and wrote, how much a clinician wrote, and whether people feel less alone."""
    if not gate.can(who(request), Perm.RUN_GROUP, gate.SERVICE):
        raise Http404
    group = get_object_or_404(SupportGroup.objects.visible_to(who(request)), public_id=public_id)
    report = group_reports.of(group)
    context = {"group": group, "report": report, "few": FEW}
    if report.loneliness:
        names = (_("First answer"), _("Latest answer"))
        context["rows"] = [
            [name, *(_("hidden") if figure is None else figure for figure in row)]
            for name, row in zip(names, report.loneliness, strict=True)
        ]
        context["heads"] = ["", _("Often, or some of the time"), _("Less often, or never"), _("All who answered")]
    return render(request, "peer/group_reports/detail.html", context)

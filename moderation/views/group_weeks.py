"""What keeps a group running, for whoever administers it: hours, people, cover and its gaps, never a post (S115)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from moderation.models import OnCallShift
from peer import group_reports
from peer.figures import FEW, small
from peer.methods import require_safe
from peer.models import SupportGroup
from peer.web import who


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one group's hours, what it lacks, who looks after it, its week of cover, and how many are in it."""
    user = who(request)
    group = get_object_or_404(SupportGroup.objects.administered_by(user), public_id=public_id)
    report = group_reports.of(group)
    [week] = OnCallShift.objects.administered_by(user).week(groups=[group])
    context = {
        "group": group,
        "lacks": group.lacks(),
        "roles": group.to_meet().order_by("role", "id"),
        "week": week,
        "members": small(report.members),
        "came": small(report.came),
        "left": small(report.left),
        "few": FEW,
    }
    return render(request, "moderation/group_weeks/detail.html", context)

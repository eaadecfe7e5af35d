"""Where a group meets in person, for whoever plans its sessions."""

from __future__ import annotations

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from peer.actions import meeting_places
from peer.forms.meeting_places import MeetingPlaceForm
from peer.methods import require_http_methods
from peer.models import MeetingPlace, SupportGroup
from peer.web import acted, for_whom_may, who


@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the four answers as they are, and take them as they should be."""
    user = who(request)
    group = get_object_or_404(SupportGroup.objects.visible_to(user), public_id=public_id)
    group = for_whom_may(request, meeting_places.describe, group)
    place = MeetingPlace.objects.visible_to(user).filter(group=group).first()
    form = MeetingPlaceForm(request.POST or None, initial=model_to_dict(place) if place else {})
    act = lambda: meeting_places.describe(group, by=user, **form.cleaned_data)  # noqa: E731 - run when the form is valid
    if request.method == "POST" and form.is_valid() and acted(form, act) is not None:
        messages.success(request, _("Saved. Whoever comes in person reads it on the page of the session."))
        return redirect("sessions-index", group.public_id)
    context = {"group": group, "form": form}
    return render(request, "peer/groups/meeting_place.html", context, status=422 if form.errors else 200)

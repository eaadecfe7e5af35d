"""All the help of one young person on one page: the wait, groups, appointments, other services, any hour (S41)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from peer.methods import require_safe
from peer.models import Appointment, GroupSession, Signpost
from peer.views.home import own_wait, places_of
from peer.web import who

SHOWN = 20


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show everything that is there for oneself now; a page for nobody else."""
    user = who(request)
    if user.person is None or user.person.kind != user.person.Kind.YOUNG_PERSON:
        raise Http404
    places = places_of(user)
    groups = [place.group_id for place, _roles in places]
    signposts = Signpost.objects.visible_to(user).own(user)
    context = own_wait(user) | {
        "places": places,
        "next_sessions": list(GroupSession.objects.visible_to(user).next_of(groups).values()) if groups else [],
        "appointments": Appointment.objects.visible_to(user).to_come(user)[:SHOWN],
        "signposts": signposts.exclude(state=Signpost.State.NOT_FOR_ME)[:SHOWN],
    }
    return render(request, "peer/home/plan.html", context)

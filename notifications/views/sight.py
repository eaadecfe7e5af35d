"""What my parent can see: for a young person, from the same table that the parent's pages obey (S18)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from notifications import sight
from peer.methods import require_safe
from peer.models import Person
from peer.web import who


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show a young person what each adult around them can see of them now."""
    person = who(request).person
    if person is None or person.kind != Person.Kind.YOUNG_PERSON:
        raise Http404
    return render(request, "peer/consents/parents.html", {"sights": sight.of(person), "never": sight.NEVER})

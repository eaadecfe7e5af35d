"""The act sheet: everything a clinician needs at 23:40 to speak with a young person within three minutes (U4)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from moderation.models import Escalation
from moderation.views.escalations import heard
from notifications import numbers
from notifications.languages import LANGUAGES
from notifications.models import ContactPoint
from peer.gate import looked
from peer.methods import require_safe
from peer.models import ParentRelationship, Person
from peer.web import who


@dataclass(frozen=True)
class Line:
    """One number, as it is read out and as a press dials it: without showing the clinician's own (U4)."""

    shown: str
    dialled: str
    notes: tuple[str, ...]

    @classmethod
    def of(cls, contact: ContactPoint) -> Line:
        """Take from a contact point what somebody who rings must know."""
        notes = [
            str(contact.get_state_display()) if not contact.is_proved else "",
            contact.whose,
            "shared phone: ask for them by first name, say nothing else" if contact.is_shared else "",
            "" if contact.voicemail_allowed else "no voicemail",
            f"best between {contact.safe_from:%H:%M} and {contact.safe_to:%H:%M}"
            if contact.safe_from and contact.safe_to
            else "",
        ]
        return cls(contact.national, numbers.withheld(contact.where), tuple(note for note in notes if note))


@dataclass(frozen=True)
class Adult:
    """One adult of the young person, and what may be said to them."""

    name: str
    kind: str
    must_not_be_told: bool
    may_know: str
    has_responsibility: bool | None
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, tie: ParentRelationship) -> Adult:
        """Take from a relationship what somebody who rings must know; who must not be told has no number here."""
        return cls(
            name=tie.adult.full_name(),
            kind=tie.kind,
            must_not_be_told=tie.must_not_be_told,
            may_know=str(tie.get_may_know_display()),
            has_responsibility=tie.has_parental_responsibility,
            lines=() if tie.must_not_be_told else lines_of(tie.adult),
        )


def lines_of(person: Person) -> tuple[Line, ...]:
    """List a person's numbers, proved ones first."""
    contacts = sorted(
        person.contact_points.reachable().phones(), key=lambda contact: (not contact.is_proved, contact.pk)
    )
    return tuple(Line.of(contact) for contact in contacts)


@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show who it is and whom to ring, to the person who has the escalation in hand; each look is on record."""
    user = who(request)
    rows = Escalation.objects.visible_to(user).select_related("group", "person", "about__hello_call")
    escalation = get_object_or_404(rows, public_id=public_id)
    person = escalation.person
    if person is None or not escalation.is_own(user) or escalation.state == Escalation.State.CLOSED:
        return redirect("escalations-detail", public_id)  # who it is shows only to the one who has it (matrix row 18)
    looked(escalation, by=user, why="act sheet")
    looked(person, by=user, why="act sheet")
    ties = person.adults.select_related("adult").order_by("must_not_be_told", "pk")
    context = {
        "escalation": escalation,
        "person": person,
        "language": LANGUAGES.get(person.language, person.language),
        "crisis_team_phone": settings.CRISIS_TEAM_PHONE,
        "lines": lines_of(person),
        "adults": [Adult.of(tie) for tie in ties],
        "hello": getattr(escalation.about, "hello_call", None),
        "posts": escalation.posts.order_by("pk"),
        "heard": heard(escalation, reader=user),
    }
    return render(request, "notifications/act_sheet/detail.html", context)

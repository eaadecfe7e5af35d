"""The act sheet: everything a clinician needs at 23:40 to speak with a young person within three minutes (U4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from moderation.models import Escalation
from moderation.views.escalations import heard
from notifications import numbers
from notifications.actions import rings
from notifications.forms.rings import RingForm
from notifications.languages import LANGUAGES
from notifications.models import ContactPoint
from notifications.rings import line_to, numbers_of
from peer.gate import looked
from peer.methods import require_POST, require_safe
from peer.models import ParentRelationship, Person, User
from peer.web import acted, who


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
    return _page(request, _escalation(request, public_id))


@require_POST
def ring(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have one's own phone rung, and then theirs, through the service's number: neither sees the other's (U4)."""
    user, escalation = who(request), _escalation(request, public_id)
    form = _ring_form(escalation, user, request.POST)
    if not form.is_valid():
        return _page(request, escalation, form=form)
    beyond = bool(form.cleaned_data.get("beyond"))
    if acted(form, lambda: rings.ask(escalation, by=user, own=form.contact(), beyond=beyond)) is None:
        return _page(request, escalation, form=form)
    messages.success(request, _("Your phone rings in a moment. Press 1, and we ring them."))
    return redirect("act-sheet-detail", public_id)


def _escalation(request: HttpRequest, public_id: str) -> Escalation:
    rows = Escalation.objects.visible_to(who(request)).select_related("group", "person", "about__hello_call")
    return get_object_or_404(rows, public_id=public_id)


def _ring_form(escalation: Escalation, user: User, data: Any = None) -> RingForm:
    return RingForm(data, own=numbers_of(user), wishes=line_to(escalation.person).wishes)


def _page(request: HttpRequest, escalation: Escalation, *, form: RingForm | None = None) -> HttpResponse:
    user, person = who(request), escalation.person
    if person is None or not escalation.is_own(user) or escalation.state == Escalation.State.CLOSED:
        # who it is shows only to the one who has it (matrix row 18)
        for refusal in form.non_field_errors() if form else ():
            messages.error(request, str(refusal))
        return redirect("escalations-detail", escalation.public_id)
    looked(escalation, by=user, why="act sheet")
    looked(person, by=user, why="act sheet")
    ties = person.adults.select_related("adult").order_by("must_not_be_told", "pk")
    context = {
        "escalation": escalation,
        "person": person,
        "language": LANGUAGES.get(person.language, person.language),
        "crisis_team_phone": settings.CRISIS_TEAM_PHONE,
        "lines": lines_of(person),
        "line": line_to(person),
        "form": form or _ring_form(escalation, user),
        "rings": escalation.rings.latest_first()[:10],
        "adults": [Adult.of(tie) for tie in ties],
        "hello": getattr(escalation.about, "hello_call", None),
        "posts": escalation.posts.order_by("pk"),
        "heard": heard(escalation, reader=user),
    }
    return render(request, "notifications/act_sheet/detail.html", context, status=422 if form else 200)

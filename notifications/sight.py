"""THE TABLE of what a parent can see of a young person: each line reads the very rows that the parent's pages read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notifications import purposes
from notifications.models import Delivery, Notification
from peer.models import ParentRelationship, Person, TimelineEntry, WaitingListEntry
from peer.templatetags.peer import when

SHOWN = 20  # as many as the parent's own page shows


@dataclass(frozen=True)
class Line:
    """One thing an adult may see: its words for the young person, and what of it there is now."""

    key: str
    title: Promise
    reads: Callable[[Person, Person], list[str]]


@dataclass(frozen=True)
class Sight:
    """All that one adult can see of one young person now."""

    adult: Person
    lines: list[tuple[Line, list[str]]]


def _place(adult: Person, young_person: Person) -> list[str]:
    entries = WaitingListEntry.objects.seen_by_adult(adult).filter(referral__person=young_person)
    return [_("You are on the list, where you are in it, and by when we talk to you")] if entries.exists() else []


def _happened(adult: Person, young_person: Person) -> list[str]:
    rows = TimelineEntry.objects.seen_by_adult(adult).filter(person=young_person).order_by("-at", "-pk")
    return [f"{row.words} ({when(row.at)})" for row in rows[:SHOWN]]


def _messages(adult: Person, young_person: Person) -> list[str]:
    went = Delivery.objects.filter(state__in=_WENT).values("notification")
    rows = Notification.objects.filter(recipient=adult, subject=young_person, pk__in=went).order_by("-pk")
    return [f"{purposes.title_of(row.purpose)} ({when(row.created_at)})" for row in rows[:SHOWN]]


_WENT = ("sending", "accepted", "sent", "delivered", "unknown", "ambiguous")

LINES: tuple[Line, ...] = (
    Line("place", lazy("Your place on the list"), _place),
    Line("happened", lazy("What happened in your wait"), _happened),
    Line("messages", lazy("Messages from us about you"), _messages),
)
NEVER: tuple[Promise, ...] = (
    lazy("That you were asked to join a group, or are in one"),
    lazy("Anything that you or others write there, and your name there"),
    lazy("What you said yes or no to"),
    lazy("What you tell a clinician, unless somebody may be in danger"),
    lazy("Messages from us to you, and your number"),
)


def of(young_person: Person) -> list[Sight]:
    """List the adults around a young person, and what each can see now; who may know nothing sees nothing."""
    relations = ParentRelationship.objects.filter(young_person=young_person, adult__deceased_at=None)
    return [_sight(row.adult, young_person) for row in relations.select_related("adult").order_by("pk")]


def _sight(adult: Person, young_person: Person) -> Sight:
    found = [(line, line.reads(adult, young_person)) for line in LINES]
    return Sight(adult, [(line, seen) for line, seen in found if seen])

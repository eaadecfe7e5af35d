"""What the clock process does for this package, again and again; two sweepers do no harm to each other."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import QuerySet

from peer import clock
from peer.actions import competence, invitations, recoveries, renewals
from peer.competence import sixteenth
from peer.models import AccountRecovery, CompetenceAssessment, HelloCall, Invitation, Membership, OwnSay, Person
from peer.models.competence import sixteen_before
from peer.states import IllegalMove, RuleBroken, StaleMove

log = logging.getLogger(__name__)
Row = TypeVar("Row")
BATCH = 100


def close_late_invitations() -> int:
    """Close the offers whose thirty days are over, and count them."""
    done = 0
    for invitation in Invitation.objects.out_of_date().order_by("expires_at", "pk"):
        try:
            invitations.expire(invitation, by=invitations.CLOCK)
        except StaleMove:
            continue  # somebody answered, or another sweeper was quicker
        done += 1
    return done


def close_late_recoveries() -> int:
    """Close the ways back that nobody came back for in a week, and count them."""
    done = 0
    for recovery in AccountRecovery.objects.too_late().order_by("due_at", "pk"):
        try:
            recoveries.lapse(recovery, by=recoveries.CLOCK)
        except StaleMove:
            continue  # they came back, or another sweeper was quicker
        done += 1
    return done


def watch_competence() -> int:
    """Put what is to be asked again on somebody's list, and the own yes of those who soon turn 16 (C6, C7)."""
    current = CompetenceAssessment.objects.current().select_related("person")
    is_sixteen = current.filter(person__born_on__lte=sixteen_before())
    to_review = current.filter(state=CompetenceAssessment.State.HOLDS, review_on__lte=clock.today())
    done = _each(is_sixteen.order_by("pk"), competence.end_at_sixteen)
    done += _each(to_review.exclude(pk__in=is_sixteen.values("pk")).order_by("pk"), competence.lapse)
    return done + _each(_soon_sixteen(), competence.ask_before_sixteen)


def _soon_sixteen() -> QuerySet[Person]:
    """Find the members who turn 16 within sixty days, or just did, and whose yes rests on more than their age (C7)."""
    last = sixteen_before() + competence.BEFORE_SIXTEEN + dt.timedelta(days=1)
    inside = Membership.objects.exclude(state__in=[Membership.State.LEFT, Membership.State.REMOVED])
    younger = inside.exclude(hello_call__basis=HelloCall.Basis.SIXTEEN).filter(person__born_on__lte=last)
    asked = OwnSay.objects.filter(about=OwnSay.About.SIXTEEN).values("person")
    people = Person.objects.filter(pk__in=younger.values("person"), kind=Person.Kind.YOUNG_PERSON, deceased_at=None)
    near = [person.pk for person in people.exclude(pk__in=asked) if _is_near(person)]
    return Person.objects.filter(pk__in=near).order_by("born_on", "pk")


def _is_near(person: Person) -> bool:
    """Tell whether somebody turns 16 within sixty days, or did so within the last sixty."""
    if person.born_on is None:
        return False
    return abs(sixteenth(person.born_on) - clock.today()) <= competence.BEFORE_SIXTEEN


def _each(rows: Iterable[Row], act: Callable[..., object]) -> int:
    """Do one act to each row, each in its own transaction; one that fails never stops the next."""
    done = 0
    for row in rows:
        try:
            act(row, by=competence.CLOCK)
            done += 1
        except (StaleMove, IllegalMove, RuleBroken):
            continue  # another sweeper, or a person, was quicker
        except Exception:
            log.exception("%s of %s failed; it stays due", act.__name__, row)
    return done


def bring_up_unanswered() -> int:
    """Bring each offer up once more that nobody has said a word to for eight days, and count them (U13)."""
    late = Invitation.objects.to_remind().select_related("person", "group").order_by("offered_at", "pk")
    return len([renewals.remind(invitation, by=invitations.CLOCK) for invitation in late[:BATCH]])


def look_after_invitations() -> int:
    """Close what is over and bring up what waits."""
    return close_late_invitations() + bring_up_unanswered()

"""Findings to ask about again, and the own yes of those who soon turn 16."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from peer import clock
from peer.actions import competence, own_yes
from peer.competence import sixteenth
from peer.models import CompetenceAssessment, HelloCall, Membership, OwnSay, Person
from peer.sweeps.each import each


def watch_competence() -> int:
    """Put what is to be asked again on somebody's list, and the own yes of those who soon turn 16 (C6, C7)."""
    current = CompetenceAssessment.objects.current().select_related("person")
    is_sixteen = current.filter(person__born_on__lte=clock.sixteen_years_ago())
    to_review = current.filter(state=CompetenceAssessment.State.HOLDS, review_on__lte=clock.today())
    done = each(is_sixteen.order_by("pk"), competence.end_at_sixteen, by=competence.CLOCK)
    done += each(
        to_review.exclude(pk__in=is_sixteen.values("pk")).order_by("pk"), competence.lapse, by=competence.CLOCK
    )
    done += each(_soon_sixteen(), competence.ask_before_sixteen, by=competence.CLOCK)
    return done + each(_now_sixteen(), own_yes.ask, by=competence.CLOCK)


def _now_sixteen() -> QuerySet[Person]:
    """Find the members who turned 16 in the last sixty days, whose yes rests on less, and who were not asked (C7)."""
    inside = Membership.objects.exclude(state__in=Membership.OVER)
    on_less = inside.filter(hello_call__basis__in=[HelloCall.Basis.COMPETENT, HelloCall.Basis.PARENT])
    asked = OwnSay.objects.filter(about=OwnSay.About.OWN_YES).values("person")
    people = Person.objects.filter(pk__in=on_less.values("person"), kind=Person.Kind.YOUNG_PERSON, deceased_at=None)
    turned = clock.sixteen_years_ago()
    people = people.filter(born_on__lte=turned, born_on__gt=turned - competence.BEFORE_SIXTEEN)
    return people.exclude(pk__in=asked).order_by("born_on", "pk")


def _soon_sixteen() -> QuerySet[Person]:
    """Find the members who turn 16 within sixty days, or just did, and whose yes rests on more than their age (C7)."""
    last = clock.sixteen_years_ago() + competence.BEFORE_SIXTEEN + dt.timedelta(days=1)
    inside = Membership.objects.exclude(state__in=Membership.OVER)
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

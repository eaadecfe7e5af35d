"""Finding out what one young person can decide: what it takes, and what follows when it is written down (C6, C7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from peer import adults, clock
from peer.models import CompetenceAssessment, OwnSay, Person, User
from peer.models.competence import DECIDES_FROM, LONGEST_REVIEW
from peer.roles import Role
from peer.states import RuleBroken

YOUNGEST_TO_ASK = 13  # U9: under 13 it takes two yeses, whatever they understand

State, Decision = CompetenceAssessment.State, CompetenceAssessment.Decision


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a clinician explained, what the young person said in their own words, and what came of it."""

    decision: str
    outcome: str
    explained: str
    understood: str
    review_on: dt.date


def write_down(person: Person, *, by: User, found: Found) -> CompetenceAssessment:
    """Keep a finding as a part of an act that has already begun: an assessment, or a hello call."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    _check(person, found)
    for old in CompetenceAssessment.objects.current().filter(person=person, decision=found.decision):
        old.move_to(State.REPLACED, due_at=None)
    made: CompetenceAssessment = CompetenceAssessment.objects.create(
        person=person,
        decision=found.decision,
        outcome=found.outcome,
        explained=found.explained,
        understood=found.understood,
        review_on=found.review_on,
        assessed_by=by,
        assessed_at=clock.now(),
        owner=by,
        owner_role=Role.CLINICIAN,
        due_at=morning(found.review_on),
    )
    if found.decision == Decision.PARENT_NEWS:
        for owed in OwnSay.objects.waiting().filter(person=person, about=OwnSay.About.PARENT_NEWS):
            owed.end()
        adults.has_changed(person, by=by)
    return made


def sixteenth(born_on: dt.date) -> dt.date:
    """Give the day somebody turns 16; born on 29 February they do on 1 March where there is no such day (2f)."""
    try:
        return born_on.replace(year=born_on.year + DECIDES_FROM)
    except ValueError:
        return dt.date(born_on.year + DECIDES_FROM, 3, 1)


def morning(day: dt.date) -> dt.datetime:
    """Give nine in the morning of a day, when its task is due."""
    return dt.datetime.combine(day, dt.time(9), clock.LONDON).astimezone(dt.UTC)


def _check(person: Person, found: Found) -> None:
    age = person.age()
    if age is None:
        raise RuleBroken(_("We do not know how old this person is. Find out the birth date first."))
    if age >= DECIDES_FROM:
        raise RuleBroken(_("From 16 people decide for themselves. Nothing needs to be found out."))
    if age < YOUNGEST_TO_ASK and found.outcome == CompetenceAssessment.Outcome.CAN:
        raise RuleBroken(_("Under 13 we need two yeses: theirs, and a parent’s or carer’s by phone or on paper."))
    if not found.explained.strip() or not found.understood.strip():
        raise RuleBroken(_("Write down what you explained, and what they said in their own words."))
    if not clock.today() < found.review_on <= clock.today() + LONGEST_REVIEW:
        raise RuleBroken(_("Choose a day for asking again, within a year."))

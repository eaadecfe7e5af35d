"""Finding out with somebody under 16 whether they can make one decision; the day it is asked again (C6, C7)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, competence, workdays
from peer.competence import Found
from peer.gate import System, action
from peer.models import CompetenceAssessment, OwnSay, Person, User
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.WATCH_COMPETENCE}))
REVIEW_WITHIN = 5  # working days
BEFORE_SIXTEEN = dt.timedelta(days=60)  # C7

State = CompetenceAssessment.State


@action(Perm.ASSESS_COMPETENCE)
def assess(person: Person, *, by: User, found: Found) -> CompetenceAssessment:
    """Write down whether a young person can make one decision; the one before is kept, and holds no more."""
    return competence.write_down(person, by=by, found=found)


@action(Perm.ASSESS_COMPETENCE)
def talked(owed: OwnSay, *, by: User) -> OwnSay:
    """Write down that a clinician has talked with them."""
    owed.end()
    return owed


@action(Perm.WATCH_COMPETENCE)
def lapse(assessment: CompetenceAssessment, *, by: System) -> CompetenceAssessment:
    """Put an assessment on somebody's list when its day has come; what was decided on it stands until then (C6)."""
    assessment.move_to(State.LAPSED, due_at=workdays.due(days=REVIEW_WITHIN), owner=None)
    return assessment


@action(Perm.WATCH_COMPETENCE)
def end_at_sixteen(assessment: CompetenceAssessment, *, by: System) -> CompetenceAssessment:
    """Let an assessment rest: from 16 the young person decides without one (C7)."""
    assessment.move_to(State.ENDED, due_at=None)
    return assessment


@action(Perm.WATCH_COMPETENCE)
def ask_before_sixteen(person: Person, *, by: System) -> OwnSay:
    """Owe a young person in a group the question for their own yes, sixty days before 16 (C7)."""
    if person.born_on is None:
        raise RuleBroken(_("We do not know how old this person is."))
    try:
        return OwnSay.objects.create(
            person=person,
            about=OwnSay.About.SIXTEEN,
            owner_role=Role.CLINICIAN,
            due_at=competence.morning(competence.sixteenth(person.born_on)),
            since_at=clock.now(),
        )
    except IntegrityError:  # another sweeper was quicker
        raise RuleBroken(_("This is owed already.")) from None

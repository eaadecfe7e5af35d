"""What young people say for themselves: Asha can decide to join, Ivo wants no news told, his mother asks for a copy."""

from __future__ import annotations

import datetime as dt

from peer import clock
from peer.actions import competence, consents, data_requests
from peer.competence import Found
from peer.models import CompetenceAssessment, Consent, ParentRelationship, User


def load_own_say() -> None:
    """Let each be said and written down by the real acts, in the days before."""
    lee, asha, ivo, rosa = (User.objects.get(handle=handle) for handle in ("dr_lee", "asha", "ivo", "rosa"))
    if asha.person is None or ivo.person is None:
        raise ValueError("Asha or Ivo is nobody")
    with clock.at(clock.now() - dt.timedelta(days=58)):
        found = Found(
            decision=CompetenceAssessment.Decision.JOIN,
            outcome=CompetenceAssessment.Outcome.CAN,
            explained="What a group is and is not, who reads what, that she can stop, and when we would tell somebody.",
            understood="“It’s not a doctor. If I write that I’m not safe, Dr Lee rings me. I can leave.”",
            review_on=clock.today() + dt.timedelta(days=183),
        )
        competence.assess(asha.person, by=lee, found=found)
    with clock.at(clock.now() - dt.timedelta(hours=3)):
        consents.take_back(ivo.person, by=ivo, purpose=Consent.Purpose.PARENT_NEWS)
    with clock.at(clock.now() - dt.timedelta(days=2)):
        data_requests.ask_of_child(ParentRelationship.objects.get(adult=rosa.person), by=rosa)

"""What each adult is to a young person, may know and says; where they disagree, people decide (U17)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from peer import adults, clock
from peer.events import emit
from peer.gate import action
from peer.models import ParentRelationship, Person, Restriction, User
from peer.news import RestrictionLifted
from peer.roles import Perm
from peer.states import RuleBroken


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What staff know of one adult."""

    lives_with: bool | None
    has_parental_responsibility: bool | None
    may_know: str
    must_not_be_told: bool
    says: str


@action(Perm.NOTE_ADULTS)
def note(relation: ParentRelationship, *, by: User, noted: Noted) -> ParentRelationship:
    """Write down what an adult is to a young person and says; where adults now disagree, machines fall silent."""
    young_person = Person.objects.select_for_update().get(pk=relation.young_person_id)  # one note after another
    relation.refresh_from_db()
    before = (relation.says, relation.may_know, relation.must_not_be_told)
    if noted.says != relation.says:
        relation.said_at = clock.now() if noted.says else None
    for name, value in asdict(noted).items():
        setattr(relation, name, value)
    relation.save()
    adults.weigh(young_person, by=by, is_news=before != (noted.says, noted.may_know, noted.must_not_be_told))
    return relation


@action(Perm.RESTRICT_PERSON)
def decide(restriction: Restriction, *, by: User, reason: str) -> Restriction:
    """Decide how to go on although adults disagree: messages go again, to those who may know."""
    if not reason.strip():
        raise RuleBroken(_("Say what you decided, and why."))
    if restriction.lifted_at is not None:
        raise RuleBroken(_("This has been settled already."))
    restriction.end(by=by, why=reason)
    emit(RestrictionLifted(restriction))
    return restriction

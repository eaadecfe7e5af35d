"""The adults around a young person: who may know, whether they disagree, and the silence that follows (U7, U17)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from peer.events import emit
from peer.models import CompetenceAssessment, Consent, ParentRelationship, Person, Restriction, User
from peer.models.competence import DECIDES_FROM, adults_are_told
from peer.news import AdultsNotTold, PersonRestricted, RestrictionLifted

NEWS = "news"  # what consent.toml says a yes to `parent_news` covers
Says = ParentRelationship.Says


def is_sixteen(person: Person) -> bool:
    """Tell whether somebody is 16 or over; where the age is unknown they are not (U9)."""
    age = person.age()
    return age is not None and age >= DECIDES_FROM


def decides_alone(young_person: Person) -> bool:
    """Tell whether news goes to the young person first: 16, or found able to decide just this (U7, C5)."""
    if is_sixteen(young_person) or young_person.pk is None:  # an invented person of a preview has no rows
        return is_sixteen(young_person)
    return any(_lets_decide(row) for row in young_person.assessments.all())


def _lets_decide(row: CompetenceAssessment) -> bool:
    """Tell whether one assessment does: an old one that waits for its review protects as before (C6)."""
    about_news = row.decision == CompetenceAssessment.Decision.PARENT_NEWS
    return about_news and row.is_can() and row.state in {row.State.HOLDS, row.State.LAPSED}


def wants_adults_told(young_person: Person) -> bool:
    """Tell whether the young person's latest word on it is a yes that covers news of the wait (C4)."""
    said = [row for row in young_person.consents.all() if row.purpose == Consent.Purpose.PARENT_NEWS]
    return bool(said) and NEWS in max(said, key=lambda row: row.pk).covers


def hear_news(young_person: Person) -> bool:
    """Tell whether adults hear news of this young person now; which of them, and what, is another question."""
    return not decides_alone(young_person) or wants_adults_told(young_person)


def closed(young_people: Collection[int]) -> set[int]:
    """Name those of whom adults hear nothing now: the same rule for many, in two statements at most (U7, C5)."""
    deciding = Person.objects.filter(pk__in=young_people).exclude(adults_are_told())
    alone = list(deciding.values_list("pk", flat=True))
    covered = Consent.objects.scopes(alone, Consent.Purpose.PARENT_NEWS) if alone else {}
    return {pk for pk in alone if NEWS not in covered.get(pk, frozenset())}


def has_changed(young_person: Person, *, by: User) -> None:
    """Let everything follow from a new answer or assessment: who has a say, and what must not reach an adult."""
    weigh(young_person, by=by)
    if not hear_news(young_person):
        emit(AdultsNotTold(young_person))


def may_know(relation: ParentRelationship) -> bool:
    """Tell whether a living adult may know anything at all."""
    knows_something = relation.may_know != ParentRelationship.MayKnow.NOTHING
    return knows_something and not relation.must_not_be_told and relation.adult.deceased_at is None


def disagree(relations: Iterable[ParentRelationship]) -> bool:
    """Tell whether, of the adults who may know, one agrees and another objects; who has not been asked says nothing."""
    return {Says.AGREES, Says.OBJECTS} <= {relation.says for relation in relations if may_know(relation)}


def weigh(young_person: Person, *, by: User, is_news: bool = True) -> None:
    """Begin the silence where adults disagree, and end it where they do no more; what people decided stands until news.

    From 16 only the adults whom the young person wants told have a say.
    """
    held = Restriction.objects.current().filter(person=young_person, cause=Restriction.Cause.DISAGREE).first()
    if hear_news(young_person) and disagree(young_person.adults.select_related("adult")):
        if held is None and is_news:
            _begin(young_person, by=by)
    elif held is not None:
        held.end(by=by, why=_("The adults do not disagree any more."))
        emit(RestrictionLifted(held))


def _begin(young_person: Person, *, by: User) -> None:
    made = Restriction.objects.create(
        person=young_person,
        cause=Restriction.Cause.DISAGREE,
        why=_("One adult agrees with our being in touch, and another objects."),
        set_by=by,
    )
    made.follow()
    emit(PersonRestricted(made))

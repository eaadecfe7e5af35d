"""The adults around a young person: who may know, whether they disagree, and the silence that follows (U7, U17)."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from peer.events import emit
from peer.models import Consent, ParentRelationship, Person, Restriction, User
from peer.news import PersonRestricted, RestrictionLifted

TOLD_FIRST_FROM = 16
Says = ParentRelationship.Says


def decides_alone(young_person: Person) -> bool:
    """Tell whether news goes to the young person first; where the age is unknown it does not (U9)."""
    age = young_person.age()
    return age is not None and age >= TOLD_FIRST_FROM


def wants_adults_told(young_person: Person) -> bool:
    """Tell whether the young person's latest word on it is yes."""
    said = [row for row in young_person.consents.all() if row.purpose == Consent.Purpose.PARENT_TOLD]
    return bool(said) and max(said, key=lambda row: row.pk).given


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
    counts = not decides_alone(young_person) or wants_adults_told(young_person)
    if counts and disagree(young_person.adults.select_related("adult")):
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

"""Who may come into which group: the group's own rule, age known and fitting, nothing in the way (U9, U19, S31)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import BigIntegerField, Exists, Q, QuerySet, Value
from django.utils.translation import gettext as _

from peer import adults, clock, endings
from peer.models import (
    Invitation,
    JoinRequest,
    KeptApart,
    Membership,
    MembershipDecision,
    Person,
    SupportGroup,
    WaitingListEntry,
)
from peer.models.partners import PartnerReferral
from peer.written import written

YOUNGEST = 11  # U9: under 11 the parents' group and the directory only
Audience, Eligibility = SupportGroup.Audience, SupportGroup.Eligibility


def why_not(person: Person, group: SupportGroup) -> str:
    """Give the sentence for staff that says why this group cannot be offered to this person, or nothing."""
    if person.deceased_at is not None:
        return _("Nothing can be sent to this person.")
    if group.state != SupportGroup.State.OPEN:
        return _("This group is not open.")
    wrong = _why_not_this_world(person, group)
    if wrong:
        return wrong
    if (
        KeptApart.objects.stands_between(person, group)
        or _family_is_inside(person, group)
        or MembershipDecision.objects.bans(person).exists()
    ):
        return _(
            "This group cannot be offered to this person. Please ask a clinician."
        )  # neutral: only they may know why
    return ""


def why_not_asked(person: Person, group: SupportGroup) -> str:
    """Give why nobody should offer a place at all: in the group already, or not by this group's rule (U19)."""
    if person.restricted_at is not None:
        return _("Nothing goes by machine to this person. A clinician rings.")
    if Membership.objects.filter(person=person, group=group).exists():
        return _("This person already said yes to this group, or has been in it.")
    meets, words = RULES[group.eligibility]
    if not meets(person).exists():
        return str(words())
    return why_not(person, group)


def groups_for(person: Person) -> QuerySet[SupportGroup]:
    """Keep the groups that somebody finds as a card and may ask to join: never one of another age or world (S31).

    Who must be kept apart is asked later, by a person: a card that vanished would tell.
    """
    asked = _asked_for(person)
    return SupportGroup.objects.none() if asked is None else _listed(**asked)


def cards_for(person: Person) -> list[SupportGroup]:
    """Read these groups for a page that is opened often."""
    asked = _asked_for(person)
    return [] if asked is None else _cards(**asked)


def _asked_for(person: Person) -> dict[str, Any] | None:
    """Give what the groups somebody finds depend on; None where there are none for them."""
    is_parent, age = person.kind == Person.Kind.PARENT_CARER, person.age() or 0
    is_young = person.kind == Person.Kind.YOUNG_PERSON and age >= YOUNGEST
    if person.deceased_at is not None or person.restricted_at is not None or not (is_parent or is_young):
        return None
    return {"person": person.pk, "known": _known_to(person), "age": age, "is_parent": is_parent}


def _listed(*, person: int, known: tuple[int, ...], age: int, is_parent: bool) -> QuerySet[SupportGroup]:
    years = Value(age, output_field=BigIntegerField())  # a number alone is compared with what a column can hold
    young = Q(audience__in=[Audience.YOUNG_PEOPLE, Audience.MIXED], age_from__lte=years, age_to__gte=years)
    world = Q(audience__in=[Audience.PARENTS, Audience.MIXED]) if is_parent else young
    waits = Q(Exists(_waits(known)), eligibility=Eligibility.WAITING)
    was_sent = Q(Exists(_was_sent(person)), eligibility=Eligibility.PARTNER)
    by_rule = Q(eligibility=Eligibility.ASKED) | waits | was_sent
    return (
        SupportGroup.objects.to_find()
        .filter(by_rule & world)
        .exclude(pk__in=Membership.objects.filter(person=person).values("group"))
        .exclude(pk__in=JoinRequest.objects.waiting().order_by().filter(person=person).values("group"))
        .exclude(pk__in=Invitation.objects.live().filter(person=person).values("group"))
    )


_cards = written(_listed)


def age_fits(age: int | None, group: SupportGroup) -> str:
    """Give why an age does not fit the group, or nothing; an unknown age never fits (U9)."""
    if age is None:
        return _("We do not know how old this person is. Find out the birth date first.")
    if age < YOUNGEST:
        return _("Groups for young people begin at 11. Offer the parents’ group or the directory.")
    if not group.age_from <= age <= group.age_to:
        ages = {"age": age, "from": group.age_from, "to": group.age_to}
        return _("This person is %(age)d. The group is for ages %(from)d to %(to)d.") % ages
    return ""


def _why_not_this_world(person: Person, group: SupportGroup) -> str:
    """Keep the two worlds apart: the young by age, parents among parents; a mixed group takes both (promise 4)."""
    is_parent = person.kind == Person.Kind.PARENT_CARER
    if is_parent:
        return _("This group is for young people.") if group.audience == Audience.YOUNG_PEOPLE else ""
    if group.audience == Audience.PARENTS:
        return _("This group is for parents and carers.")
    if person.kind != Person.Kind.YOUNG_PERSON:
        return _("This group is for young people.")
    return age_fits(person.age(), group)


def _family_is_inside(person: Person, group: SupportGroup) -> bool:
    """Tell whether one of their own family is in a group of both worlds: there everybody speaks freely, or nobody."""
    if not group.is_mixed():
        return False
    inside = group.memberships.exclude(state__in=Membership.OVER)
    own = Q(person__young_people__young_person=person) | Q(person__adults__adult=person)
    return inside.filter(own).exists()


def _known_to(person: Person) -> tuple[int, ...]:
    """Name those whose place on the list counts for somebody: their own, and of children of whom they may know."""
    return (person.pk, *_children_of_whom_they_may_know(person))


def _waits(known: tuple[int, ...]) -> QuerySet[WaitingListEntry]:
    """Keep the places of these people, off the hold, or closed some weeks ago (U12)."""
    lately = clock.now() - endings.days("moving_on", "not_accepted")
    waiting = WaitingListEntry.objects.open().exclude(state=WaitingListEntry.State.ON_HOLD)
    closed = WaitingListEntry.objects.filter(state=WaitingListEntry.State.CLOSED, ended_at__gte=lately)
    rows = waiting | closed.filter(referral__person__deceased_at=None)
    return rows.filter(referral__person__in=known)


def _children_of_whom_they_may_know(adult: Person) -> list[int]:
    """Find the young people of whose wait an offer may remind an adult; from 16 only on their own yes (U7, U17)."""
    if adult.kind != Person.Kind.PARENT_CARER:
        return []
    ties = adult.young_people.select_related("young_person", "adult").filter(young_person__restricted_at=None)
    known = {tie.young_person_id for tie in ties if adults.may_know(tie)}
    return sorted(known - adults.closed(known))


def _was_sent(person: int) -> QuerySet[PartnerReferral]:
    return PartnerReferral.objects.filter(person=person)


def _is_somebody(person: Person) -> QuerySet[Person]:
    return Person.objects.filter(pk=person.pk)  # whoever asked; the hello call stands between, as for all


RULES: dict[str, tuple[Callable[[Person], QuerySet[Any]], Callable[[], str]]] = {
    Eligibility.WAITING: (
        lambda person: _waits(_known_to(person)),
        lambda: _("This person has no request that waits, or their family has not been released from hold yet."),
    ),
    Eligibility.PARTNER: (
        lambda person: _was_sent(person.pk),
        lambda: _("No partner sent this person. Write down which one did, or offer another group."),
    ),
    Eligibility.ASKED: (_is_somebody, lambda: ""),
}

"""Who may be offered which group: age known and fitting, a request that waits, nothing in the way (U9, S114)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import adults
from peer.models import KeptApart, Membership, Person, SupportGroup, WaitingListEntry

YOUNGEST = 11  # U9: under 11 the parents' group and the directory only


def why_not(person: Person, group: SupportGroup) -> str:
    """Give the sentence for staff that says why this group cannot be offered to this person, or nothing."""
    if person.deceased_at is not None:
        return _("Nothing can be sent to this person.")
    if group.state != SupportGroup.State.OPEN:
        return _("This group is not open.")
    wrong = _why_not_this_world(person, group)
    if wrong:
        return wrong
    if KeptApart.objects.stands_between(person, group):
        return _(
            "This group cannot be offered to this person. Please ask a clinician."
        )  # neutral: only they may know why
    return ""


def why_not_asked(person: Person, group: SupportGroup) -> str:
    """Give why nobody should ask at all: in the group already, or no request for help that waits."""
    if person.restricted_at is not None:
        return _("Nothing goes by machine to this person. A clinician rings.")
    if Membership.objects.filter(person=person, group=group).exists():
        return _("This person already said yes to this group, or has been in it.")
    if not _waits(person):
        return _("This person has no request that waits, or their family has not been released from hold yet.")
    return why_not(person, group)


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
    """Keep the two worlds apart: young people's groups by age, parents' groups for parents (promise 4)."""
    if group.audience == SupportGroup.Audience.PARENTS:
        is_parent = person.kind == Person.Kind.PARENT_CARER
        return "" if is_parent else _("This group is for parents and carers.")
    if person.kind != Person.Kind.YOUNG_PERSON:
        return _("This group is for young people.")
    return age_fits(person.age(), group)


def _waits(person: Person) -> bool:
    waiting = WaitingListEntry.objects.open().exclude(state=WaitingListEntry.State.ON_HOLD)
    return waiting.filter(referral__person__in=[person.pk, *_children_of_whom_they_may_know(person)]).exists()


def _children_of_whom_they_may_know(adult: Person) -> list[int]:
    """Find the young people of whose wait an offer may remind an adult; from 16 only on their own yes (U7, U17)."""
    ties = adult.young_people.select_related("young_person", "adult").filter(young_person__restricted_at=None)
    known = {tie.young_person_id for tie in ties if adults.may_know(tie)}
    return sorted(known - adults.closed(known))

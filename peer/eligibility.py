"""Who may be offered which group: age known and fitting, a request that waits, nothing in the way (U9, S114)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from peer import clock, endings
from peer.models import KeptApart, Membership, MembershipDecision, Person, SupportGroup, WaitingListEntry

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
    if KeptApart.objects.stands_between(person, group) or MembershipDecision.objects.bans(person).exists():
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
    """Tell whether a request waits, or was closed so lately that a group may still help for some weeks (U12)."""
    lately = clock.now() - endings.days("moving_on", "not_accepted")
    waiting = WaitingListEntry.objects.open().exclude(state=WaitingListEntry.State.ON_HOLD)
    closed = WaitingListEntry.objects.filter(state=WaitingListEntry.State.CLOSED, ended_at__gte=lately)
    people = [person.pk, *person.young_people.values_list("young_person", flat=True)]
    return (waiting | closed.filter(referral__person__deceased_at=None)).filter(referral__person__in=people).exists()

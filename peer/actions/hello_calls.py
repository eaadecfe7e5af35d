"""The hello call: nobody comes into a group without a person who rang first (U8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from peer import answers, clock, competence, eligibility, joining, workdays
from peer.actions import consents
from peer.events import emit
from peer.gate import action
from peer.models import CompetenceAssessment, Consent, HelloCall, KeptApart, Membership, Person, SupportGroup, User
from peer.models.competence import REVIEW_AFTER
from peer.models.people import age_on
from peer.news import DecidedAbout, MembershipConfirmed
from peer.roles import Perm, Role
from peer.states import RuleBroken

ASK_AGAIN = dt.timedelta(days=28)
RING_DAYS = 5
HANDOVER_DAYS = 2
Basis = HelloCall.Basis


@dataclass(frozen=True)
class Said:
    """What a clinician heard on the phone."""

    born_on: dt.date
    basis: str
    safe_ways: str
    helps: str = ""
    explained: str = ""
    understood: str = ""
    also: Mapping[str, bool] = field(default_factory=dict)  # what a yes by phone left out, each apart (C1)


@action(Perm.MAKE_HELLO_CALL)
def confirm(call: HelloCall, *, by: User, said: Said) -> Membership:
    """Confirm a member: age heard, limits of privacy read out and agreed, nobody inside they must be kept from."""
    membership = call.membership
    _check_age(said, membership.person, membership.group)
    if KeptApart.objects.stands_between(membership.person, membership.group):
        raise RuleBroken(_("Somebody in this group must be kept apart from this person. Offer another group."))
    Person.objects.filter(pk=membership.person_id).update(born_on=said.born_on)
    _write_down_competence(membership.person, said, by=by)
    Consent.objects.say(membership.person, Consent.Purpose.LIMITS, given=True, basis=said.basis, by=by)
    answers.complete(membership, basis=said.basis, by=by)
    for purpose, given in said.also.items():
        consents.note(membership.person, by=by, purpose=purpose, given=given)
    membership.move_to(Membership.State.CONFIRMED)
    joining.place(membership)
    _settle(
        call,
        HelloCall.State.CONFIRMED,
        by=by,
        due_at=None,
        basis=said.basis,
        born_on_confirmed=said.born_on,
        safe_ways=said.safe_ways,
        helps=said.helps,
    )
    emit(MembershipConfirmed(membership))
    return membership


@action(Perm.MAKE_HELLO_CALL)
def not_now(call: HelloCall, *, by: User, safe_ways: str = "") -> HelloCall:
    """Keep the place and ask again in four weeks; no parent hears of it."""
    return _settle(call, HelloCall.State.NOT_NOW, by=by, due_at=clock.now() + ASK_AGAIN, safe_ways=safe_ways)


@action(Perm.MAKE_HELLO_CALL)
def ring_again(call: HelloCall, *, by: User) -> HelloCall:
    """Put a call back on the list: the person is ready now."""
    call.move_to(HelloCall.State.DUE, due_at=workdays.due(days=RING_DAYS), owner=by)
    return call


@action(Perm.MAKE_HELLO_CALL)
def unsuitable(call: HelloCall, *, by: User, handover: str) -> HelloCall:
    """Say that this group is not right for somebody, and who looks after them instead."""
    if not handover.strip():
        raise RuleBroken(_("Say who takes over, and what they offer. Nobody is left with a no."))
    call.membership.move_to(Membership.State.LEFT, ended_at=clock.now())
    emit(_not_this_group(call))
    return _settle(
        call, HelloCall.State.UNSUITABLE, by=by, due_at=workdays.due(days=HANDOVER_DAYS), handover=handover, owner=by
    )


@action(Perm.MAKE_HELLO_CALL)
def taken_over(call: HelloCall, *, by: User) -> HelloCall:
    """Note that the other person has taken over."""
    call.move_to(HelloCall.State.HANDED_OVER, due_at=None)
    return call


@action(Perm.MAKE_HELLO_CALL)
def keep_apart(person: Person, *, by: User, other: Person, why: str) -> KeptApart:
    """Keep two people out of each other's groups from now on; only clinicians see that they are."""
    if person == other:
        raise RuleBroken(_("Choose two different people."))
    one, two = sorted((person, other), key=lambda half: half.pk)
    pair, _is_new = KeptApart.objects.get_or_create(
        one=one, other=two, defaults={"why": why, "by": by, "at": clock.now()}
    )
    return pair


def _write_down_competence(person: Person, said: Said, *, by: User) -> None:
    """Keep how a clinician found that somebody under 16 can decide to join: never a word alone (C6)."""
    if said.basis == Basis.COMPETENT:
        found = competence.Found(
            decision=CompetenceAssessment.Decision.JOIN,
            outcome=CompetenceAssessment.Outcome.CAN,
            explained=said.explained,
            understood=said.understood,
            review_on=clock.today() + REVIEW_AFTER,
        )
        competence.write_down(person, by=by, found=found)


def _not_this_group(call: HelloCall) -> DecidedAbout:
    """Say it kindly, and nothing of why: somebody else may be the reason (U8)."""
    words = _("This group isn’t the right one for you just now. Somebody from our team talks with you about what is.")
    return DecidedAbout(person=call.membership.person, kind="hello_call", words=words, role=Role.CLINICIAN, source=call)


def _settle(call: HelloCall, state: str, *, by: User, **changes: Any) -> HelloCall:
    call.move_to(state, made_by=by, made_at=clock.now(), **changes)
    return call


def _check_age(said: Said, person: Person, group: SupportGroup) -> None:
    """Check the age heard against the group, and that the yes rests on what its age allows (U9, C6)."""
    if group.audience == SupportGroup.Audience.PARENTS or person.kind == Person.Kind.PARENT_CARER:
        return
    age = age_on(clock.today(), born_on=said.born_on)
    problem = eligibility.age_fits(age, group)
    if problem:
        raise RuleBroken(problem)
    if (said.basis == Basis.SIXTEEN) != (age >= 16):
        raise RuleBroken(
            _("From 16 people decide for themselves; under 16 say whether they can, or a parent said yes.")
        )
    if age < 13 and said.basis != Basis.PARENT:
        raise RuleBroken(_("Under 13 we need two yeses: theirs, and a parent’s or carer’s by phone or on paper."))

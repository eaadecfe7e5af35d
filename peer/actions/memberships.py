"""Pausing somebody's place in a group, and ending it by decision: never by one person alone, never without words."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock, endings, workdays
from peer.events import emit
from peer.gate import System, action
from peer.models import Invitation, Membership, MembershipDecision, Person, User
from peer.news import PersonBanned, PlaceNews
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.PAUSE_MEMBER}))
Kind, State = MembershipDecision.Kind, MembershipDecision.State


@action(Perm.PAUSE_MEMBER)
def pause(membership: Membership, *, by: User, until_on: dt.date, reason: str, note: str = "") -> MembershipDecision:
    """Pause somebody's place until a day; it comes back by itself, and what they wrote is kept for them."""
    _check_whose(membership, by)
    _check_words(reason)
    left = (until_on - clock.today()).days
    if not 0 < left <= endings.number("pause", "longest"):
        longest = {"days": endings.number("pause", "longest")}
        raise RuleBroken(_("A pause lasts from one day to %(days)d days.") % longest)
    endings.hush(membership)
    decision = MembershipDecision.objects.create(
        membership=membership,
        kind=Kind.PAUSE,
        state=State.HOLDS,
        reason=reason,
        note=note,
        asked_by=by,
        asked_at=clock.now(),
        until_on=until_on,
        owner=by,
        owner_role=Role.CLINICIAN,
        due_at=endings.morning_of(until_on),
    )
    emit(PlaceNews(decision.membership, decision, decision.state))
    return decision


@action(Perm.PAUSE_MEMBER)
def resume(decision: MembershipDecision, *, by: User | System) -> MembershipDecision:
    """End a pause: the person is back at once."""
    if decision.kind != Kind.PAUSE:
        raise RuleBroken(_("This is no pause."))
    decision.move_to(State.OVER, due_at=None, ended_at=clock.now())
    endings.bring_back(decision.membership)
    emit(PlaceNews(decision.membership, decision, decision.state))
    return decision


@action(Perm.REMOVE_MEMBER)
def ask_end(membership: Membership, *, by: User, kind: str, reason: str, note: str) -> MembershipDecision:
    """Ask that somebody leaves this group, or every group; nothing happens before a second person agrees (H22)."""
    _check_whose(membership, by)
    _check_words(reason)
    if not note.strip():
        raise RuleBroken(_("Say for your colleague what happened."))
    if membership.state not in {Membership.State.ACTIVE, Membership.State.SUSPENDED}:
        raise RuleBroken(_("This person is not in the group now."))
    try:
        return MembershipDecision.objects.create(
            membership=membership,
            kind=kind,
            state=State.ASKED,
            reason=reason,
            note=note,
            asked_by=by,
            asked_at=clock.now(),
            owner_role=Role.CLINICIAN,
            due_at=workdays.due(days=endings.number("second_person", "within")),
        )
    except IntegrityError:  # one question a place: the database knows, also of two at once
        raise RuleBroken(_("Somebody has asked for this already. Look at what they wrote.")) from None


@action(Perm.REMOVE_MEMBER)
def agree(decision: MembershipDecision, *, by: User) -> MembershipDecision:
    """Agree, as the second person: the place ends now, and a person looks again in half a year."""
    _check_second(decision, by)
    now = clock.now()
    for earlier in MembershipDecision.objects.in_force().filter(membership=decision.membership):
        earlier.move_to(State.OVER, due_at=None, ended_at=now)
    decision.move_to(
        State.HOLDS,
        agreed_by=by,
        agreed_at=now,
        owner=decision.asked_by,
        due_at=now + endings.days("looked_again", "after"),
    )
    if decision.kind == Kind.BAN:
        _end_everywhere(decision.membership.person)
        emit(PersonBanned(decision))
    else:
        endings.end(decision.membership, Membership.State.REMOVED)
    emit(PlaceNews(decision.membership, decision, decision.state))
    return decision


@action(Perm.REMOVE_MEMBER)
def say_no(decision: MembershipDecision, *, by: User) -> MembershipDecision:
    """Say no, as the second person: nothing changes for the person, who never hears that it was asked."""
    _check_second(decision, by)
    decision.move_to(State.DROPPED, agreed_by=by, agreed_at=clock.now(), due_at=None)
    return decision


@action(Perm.REMOVE_MEMBER)
def keep_on(decision: MembershipDecision, *, by: User, reason: str) -> MembershipDecision:
    """Having looked again, let a removal or a ban stand; a person looks once more in half a year."""
    _check_stands(decision)
    if not reason.strip():
        raise RuleBroken(_("Say why it still stands."))
    decision.due_at = clock.now() + endings.days("looked_again", "after")
    decision.owner = by
    decision.save(update_fields=["due_at", "owner"])
    return decision


@action(Perm.REMOVE_MEMBER)
def lift(decision: MembershipDecision, *, by: User, reason: str) -> MembershipDecision:
    """Lift a removal or a ban: the person has their place again, and hears of it."""
    _check_stands(decision)
    if not reason.strip():
        raise RuleBroken(_("Say why it is lifted."))
    decision.move_to(State.OVER, due_at=None, ended_at=clock.now())
    endings.give_back(decision)
    emit(PlaceNews(decision.membership, decision, decision.state))
    return decision


def _end_everywhere(person: Person) -> None:
    """End every place of one person, and every offer they have (M5)."""
    ending = [Membership.State.ACTIVE, Membership.State.SUSPENDED]
    coming = [Membership.State.ACCEPTED, Membership.State.CONFIRMED]
    for place in Membership.objects.filter(person=person, state__in=[*ending, *coming]):
        endings.end(place, Membership.State.BANNED if place.state in ending else Membership.State.LEFT)
    for offer in Invitation.objects.filter(person=person, state__in=[Invitation.State.OFFERED, Invitation.State.ASKED]):
        offer.move_to(Invitation.State.EXPIRED, due_at=None)


def _check_whose(membership: Membership, by: User) -> None:
    if membership.is_own(by):
        raise RuleBroken(_("This is your own place. Ask a colleague."))
    if membership.person.kind == Person.Kind.STAFF:
        raise RuleBroken(_("This person works here. End their role instead."))


def _check_words(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(_("Say why, in kind words: the person reads them."))


def _check_second(decision: MembershipDecision, by: User) -> None:
    if decision.asked_by_id == by.pk:
        raise RuleBroken(_("You asked for this yourself. A second person must look."))
    if decision.is_own(by):
        raise RuleBroken(_("This is your own place. Ask a colleague."))


def _check_stands(decision: MembershipDecision) -> None:
    if decision.kind == Kind.PAUSE or decision.state != State.HOLDS:
        raise RuleBroken(_("Nothing stands here that could be looked at again."))

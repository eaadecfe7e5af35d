"""Pointing somebody to other help, and finding out whether they got in and whether it helped (S5, S72)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from peer import clock, workdays
from peer.events import emit
from peer.gate import action
from peer.models import Person, Signpost, User
from peer.news import SignpostsMade
from peer.roles import Perm, Role
from peer.states import RuleBroken

ASK_DAYS = 20  # working days until somebody asks what came of it
OTHER_WAY_DAYS = 5  # working days to look for another way where somebody could not get in
AT_ONCE = 3


@action(Perm.SIGNPOST)
def point(person: Person, *, by: User, services: Mapping[uuid.UUID, str], why: str) -> Signpost:
    """Point somebody to one to three services by key and name; they hear once, and somebody asks later if it helped."""
    if person.deceased_at is not None:
        raise RuleBroken(_("This person has died. Nothing goes out about them."))
    if not services:
        raise RuleBroken(_("Choose at least one service."))
    if len(services) > AT_ONCE:
        raise RuleBroken(_("Choose three at most. More is hard to take in."))
    waiting = Signpost.objects.waiting().filter(person=person, service__in=services)
    if (known := waiting.first()) is not None:
        raise RuleBroken(_("They have been told of %(name)s already.") % {"name": known.title})
    role = Role.CLINICIAN if by.may_in_service(Role.CLINICIAN) else Role.CO_ORDINATOR
    made = [
        Signpost.objects.create(
            person=person,
            service=key,
            title=title,
            why=why.strip(),
            made_by=by,
            made_at=clock.now(),
            owner=by,
            owner_role=role,
            due_at=workdays.due(days=ASK_DAYS),
        )
        for key, title in services.items()
    ]
    emit(SignpostsMade(made[0]))
    return made[0]


@action(Perm.SAY_WHAT_HELPED)
def say(signpost: Signpost, *, by: User, state: str) -> Signpost:
    """Take in what came of it from the person; where they could not get in, somebody looks for another way."""
    return _move(signpost, state=state, said_by_person=True)


@action(Perm.SIGNPOST)
def note(signpost: Signpost, *, by: User, state: str, words: str = "") -> Signpost:
    """Write down what came of it, as the person told it or as we found."""
    if state == Signpost.State.ENDED and not words.strip():
        raise RuleBroken(_("Write in a few words what you found, or what comes next."))
    return _move(signpost, state=state, note=words.strip())


def _move(signpost: Signpost, *, state: str, **changes: str | bool) -> Signpost:
    shut_out = state == Signpost.State.NOT_IN
    due_at = workdays.due(days=OTHER_WAY_DAYS) if shut_out else None
    refused = signpost.could_not_get_in or shut_out
    found: dict[str, Any] = {"due_at": due_at, "could_not_get_in": refused, "said_at": clock.now()}
    signpost.move_to(state, **(found | changes))
    return signpost

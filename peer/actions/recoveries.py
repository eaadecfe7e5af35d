"""A way back into one's account: asked for, announced, stopped by whoever is signed in, done a day later (B5)."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _

from peer import clock
from peer.events import emit
from peer.gate import System, action
from peer.models import AccountRecovery, Person, User
from peer.models.cards import keyed_hash
from peer.models.recoveries import THEN_OPEN, WAITS
from peer.news import RecoveryAsked
from peer.roles import Perm, Role
from peer.states import RuleBroken

CLOCK = System("clock", may=frozenset({Perm.START_RECOVERY}))


@action(Perm.SIGN_IN_OTHERWISE)
def ask(person: Person, *, by: System, how: str, number: str) -> AccountRecovery:
    """Begin the day of waiting, for somebody who knew their own words or kept their code."""
    return _begin(person, how=how, secret_hash=keyed_hash("recovery", number))


@action(Perm.START_RECOVERY)
def vouch(person: Person, *, by: User, reason: str) -> AccountRecovery:
    """Begin the day of waiting, for somebody whom a person of staff knows and has spoken with."""
    if person.kind == Person.Kind.STAFF:
        raise RuleBroken(_("Staff ask the service manager."))
    if not reason.strip():
        raise RuleBroken(_("Say how you know that it is them."))
    return _begin(person, how=AccountRecovery.How.STAFF, vouched_by=by, reason=reason)


@action(Perm.KEEP_OWN_ACCOUNT)
def stop(user: User, *, by: User) -> User:
    """Stop whatever way into one's own account somebody has asked for."""
    for recovery in AccountRecovery.objects.open().filter(person=user.person_id):
        _end(recovery, AccountRecovery.State.STOPPED)
    return user


@action(Perm.START_RECOVERY)
def call_off(recovery: AccountRecovery, *, by: User | System) -> AccountRecovery:
    """Stop a way back for somebody who rang, because it was not them."""
    _end(recovery, AccountRecovery.State.STOPPED)
    return recovery


@action(Perm.SIGN_IN_OTHERWISE)
def come_back(recovery: AccountRecovery, *, by: System) -> User | None:
    """Let them in when the day is over; every session of before ends."""
    return finish(recovery)


@action(Perm.START_RECOVERY)
def lapse(recovery: AccountRecovery, *, by: System) -> AccountRecovery:
    """Close a way back that nobody came back for."""
    _end(recovery, AccountRecovery.State.LAPSED)
    return recovery


def finish(recovery: AccountRecovery) -> User | None:
    """End the waiting and the old sessions, and give the account; a part of coming back."""
    if not AccountRecovery.objects.ready().filter(pk=recovery.pk).exists():
        raise RuleBroken(_("This does not open anything yet, or not any more."))
    _end(recovery, AccountRecovery.State.DONE)
    user = User.objects.filter(person=recovery.person, is_active=True).first()
    if user is not None:
        user.end_sessions()
    return user


def _begin(person: Person, *, how: str, **fields: object) -> AccountRecovery:
    now = clock.now()
    if not User.objects.filter(person=person, is_active=True).exists():
        raise RuleBroken(_("This person has no account."))
    try:
        recovery = AccountRecovery.objects.create(
            person=person,
            how=how,
            asked_at=now,
            ready_at=now + WAITS,
            owner_role=Role.CO_ORDINATOR,
            due_at=now + WAITS + THEN_OPEN,
            **fields,
        )
    except IntegrityError:  # one open for each person: the database knows, also of two at once
        raise RuleBroken(_("A way back is open already.")) from None
    User.objects.filter(person=person).update(recovery_asked_at=now)
    emit(RecoveryAsked(recovery))
    return recovery


def _end(recovery: AccountRecovery, state: str) -> None:
    recovery.move_to(state, due_at=None, ended_at=clock.now())
    User.objects.filter(person=recovery.person_id).update(recovery_asked_at=None)

"""Ways into one's account without a code by text: the same work, and the same answer, whether or not there is one."""

from __future__ import annotations

import secrets
from contextlib import suppress

from django.contrib.auth.hashers import make_password

from peer.actions import cards, recoveries
from peer.actions.cards import DOOR
from peer.models import AccountRecovery, OwnFactor, Person, SignInCard, User
from peer.models.cards import long_code
from peer.states import RuleBroken, StaleMove


def by_card(number: str, words: str) -> User | None:
    """Find whose card and words these are; five wrong tries, and the card rests."""
    card = SignInCard.objects.of_number(number)
    ready = card is not None and card.state == SignInCard.State.READY
    factor = _tried(card.person if card is not None and ready else None, words)
    return cards.let_in(factor, by=DOOR) if factor is not None else None


def ask_back(person: Person | None, typed: str) -> str:
    """Ask for a way back, by what only its owner has; gives a number to come back with, whoever asked."""
    number = long_code()
    factor = _tried(person, typed)
    if factor is not None and person is not None:
        with suppress(RuleBroken):  # one is open already
            recoveries.ask(person, by=DOOR, how=factor.kind, number=number)
    return number


def _tried(person: Person | None, typed: str) -> OwnFactor | None:
    """Give the factor that fits; a slow hash is worked out in any case, so that waiting tells nothing."""
    kind = OwnFactor.Kind.WORDS if len(typed.split()) > 1 else OwnFactor.Kind.CODE
    factor = OwnFactor.objects.filter(person=person, kind=kind).first() if person is not None else None
    if factor is None or not cards.count_try(factor, by=DOOR):
        make_password(secrets.token_hex(8))
        return None
    return factor if factor.fits(typed) else None


def come_back(number: str) -> User | None:
    """Let in whoever has the number of a way back whose day of waiting is over."""
    recovery = AccountRecovery.objects.of_number(number)
    if recovery is None:
        return None
    with suppress(StaleMove, RuleBroken):  # stopped, or used, a moment ago
        return recoveries.come_back(recovery, by=DOOR)
    return None
